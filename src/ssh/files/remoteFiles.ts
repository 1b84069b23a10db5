import { createHash, randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { SFTPWrapper } from 'ssh2';

import { Secret } from '../../domain/secret';
import type { SshConnection } from '../connection/connect';
import type { SshPool } from '../connection/pool';
import { CutWhileStarting, NoSftp } from '../connection/session';
import { sshError } from '../failures';
import type { SshHost } from '../settings/host';
import type { FileAttributes, TransferOptions } from './attributes';
import { discardBySftp, readBySftp, replaceBySftp, writeNewBySftp } from './sftp';
import { checksumByShell, readByShell, removeByShell, replaceByShell, writeNewByShell } from './shellFiles';
import { bySftp } from './transfer';

/** Who writes a file, so that what an attempt has left can be found by the next one. */
export interface FileWriter {
  /** The same for all attempts to write the same. */
  readonly id: string;
  /** From 1. */
  readonly attempt: number;
}

/**
 * Files on hosts. Paths are absolute. Everything here may be done again after a failure, so errors are those of a
 * read: SshUnreachable when the connection was cut, CommandTimedOut, Interrupted, CommandFailed with the host's words.
 */
export interface RemoteFiles {
  /**
   * Writes a file whole or not at all: under another name in the same folder, readable for its owner only, then
   * renamed. A cut may leave that other file behind (`.<name>.pxm-<12 digits>`): the writer's next attempt takes it
   * away. An attempt before that was only frozen fails then, or puts the same content into place.
   */
  write(
    host: SshHost,
    path: string,
    content: string | Buffer | Secret,
    options: FileAttributes & TransferOptions & { readonly writer?: FileWriter },
  ): Promise<void>;
  /** Reads a file of at most `maximumBytes` (default 4 MiB). Undefined: there is no such file. */
  read(
    host: SshHost,
    path: string,
    options?: TransferOptions & { readonly maximumBytes?: number },
  ): Promise<Buffer | undefined>;
  /** The file's sha256 in hexadecimal. Undefined: there is no such file. */
  checksum(host: SshHost, path: string, options?: TransferOptions): Promise<string | undefined>;
  /** Removes a file; one that is not there is no error. */
  remove(host: SshHost, path: string, options?: TransferOptions): Promise<void>;
}

const defaultMaximumBytes = 4 * 1024 * 1024;

function temporaryName(path: string, writer: FileWriter | undefined): string {
  const digits =
    writer === undefined
      ? randomBytes(6).toString('hex')
      : createHash('sha256').update(`${writer.id}#${writer.attempt}`).digest('hex').slice(0, 12);
  return posix.join(posix.dirname(path), `.${posix.basename(path)}.pxm-${digits}`);
}

/** Of how many attempts before it a writer takes away what they have left. */
const mostLeftOvers = 9;

function leftOvers(path: string, writer: FileWriter | undefined): readonly string[] {
  if (writer === undefined) return [];
  const attempts = Array.from(
    { length: Math.min(writer.attempt - 1, mostLeftOvers) },
    (_, index) => index + 1,
  );
  return attempts.map((before) => temporaryName(path, { ...writer, attempt: writer.attempt - before }));
}

/** Files over SFTP, or over plain commands on hosts where SFTP is off. */
export function createRemoteFiles(pool: SshPool): RemoteFiles {
  const withoutSftp = new WeakSet<SshConnection>();

  async function viaSftpOrShell<T>(
    connection: SshConnection,
    attempted: string,
    options: TransferOptions,
    viaSftp: (sftp: SFTPWrapper) => Promise<T>,
    viaShell: () => Promise<T>,
  ): Promise<T> {
    if (withoutSftp.has(connection)) return viaShell();
    try {
      return await bySftp(connection, attempted, options, viaSftp);
    } catch (error) {
      if (error instanceof CutWhileStarting) {
        throw sshError('SshUnreachable', attempted, 'the connection was cut in the middle of it');
      }
      if (!(error instanceof NoSftp)) throw error;
      withoutSftp.add(connection);
      return viaShell();
    }
  }

  async function session<T>(
    host: SshHost,
    what: string,
    path: string,
    options: TransferOptions,
    use: (connection: SshConnection, attempted: string) => Promise<T>,
  ): Promise<T> {
    const attempted = `${what} ${path} on ${host.host}`;
    if (!posix.isAbsolute(path) || path.includes('\0')) {
      throw sshError('Internal', attempted, 'the path is not absolute');
    }
    return pool.session(host, attempted, options.signal, async (connection) => use(connection, attempted));
  }

  return {
    async write(host, path, content, options) {
      const { writer } = options;
      const temporary = temporaryName(path, writer);
      const bytes = Buffer.from(content instanceof Secret ? content.reveal() : content);
      await session(host, 'write', path, options, async (connection, attempted) => {
        const discard = async (file = temporary) =>
          removeByShell(connection, file, {}).catch(() => undefined);
        const isInPlace = await viaSftpOrShell(
          connection,
          attempted,
          options,
          async (sftp) => {
            for (const left of leftOvers(path, writer)) await discardBySftp(sftp, left);
            try {
              await writeNewBySftp(sftp, temporary, bytes, options);
              return (await replaceBySftp(sftp, temporary, path)) === 'replaced';
            } catch (error) {
              await discardBySftp(sftp, temporary);
              throw error;
            }
          },
          async () => {
            for (const left of leftOvers(path, writer)) await discard(left);
            try {
              const shown = content instanceof Secret ? content : bytes;
              await writeNewByShell(connection, temporary, shown, options, options);
              return false;
            } catch (error) {
              await discard();
              throw error;
            }
          },
        );
        if (isInPlace) return;
        try {
          await replaceByShell(connection, temporary, path, options);
        } catch (error) {
          await discard();
          throw error;
        }
      });
    },

    async read(host, path, options = {}) {
      const limitBytes = options.maximumBytes ?? defaultMaximumBytes;
      return session(host, 'read', path, options, async (connection, attempted) => {
        const content = await viaSftpOrShell(
          connection,
          attempted,
          options,
          async (sftp) => readBySftp(sftp, path, limitBytes),
          async () => readByShell(connection, path, limitBytes, options),
        );
        if (content !== undefined && content.length > limitBytes) {
          throw sshError('CommandFailed', attempted, `the file is larger than ${limitBytes} bytes`);
        }
        return content;
      });
    },

    async checksum(host, path, options = {}) {
      return session(host, 'take the checksum of', path, options, async (connection) =>
        checksumByShell(connection, path, options),
      );
    },

    async remove(host, path, options = {}) {
      return session(host, 'remove', path, options, async (connection) =>
        removeByShell(connection, path, options),
      );
    },
  };
}
