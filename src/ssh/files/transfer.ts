import type { SFTPWrapper } from 'ssh2';

import type { SshConnection } from '../connection/connect';
import { openSftp } from '../connection/session';
import { sshError } from '../failures';
import type { TransferOptions } from './attributes';

const defaultTimeoutMs = 60_000;

/**
 * Opens an SFTP session, works with it and ends it. Throws NoSftp, SshUnreachable (the connection was cut),
 * CommandTimedOut, Interrupted, and CommandFailed with the host's words.
 */
export async function bySftp<T>(
  connection: SshConnection,
  attempted: string,
  options: TransferOptions,
  work: (sftp: SFTPWrapper) => Promise<T>,
): Promise<T> {
  const sftp = await openSftp(connection, attempted);
  // The channel's own errors end the requests under way, which say so themselves.
  sftp.on('error', () => undefined);
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  let timer: NodeJS.Timeout | undefined;
  let cancel = (): void => undefined;
  let lose = (): void => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(sshError('CommandTimedOut', attempted, `it took longer than ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    cancel = () => reject(sshError('Interrupted', attempted, 'it was cancelled'));
    options.signal?.addEventListener('abort', cancel, { once: true });
    if (options.signal?.aborted === true) cancel();
    // Requests that were still being sent are never answered by ssh2 then.
    lose = () => reject(cutError(attempted));
    connection.gone.addEventListener('abort', lose, { once: true });
    if (connection.gone.aborted) lose();
  });
  try {
    const working = work(sftp).catch((error: unknown) => {
      throw explain(connection, error, attempted);
    });
    return await Promise.race([working, stopped]);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', cancel);
    connection.gone.removeEventListener('abort', lose);
    sftp.end();
  }
}

function explain(connection: SshConnection, error: unknown, attempted: string) {
  const said = error instanceof Error ? error.message : String(error);
  return connection.gone.aborted || said === 'No response from server'
    ? cutError(attempted)
    : sshError('CommandFailed', attempted, 'the host refused it', { proxmoxSaid: said });
}

function cutError(attempted: string) {
  return sshError('SshUnreachable', attempted, 'the connection was cut in the middle of it');
}
