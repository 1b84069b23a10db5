import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

import { ManagerError, problem, type ErrorCode } from '../domain/errors';
import { parseEntry } from './entry';
import type { CredentialProvider } from './provider';

/** No token entry is as long; a wrong path (a disk image, a device) must not fill the memory. */
const largestEntryBytes = 64 * 1024;

/** Reads the two lines from a file that belongs to this user and that nobody else may read or write. */
export function createFileProvider(place: string): CredentialProvider {
  return createCheckedFileProvider(place, `credentials file ${place}`, 'own');
}

/**
 * The same with a word on whose file it may be. `service`: systemd gives a service its credentials as files of root or
 * of the service's user, with read access for that user only (an access list shows as mode 0440).
 */
export function createCheckedFileProvider(
  place: string,
  describe: string,
  ownership: 'own' | 'service',
): CredentialProvider {
  const refusal = (code: ErrorCode, failed: string, remedy?: string) =>
    new ManagerError(problem(code, { attempted: `read ${describe}`, failed, ...(remedy ? { remedy } : {}) }));

  async function readChecked(file: FileHandle): Promise<string> {
    const facts = await file.stat();
    if (!facts.isFile() || facts.size > largestEntryBytes) {
      throw refusal('CredentialsMalformed', 'it is no small plain file');
    }
    const isOwn = facts.uid === process.getuid?.();
    if (ownership === 'service') {
      if ((isOwn || facts.uid === 0) && (facts.mode & 0o037) === 0) return file.readFile('utf8');
      throw refusal('CredentialsMalformed', 'others than root and this service may read or write it');
    }
    if (!isOwn) {
      throw refusal('CredentialsMalformed', 'it belongs to another user', `Type: chown $(id -u) '${place}'`);
    }
    if ((facts.mode & 0o077) !== 0) {
      throw refusal(
        'CredentialsMalformed',
        `its mode is ${(facts.mode & 0o777).toString(8).padStart(4, '0')}: others may read or write it`,
        `Type: chmod 600 '${place}' - and renew the token if others could have read it.`,
      );
    }
    return file.readFile('utf8');
  }

  async function read() {
    // The checks are made on the opened file, so that nothing can be swapped between check and reading.
    const file = await open(place, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
      throw refusal('CredentialsMissing', `it can't be opened (${errorCodeOf(error)})`);
    });
    try {
      return parseEntry(await readChecked(file), describe);
    } finally {
      await file.close();
    }
  }

  return { describe, read };
}

function errorCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
