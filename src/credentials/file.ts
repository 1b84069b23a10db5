import { open, type FileHandle } from 'node:fs/promises';

import { modeText, tokenFileFault, tokenFileFlags } from '../config/tokenFile';
import { ManagerError, problem, type ErrorCode } from '../domain/errors';
import { parseEntry } from './entry';
import type { CredentialProvider } from './contract';

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
  return { describe, read: async () => parseEntry(await readOwnFile(place, describe, ownership), describe) };
}

/** The text of such a file. Throws CredentialsMissing or CredentialsMalformed. */
export async function readOwnFile(
  place: string,
  describe: string,
  ownership: 'own' | 'service',
): Promise<string> {
  const refusal = (code: ErrorCode, failed: string, remedy?: string) =>
    new ManagerError(problem(code, { attempted: `read ${describe}`, failed, ...(remedy ? { remedy } : {}) }));

  async function readChecked(file: FileHandle): Promise<string> {
    const facts = await file.stat();
    if (ownership === 'service') {
      const mayOwn = facts.uid === process.getuid?.() || facts.uid === 0;
      if (facts.isFile() && mayOwn && (facts.mode & 0o037) === 0) return file.readFile('utf8');
      throw refusal('CredentialsMalformed', 'others than root and this service may read or write it');
    }
    switch (tokenFileFault(facts)) {
      case undefined:
        return file.readFile('utf8');
      case 'no small plain file':
        throw refusal('CredentialsMalformed', 'it is no small plain file');
      case 'of another user':
        throw refusal(
          'CredentialsMalformed',
          'it belongs to another user',
          `Type: chown $(id -u) '${place}'`,
        );
      case 'open to others':
        throw refusal(
          'CredentialsMalformed',
          `its mode is ${modeText(facts)}: others may read or write it`,
          `Type: chmod 600 '${place}' - and renew the token if others could have read it.`,
        );
    }
  }

  // The checks are made on the opened file, so that nothing can be swapped between check and reading.
  const file = await open(place, tokenFileFlags).catch((error: unknown) => {
    throw refusal('CredentialsMissing', `it can't be opened (${errorCodeOf(error)})`);
  });
  try {
    return await readChecked(file);
  } finally {
    await file.close();
  }
}

function errorCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
