import type { ServerChannel, Session } from 'ssh2';
import { allPrograms } from './commands';
import type { CommandRecord } from '../control/commands';
import { runLine } from './shell/run-line';
import type { ParseScript } from './shell/grammar';
import { literalWords } from './shell/literal-words';
import { newShell } from './shell/state';
import type { CommandContext } from './shell/context';
import type { SshServerOptions } from './server';
import { serveSftp } from './sftp';

/** Who a session belongs to. */
export interface Client {
  readonly user: string;
  /** Fingerprint of its key, or `password`. */
  readonly identity: string;
  /** Breaks its TCP connection, without a word. */
  breakConnection(): void;
}

/** What a session works on. */
export type SessionOptions = Omit<SshServerOptions, 'host' | 'port' | 'hostKey'> & {
  readonly sftpEnabled: () => boolean;
  readonly parse: ParseScript;
};

/** Serves one session: a command, or the SFTP subsystem. No shell, no terminal. */
export function serveSession(
  session: Session,
  client: Client,
  options: SessionOptions,
  whenClosed: () => void,
): void {
  const stop = new AbortController();
  session.on('close', whenClosed);
  session.on('signal', (_accept, _reject, info) => stop.abort(info.name));
  session.on('exec', (accept, _reject, info) => {
    const channel = accept();
    const { node, gate } = options;
    const command = gate.receive({
      node: node.name,
      user: client.user,
      client: client.identity,
      kind: 'exec',
      line: info.command,
      argv: literalWords(info.command, options.parse),
    });
    execute(channel, command, client, options, stop.signal).catch((error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`simulator: ${node.name}: ${info.command}: ${text}\n`);
      client.breakConnection();
    });
  });
  session.on('sftp', (accept, reject) => {
    if (options.sftpEnabled()) serveSftp(accept(), client, options);
    else reject();
  });
}

async function execute(
  channel: ServerChannel,
  command: CommandRecord,
  client: Client,
  options: SessionOptions,
  signal: AbortSignal,
): Promise<void> {
  const { gate } = options;
  const written: { readonly toError: boolean; readonly data: string | Buffer }[] = [];
  channel.on('error', () => undefined);
  channel.on('close', () => gate.clientGone(command));
  const stdin = readStdin(channel, command);
  const before = await gate.pass(command, 'before handling');
  if (before.kind === 'drop') {
    client.breakConnection();
    return;
  }
  const context: CommandContext = {
    ...options,
    stdin: () => stdin,
    out: (data) => written.push({ toError: false, data }),
    err: (data) => written.push({ toError: true, data }),
    signal,
    shell: newShell(['bash']),
    programs: allPrograms,
  };
  const exitCode =
    before.kind === 'answer'
      ? before.exitCode
      : await Promise.race([runLine(context, command.line), untilAborted(signal)]);
  const after = before.kind === 'answer' ? before : await gate.pass(command, 'before answering');
  if (after.kind === 'drop') {
    client.breakConnection();
    return;
  }
  if (after.kind === 'answer') written.splice(0, written.length, { toError: true, data: after.stderr });
  for (const { toError, data } of written) {
    if (data.length > 0) (toError ? channel.stderr : channel).write(data);
  }
  end(channel, command, options, after.kind === 'answer' ? after.exitCode : exitCode);
}

/** A number: the exit code; a name: the signal that ended it. */
function end(
  channel: ServerChannel,
  command: CommandRecord,
  { gate }: SessionOptions,
  result: number | string,
): void {
  if (typeof result === 'number') {
    gate.ended(command, { exitCode: result });
    channel.exit(result);
  } else {
    gate.ended(command, { exitSignal: result });
    channel.exit(result, false, '');
  }
  channel.end();
}

/** Resolves with the signal's name when one comes. */
function untilAborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const tell = (): void => resolve(String(signal.reason));
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell, { once: true });
  });
}

/** All of the standard input. A connection that breaks ends it: what came so far is what the command reads. */
function readStdin(channel: ServerChannel, command: CommandRecord): Promise<Buffer> {
  const chunks: Buffer[] = [];
  channel.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    command.stdinBytes += chunk.length;
  });
  return new Promise((resolve) => {
    const done = (): void => resolve(Buffer.concat(chunks));
    channel.once('end', done);
    channel.once('close', done);
  });
}
