import type { ClientChannel } from 'ssh2';

import { Secret } from '../../domain/secret';
import type { SshConnection } from '../connection/connect';
import { CutWhileStarting, openCommand } from '../connection/session';
import { sshError } from '../failures';
import { commandLine, commandName, wordsOf, type Command } from './command';
import { collectOutput, type CommandOutput } from './output';
import { createRedaction } from '../../programs/redaction';
import { sendSignal } from './stop';

/** How a command is run. */
export interface CommandOptions {
  /**
   * `read` changes nothing on the host: cut or stopped, it may be run again. A `change` that was cut or stopped has an
   * unknown outcome, and is never repeated here.
   */
  readonly kind: 'read' | 'change';
  /** From the moment the command is handed over. Default 60 s. */
  readonly timeoutMs?: number;
  /** Stops the command: SIGTERM, SIGKILL after 2 s, then its channel is closed. */
  readonly signal?: AbortSignal | undefined;
  /** Standard input. Without it the command reads from /dev/null. */
  readonly stdin?: string | Buffer | Secret;
  /** Cut out of outputs and errors, besides a secret on standard input. */
  readonly secrets?: readonly Secret[];
  /** How much of each of the two streams is kept. Default 4 MiB. */
  readonly maximumOutputBytes?: number;
  /** Give back any end of the command instead of throwing CommandFailed unless the exit code is 0. */
  readonly anyExit?: boolean;
}

/** A command that has ended. */
export interface CommandResult {
  /** Undefined if a signal ended it. */
  readonly exitCode: number | undefined;
  /** E.g. `SIGKILL`. */
  readonly endedBySignal: string | undefined;
  readonly stdout: CommandOutput;
  readonly stderr: CommandOutput;
}

const defaults = { timeoutMs: 60_000, maximumOutputBytes: 4 * 1024 * 1024 };
/** Time for a command to end by itself after SIGTERM, and for the host to confirm a closed channel. */
const graceMs = 2_000;

/** How the channel came to its end. */
interface Ending {
  readonly exit: { readonly code: number | undefined; readonly signal: string | undefined } | undefined;
  readonly stopped: 'timedOut' | 'cancelled' | undefined;
  readonly cut: boolean;
}

/**
 * Runs a command over a connection. Throws CommandFailed, CommandTimedOut, Interrupted, SshUnreachable (nothing was
 * executed, or a read was cut), SshFailed, and OutcomeUnknown for a change that was cut or stopped.
 */
export async function runCommand(
  connection: SshConnection,
  command: Command,
  options: CommandOptions,
): Promise<CommandResult> {
  const secrets = [...(options.secrets ?? []), ...(options.stdin instanceof Secret ? [options.stdin] : [])];
  refuseUnsafeWords(command, secrets);
  const redaction = createRedaction(secrets);
  const attempted = attemptText(connection.name, command);
  const channel = await openOrExplain(connection, command, attempted, options);
  const limitBytes = options.maximumOutputBytes ?? defaults.maximumOutputBytes;
  const stdout = collectOutput(channel, limitBytes, redaction);
  const stderr = collectOutput(channel.stderr, limitBytes, redaction);
  const ending = await endOf(connection, channel, options);
  const result = {
    exitCode: ending.exit?.code,
    endedBySignal: ending.exit?.signal,
    stdout: stdout.result(ending.cut),
    stderr: stderr.result(ending.cut),
  };
  const failure = failureOf(ending, result, options, attempted);
  if (failure !== undefined) throw failure;
  return result;
}

/** `run pveversion on root@pve01`. */
export function attemptText(host: string, command: Command): string {
  return `run ${commandName(command)} on ${host}`;
}

/** Words can be seen by every user of the host, and the protocol ends them at a null byte. */
function refuseUnsafeWords(command: Command, secrets: readonly Secret[]): void {
  const words = wordsOf(command);
  const isUnsafe = (word: string) =>
    word.includes('\0') || secrets.some((secret) => secret.reveal() !== '' && word.includes(secret.reveal()));
  if (words.some(isUnsafe)) {
    throw sshError('Internal', 'run a command by SSH', 'one of its words holds a secret or a null byte');
  }
}

