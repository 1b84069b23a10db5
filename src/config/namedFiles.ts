import { closeSync, fstatSync, openSync } from 'node:fs';
import { expectedCaFile, readCertificateAuthority } from './certificateAuthority';
import { mayBeSecret, type Finding } from './findings';
import { at } from './lookup';
import { reasonOfFailedRead } from './readFailure';
import { absolutePath } from './resolve';
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
  const said = faultOfTokenFile(path);
  return said === undefined
    ? undefined
    : { message: `names ${said}`, expected: 'a file of this user with mode 0600' };
}

function faultOfTokenFile(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, tokenFileFlags);
  } catch (error) {
    return `a file that ${reasonOfFailedRead(error)}`;
  }
  try {
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
  } finally {
    closeSync(file);
  }
}
