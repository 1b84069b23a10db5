import type { SFTPWrapper } from 'ssh2';

import type { FileAttributes } from './attributes';

/** Rename that replaces the target, an extension of OpenSSH; SFTP 3 itself has none. */
export type Replacing = 'replaced' | 'notOffered';

const noSuchFile = 2;

/**
 * Reads a file, but not more than the limit and one byte (which tells a file that is too large). Undefined: there is no such file.
 */
export async function readBySftp(
  sftp: SFTPWrapper,
  path: string,
  limitBytes: number,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const stream = sftp.createReadStream(path, { start: 0, end: limitBytes });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.once('error', (error: Error) => {
      if ('code' in error && error.code === noSuchFile) resolve(undefined);
      else reject(error);
    });
  });
}

/** Writes a new file that only its owner may read until it is complete, then gives it mode and owner. */
export async function writeNewBySftp(
  sftp: SFTPWrapper,
  path: string,
  content: Buffer,
  { mode, owner }: FileAttributes,
): Promise<void> {
  const handle = await openNew(sftp, path);
  try {
    await settled((done) => sftp.write(handle, content, 0, content.length, 0, done));
    if (owner !== undefined) await settled((done) => sftp.fchown(handle, owner.uid, owner.gid, done));
    await settled((done) => sftp.fchmod(handle, mode, done));
    await syncWhereOffered(sftp, handle);
  } finally {
    await settled((done) => sftp.close(handle, done));
  }
}

/** Puts a complete file in the place of another. */
export async function replaceBySftp(sftp: SFTPWrapper, from: string, to: string): Promise<Replacing> {
  return new Promise((resolve, reject) => {
    try {
      sftp.ext_openssh_rename(from, to, (error) => {
        if (error == null) resolve('replaced');
        else reject(error);
      });
    } catch {
      resolve('notOffered');
    }
  });
}

/** Removes a file of ours that is in the way; whether that works does not matter. */
export async function discardBySftp(sftp: SFTPWrapper, path: string): Promise<void> {
  await settled((done) => sftp.unlink(path, done)).catch(() => undefined);
}

async function syncWhereOffered(sftp: SFTPWrapper, handle: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    try {
      sftp.ext_openssh_fsync(handle, (error) => (error == null ? resolve() : reject(error)));
    } catch {
      resolve();
    }
  });
}

async function openNew(sftp: SFTPWrapper, path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sftp.open(path, 'wx', { mode: 0o600 }, (error, handle) =>
      error === undefined ? resolve(handle) : reject(error),
    );
  });
}

/** An SFTP request that answers nothing but its success. */
async function settled(ask: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    ask((error) => (error == null ? resolve() : reject(error)));
  });
}
