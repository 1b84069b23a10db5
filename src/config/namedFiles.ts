import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { expectedCaFile, readCertificateAuthority } from './certificateAuthority';
import { mayBeSecret, type Finding } from './findings';
import { at } from './lookup';
import { reasonOfFailedRead } from './readFailure';
import { absolutePath } from './resolve';
import { expectedTokenEntry, readTokenEntry } from './tokenEntry';
import { modeText, tokenFileFault, tokenFileFlags } from './tokenFile';

/** A key that names a file. Which of them have to be right depends on who reads the configuration. */
export type NamedFile = 'cluster.ca_file' | 'credentials.file';

/**
 * What is wrong with the files that a configuration names (relative to `folder`). Nothing of what is in them
 * is shown. Keys that hold no text are the schema's business.
 */
export function namedFileFindings(value: unknown, files: readonly NamedFile[], folder: string): Finding[] {
  return files.flatMap((key) => {
    const path = key.split('.');
    const written = at(value, path);
    if (typeof written !== 'string' || written === '') return [];
    const wrong = checks[key](absolutePath(written, folder));
    return wrong === undefined ? [] : [{ path, ...wrong }];
  });
}

type Wrong = Pick<Finding, 'message' | 'expected'> | undefined;

const checks = { 'cluster.ca_file': wrongCaFile, 'credentials.file': wrongTokenFile } satisfies Record<
  NamedFile,
  (path: string) => Wrong
>;

function wrongCaFile(path: string): Wrong {
  const read = readCertificateAuthority(path);
  if (!('refused' in read)) return undefined;
  return {
    message: `names ${mayBeSecret(path) ? 'a file' : path}, which ${read.refused}`,
    expected: expectedCaFile,
  };
}

/** The path is not shown either: what is written under `credentials` may be the secret itself, by mistake. */
function wrongTokenFile(path: string): Wrong {
  let file: number | undefined;
  try {
    file = openSync(path, tokenFileFlags);
    const fault = faultOfTokenFile(file);
    if (fault !== undefined) return wrongFile(fault);
    const entry = readTokenEntry(readFileSync(file, 'utf8'));
    if (!('malformed' in entry)) return undefined;
    return { message: `names a file without a token: ${entry.malformed}`, expected: expectedTokenEntry };
  } catch (error) {
    return wrongFile(`a file that ${reasonOfFailedRead(error)}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function wrongFile(what: string): Wrong {
  return { message: `names ${what}`, expected: 'a file of this user with mode 0600' };
}

function faultOfTokenFile(file: number): string | undefined {
  const facts = fstatSync(file);
  switch (tokenFileFault(facts)) {
    case undefined:
      return undefined;
    case 'no small plain file':
      return 'something that is no small plain file';
    case 'of another user':
      return 'a file of another user';
    case 'open to others':
      return `a file of mode ${modeText(facts)}: others may read or write it`;
  }
}
