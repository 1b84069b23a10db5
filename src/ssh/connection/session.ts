import type { ClientChannel, SFTPWrapper } from 'ssh2';

import { problem } from '../../domain/errors';
import type { SshConnection } from './connect';
import { NotStarted, SessionRefused } from './notStarted';

/**
 * Hands a command line over. Rejects with NotStarted or SessionRefused where nothing was executed, and with
 * CutWhileStarting where that is not known.
 */
export async function openCommand(
  connection: SshConnection,
  line: string,
  attempted: string,
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    try {
      connection.client.exec(line, (error, channel) => {
        if (error === undefined) resolve(channel);
        else reject(startFailure(connection, error, attempted));
      });
    } catch {
      reject(notStarted(connection, attempted));
    }
  });
}

/** The host has no SFTP: the reason to use a shell instead. */
export class NoSftp extends Error {}

/** Opens an SFTP session. Rejects with NoSftp if the host does not offer it, else as `openCommand`. */
export async function openSftp(connection: SshConnection, attempted: string): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    try {
      connection.client.sftp((error, sftp) => {
        if (error === undefined) {
          resolve(sftp);
          return;
        }
        const failure = startFailure(connection, error, attempted);
        reject(failure instanceof CutWhileStarting && !connection.gone.aborted ? new NoSftp() : failure);
      });
    } catch {
      reject(notStarted(connection, attempted));
    }
  });
}

/** The command was handed over, but it is not known whether the host has begun with it (or it refused it). */
export class CutWhileStarting extends Error {}

/**
 * ssh2 tells a refused channel by `reason`, one that was never answered by this text, and everything later (the
 * command itself refused, or the connection cut after it was sent) by others.
 */
function startFailure(connection: SshConnection, error: Error, attempted: string): Error {
  if ('reason' in error && error.reason !== '') {
    return new SessionRefused(
      problem('SshFailed', {
        attempted,
        failed: `${connection.name} opens no session: ${error.message}`,
        remedy: 'Look at MaxSessions in /etc/ssh/sshd_config of the host.',
      }),
    );
  }
  return error.message === 'No response from server'
    ? notStarted(connection, attempted)
    : new CutWhileStarting(error.message);
}

function notStarted(connection: SshConnection, attempted: string): NotStarted {
  return new NotStarted(
    problem('SshUnreachable', {
      attempted,
      failed: `the connection to ${connection.name} was gone before anything was sent`,
    }),
  );
}
