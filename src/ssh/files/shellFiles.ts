import { createHash } from 'node:crypto';
import { quote } from 'shlex';

import { Secret } from '../../domain/secret';
import type { Command } from '../commands/command';
import { runCommand, type CommandResult } from '../commands/run';
import type { SshConnection } from '../connection/connect';
import { hasCode, sshError } from '../failures';
import type { FileAttributes, TransferOptions } from './attributes';

/** What the host says about a missing file is told apart by its text. */
const inEnglish = ['env', 'LC_ALL=C'] as const;

/**
 * Runs one step of a file transfer. All of them may be run again, so a cut is never an unknown outcome.
 * Each is one plain command: what the host's shell has to understand is kept small.
 */
async function step(
  connection: SshConnection,
  command: Command,
  options: TransferOptions & { readonly stdin?: Buffer | Secret; readonly maximumOutputBytes?: number },
): Promise<CommandResult> {
  return runCommand(connection, command, { ...options, kind: 'read' });
}

/** As `readBySftp`. */
export async function readByShell(
  connection: SshConnection,
  path: string,
  limitBytes: number,
  options: TransferOptions,
): Promise<Buffer | undefined> {
  const found = await missingAsUndefined(async () =>
    step(
      connection,
      { words: [...inEnglish, 'cat', path] },
      { ...options, maximumOutputBytes: limitBytes + 1 },
    ),
  );
  return found?.stdout.bytes();
}

/**
 * As `writeNewBySftp`. What arrived is compared before anything is done with it: a cut connection looks like the end
 * of the content to the host.
 */
export async function writeNewByShell(
  connection: SshConnection,
  path: string,
  content: Buffer | Secret,
  { mode, owner }: FileAttributes,
  options: TransferOptions,
): Promise<void> {
  const script = `umask 077; cat > ${quote(path)}`;
  await step(connection, { script }, { ...options, stdin: content });
  const bytes = content instanceof Secret ? Buffer.from(content.reveal()) : content;
  const arrived = await checksumByShell(connection, path, options);
  if (arrived !== createHash('sha256').update(bytes).digest('hex')) {
    throw sshError('SshUnreachable', `write ${path} on ${connection.name}`, 'it did not arrive whole');
  }
  if (owner !== undefined) {
    await step(connection, { words: ['chown', `${owner.uid}:${owner.gid}`, path] }, options);
  }
  await step(connection, { words: ['chmod', mode.toString(8).padStart(4, '0'), path] }, options);
}

/** Puts a complete file in the place of another; both are in one folder. */
export async function replaceByShell(
  connection: SshConnection,
  from: string,
  to: string,
  options: TransferOptions,
): Promise<void> {
  await step(connection, { words: ['mv', '-f', '-T', from, to] }, options);
}

/** Removes a file; one that is not there is no error. */
export async function removeByShell(
  connection: SshConnection,
  path: string,
  options: TransferOptions,
): Promise<void> {
  await step(connection, { words: ['rm', '-f', path] }, options);
}

/** The file's sha256 in hexadecimal. Undefined: there is no such file. */
export async function checksumByShell(
  connection: SshConnection,
  path: string,
  options: TransferOptions,
): Promise<string | undefined> {
  const found = await missingAsUndefined(async () =>
    step(connection, { words: [...inEnglish, 'sha256sum', path] }, options),
  );
  // A backslash before the sum says that the name after it is escaped.
  return found && /^\\?([0-9a-f]{64})/.exec(found.stdout.text())?.[1];
}

async function missingAsUndefined(work: () => Promise<CommandResult>): Promise<CommandResult | undefined> {
  try {
    return await work();
  } catch (error) {
    const said = hasCode(error, 'CommandFailed') ? error.problem.proxmoxSaid : undefined;
    // The program's own words: the shell's (`bash: ...`) are about something else.
    if (said !== undefined && /^(cat|sha256sum): .*: No such file or directory$/.test(said)) return undefined;
    throw error;
  }
}
