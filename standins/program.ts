import { appendFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseCall, ToolError, type Command, type Given } from './cobra';
import { withState } from './state/store';
import type { Fault, StandInState } from './state/types';

/** What a command of a stand-in works with. */
export interface StandInContext {
  /** Reads and changes what all stand-ins share. */
  change<T>(change: (state: StandInState, now: number) => T): T;
  /** Standard error, at once. */
  note(line: string): void;
}

/** The log of calls, beside the state: one JSON object a line. */
export function callsFile(stateFile: string): string {
  return join(dirname(stateFile), 'calls.jsonl');
}

/** Octal digits, as the kernel tells it. */
function ownUmask(): string {
  return /^Umask:\s+(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 'unknown';
}

/** Runs one call of a stand-in as a process of its own: log, faults, flags, effect, exit code. */
export async function runStandIn(
  program: Fault['program'],
  stateFile: string,
  argv: readonly string[],
  commandsOf: (state: StandInState) => readonly Command<StandInContext>[],
): Promise<void> {
  const log = (entry: object) =>
    appendFileSync(callsFile(stateFile), `${JSON.stringify({ program, pid: process.pid, ...entry })}\n`, {
      mode: 0o600,
    });
  log({ at: Date.now(), argv, variables: Object.keys(process.env).sort(), umask: ownUmask() });
  const context: StandInContext = {
    change: (change) => withState(stateFile, (state) => change(state, Date.now())),
    note: (line) => process.stderr.write(`${line}\n`),
  };
  const exitCode = await call(program, context, argv, commandsOf);
  log({ endedAt: Date.now(), exitCode });
  process.exitCode = exitCode;
}

async function call(
  program: Fault['program'],
  context: StandInContext,
  argv: readonly string[],
  commandsOf: (state: StandInState) => readonly Command<StandInContext>[],
): Promise<number> {
  const commands = context.change((state) => commandsOf(state));
  try {
    const parsed = parseCall(program, commands, argv);
    if (parsed.kind === 'help') {
      write(`${usage(program, parsed.path)}\n`);
      return 0;
    }
    const { command, given } = parsed;
    const fault = context.change((state) => takeFault(state.faults, program, command.path, given));
    if (fault?.moment === 'before') await goWrong(fault.then);
    const answer = await command.run(context, given);
    if (fault?.moment === 'after') await goWrong(fault.then);
    write(answer);
    return 0;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    process.stderr.write(`${error.message}\n`);
    // As the tools' own main function decides it.
    if (/arg\(s\)|flag|command/.test(error.message)) process.stderr.write(`\n${usage(program, [])}\n`);
    return error.exitCode;
  }
}

function write(text: string): void {
  process.stdout.write(text);
}

function usage(program: string, path: readonly string[]): string {
  return `Usage:\n  ${[program, ...path].join(' ')} [flags]\n  ${[program, ...path].join(' ')} [command]\n`;
}

function takeFault(
  faults: Fault[],
  program: Fault['program'],
  path: readonly string[],
  given: Given,
): Fault | undefined {
  const isMeant = ({ address, ...it }: Fault) =>
    it.program === program &&
    it.command === path.join(' ') &&
    (address === undefined || given.list('nodes').includes(address));
  const fault = faults.find((it) => isMeant(it) && (it.skip > 0 || it.times > 0));
  if (fault === undefined) return undefined;
  if (fault.skip > 0) {
    fault.skip -= 1;
    return undefined;
  }
  fault.times -= 1;
  return { ...fault };
}

async function goWrong(then: Fault['then']): Promise<void> {
  switch (then.kind) {
    case 'fail':
      throw new ToolError(then.stderr, then.exitCode);
    case 'betray':
      throw new ToolError(`failed to read "${then.file}":\n${readFileSync(then.file, 'utf8')}`);
    case 'slow':
      await delay(then.ms);
      return;
    case 'flood':
      write('x'.repeat(then.bytes));
      return;
    case 'hang':
      return hang(then.ignoresSigterm === true);
  }
}

/** Until SIGTERM (exit code 143, as a tool that knows nothing of it), or not even then. */
function hang(ignoresSigterm: boolean): Promise<never> {
  if (ignoresSigterm) process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 60_000);
  return new Promise<never>(() => undefined);
}
