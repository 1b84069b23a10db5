import { z } from 'zod';
import type { SimulatedClock } from '../clock';
import { MatchLimits } from './matcher';
import { Orders, type Fault, type HoldOf, type Moment, type Verdict } from './orders';

/** How something that was asked over SSH ended, seen from the server. */
export type CommandOutcome = 'open' | 'answered' | 'dropped' | 'client gone';

/** One command or one file operation over SSH. Times are simulated seconds since the epoch. */
export interface CommandRecord {
  /** 1, 2, 3... in the order of arrival over all nodes. */
  readonly id: number;
  readonly node: string;
  readonly user: string;
  /** Fingerprint of the key that the client logged in with; `password` where it was none. */
  readonly client: string;
  readonly kind: 'exec' | 'sftp';
  /** The line as it was sent; of a file operation its words. */
  readonly line: string;
  /** Its words: of a file operation its name and paths, e.g. `['rename', '/a', '/b']`. */
  readonly argv: readonly string[];
  readonly receivedAt: number;
  /** When it arrived, in real milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** Bytes of standard input, or of the data written. */
  stdinBytes: number;
  answeredAt: number | undefined;
  exitCode: number | undefined;
  /** The signal that ended it, e.g. `TERM`. */
  exitSignal: string | undefined;
  outcome: CommandOutcome;
}

/** Which commands a hold or a fault is for. Everything given must fit. */
export const commandMatcherSchema = z.strictObject({
  node: z.string().optional(),
  kind: z.enum(['exec', 'sftp']).optional(),
  line: z.string().optional().describe('The whole line; `*` stands for any text.'),
  argv: z.array(z.string()).optional().describe('Its first words.'),
  occurrence: z.number().int().min(1).default(1).describe('The first, second, ... that fits from now on.'),
  times: z.number().int().min(1).default(1).describe('How many in a row, from that one on.'),
});

/** What callers give: occurrence and times may be left out. */
export type CommandMatcher = z.input<typeof commandMatcherSchema>;

/** How a command ends instead of running (before handling), or instead of how it did end (before answering). */
export interface OtherEnd {
  readonly exitCode: number;
  readonly stderr: string;
}

/** What a fault does to a matching command, at its moment. */
export type CommandFault = Fault<OtherEnd>;

/** A command that is held. */
export type CommandHold = HoldOf<CommandRecord>;

class CommandCounter extends MatchLimits {
  private readonly matcher: z.infer<typeof commandMatcherSchema>;
  private readonly line: RegExp | undefined;

  constructor(given: CommandMatcher) {
    const matcher = commandMatcherSchema.parse(given);
    super(matcher);
    this.matcher = matcher;
    this.line = matcher.line === undefined ? undefined : linePattern(matcher.line);
  }

  meets(command: CommandRecord): boolean {
    return this.fits(command) && this.counts();
  }

  private fits(command: CommandRecord): boolean {
    const { node, kind, argv = [] } = this.matcher;
    if (node !== undefined && node !== command.node) return false;
    if (kind !== undefined && kind !== command.kind) return false;
    if (this.line !== undefined && !this.line.test(command.line)) return false;
    return argv.every((word, at) => command.argv[at] === word);
  }
}

function linePattern(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

/** What is known of a command when it arrives. */
export type ArrivingCommand = Pick<CommandRecord, 'node' | 'user' | 'client' | 'kind' | 'line' | 'argv'>;

/** Everything that comes over SSH passes here: it is recorded, and holds and faults are applied. */
export class CommandGate {
  readonly commands: CommandRecord[] = [];
  private readonly orders: Orders<CommandRecord, OtherEnd>;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly clock: SimulatedClock) {
    this.orders = new Orders(clock);
  }

  receive(arriving: ArrivingCommand): CommandRecord {
    const command: CommandRecord = {
      ...arriving,
      id: this.commands.length + 1,
      receivedAt: this.clock.now(),
      receivedAtMs: Date.now(),
      stdinBytes: 0,
      answeredAt: undefined,
      exitCode: undefined,
      exitSignal: undefined,
      outcome: 'open',
    };
    this.commands.push(command);
    this.notify();
    return command;
  }

  /** Holds and faults of this moment; a dropped command is noted as such. */
  async pass(command: CommandRecord, moment: Moment): Promise<Verdict<OtherEnd>> {
    const verdict = await this.orders.pass(command, moment);
    if (verdict.kind === 'drop') command.outcome = 'dropped';
    this.notify();
    return verdict;
  }

  /** Its end is written to the client now. */
  ended(command: CommandRecord, end: { readonly exitCode?: number; readonly exitSignal?: string }): void {
    command.answeredAt = this.clock.now();
    command.exitCode = end.exitCode;
    command.exitSignal = end.exitSignal;
    if (command.outcome === 'open') command.outcome = 'answered';
    this.notify();
  }

  /** The client's connection is gone before it ended. */
  clientGone(command: CommandRecord): void {
    if (command.outcome !== 'open') return;
    command.outcome = 'client gone';
    this.notify();
  }

  fault(matcher: CommandMatcher, fault: CommandFault): () => void {
    return this.orders.fault(new CommandCounter(matcher), fault);
  }

  hold(matcher: CommandMatcher, moment: Moment): CommandHold {
    return this.orders.hold(new CommandCounter(matcher), moment);
  }

  /** `listener` hears of each command that arrives or ends; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