async function openOrExplain(
  connection: SshConnection,
  command: Command,
  attempted: string,
  { kind, stdin }: CommandOptions,
): Promise<ClientChannel> {
  try {
    return await openCommand(connection, commandLine(command, stdin !== undefined), attempted);
  } catch (error) {
    if (!(error instanceof CutWhileStarting)) throw error;
    if (!connection.gone.aborted) {
      throw sshError('SshFailed', attempted, `the host refuses the command: ${error.message}`);
    }
    throw cutError(kind, attempted);
  }
}

async function endOf(
  connection: SshConnection,
  channel: ClientChannel,
  options: CommandOptions,
): Promise<Ending> {
  return new Promise((resolve) => {
    let exit: Ending['exit'];
    let stopped: Ending['stopped'];
    const timers: NodeJS.Timeout[] = [];

    const finish = (cut: boolean) => {
      timers.forEach(clearTimeout);
      options.signal?.removeEventListener('abort', cancel);
      connection.gone.removeEventListener('abort', lose);
      resolve({ exit, stopped, cut });
    };
    const lose = () => finish(true);
    const stop = (why: 'timedOut' | 'cancelled') => {
      if (stopped !== undefined) return;
      stopped = why;
      sendSignal(connection.client, channel, 'TERM');
      timers.push(
        setTimeout(() => {
          sendSignal(connection.client, channel, 'KILL');
          channel.close();
          timers.push(setTimeout(() => finish(false), graceMs));
        }, graceMs),
      );
    };
    const cancel = () => stop('cancelled');

    channel.on('exit', (code: number | null, signal?: string) => {
      exit = { code: code ?? undefined, signal };
    });
    // The exit can come with the answer to the command, before anybody listens; the channel's end tells it again.
    channel.once('close', (code?: number | null, signal?: string) => {
      if (code !== undefined) exit ??= { code: code ?? undefined, signal };
      finish(exit === undefined);
    });
    // A stream that fails (the host stops reading standard input) still comes to its end.
    channel.on('error', () => undefined);
    connection.gone.addEventListener('abort', lose, { once: true });
    timers.push(setTimeout(() => stop('timedOut'), options.timeoutMs ?? defaults.timeoutMs));
    options.signal?.addEventListener('abort', cancel, { once: true });
    if (options.signal?.aborted === true) cancel();
    if (options.stdin !== undefined) {
      channel.end(options.stdin instanceof Secret ? options.stdin.reveal() : options.stdin);
    }
  });
}

function failureOf(ending: Ending, result: CommandResult, options: CommandOptions, attempted: string) {
  if (ending.stopped !== undefined && result.exitCode !== 0) return stoppedError(ending, options, attempted);
  if (ending.exit === undefined) return cutError(options.kind, attempted);
  if (options.anyExit === true || result.exitCode === 0) return undefined;
  const how =
    result.exitCode === undefined ? (result.endedBySignal ?? 'a signal') : `exit code ${result.exitCode}`;
  const said = result.stderr.text().slice(-2_000);
  return sshError(
    'CommandFailed',
    attempted,
    `it ended with ${how}`,
    said === '' ? {} : { proxmoxSaid: said },
  );
}

function stoppedError(ending: Ending, options: CommandOptions, attempted: string) {
  const isLate = ending.stopped === 'timedOut';
  const why = isLate
    ? `it did not end within ${(options.timeoutMs ?? defaults.timeoutMs) / 1000} s`
    : 'it was cancelled';
  const after = ending.exit === undefined ? 'it may still be running' : 'it has ended';
  if (options.kind === 'change') {
    return sshError('OutcomeUnknown', attempted, `${why} and was stopped; ${after}`, {
      remedy: unknownRemedy,
    });
  }
  return sshError(isLate ? 'CommandTimedOut' : 'Interrupted', attempted, `${why}; ${after}`);
}

const unknownRemedy =
  'The command may have done all, a part or nothing of its work. Look at the host before it is run again.';

function cutError(kind: 'read' | 'change', attempted: string) {
  const failed = 'the connection was cut in the middle of it';
  return kind === 'change'
    ? sshError('OutcomeUnknown', attempted, failed, { remedy: unknownRemedy })
    : sshError('SshUnreachable', attempted, failed);
}
