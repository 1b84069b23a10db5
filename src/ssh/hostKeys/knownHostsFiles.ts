import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { requireFolder } from '../../config/requireFolder';
import { ManagerError, problem } from '../../domain/errors';
import { parseKnownHosts, type KnownHostsEntry } from './entries';
import { hostKeyType } from './fingerprint';
import { judgeHostKey, lookupName, type HostIdentity } from './judge';
import { systemCode } from '../systemErrors';

/** Reads known_hosts files; those that don't exist have no entries. Throws ConfigInvalid for an unreadable one. */
export async function readKnownHosts(files: readonly string[]): Promise<readonly KnownHostsEntry[]> {
  const texts = await Promise.all(files.map(async (file) => parseKnownHosts(await readOrEmpty(file), file)));
  return texts.flat();
}

/**
 * Adds a key that a person has accepted to a file (mode 0600, made with its folder if missing). The line is
 * appended in one write, so that neither a crash nor another process can lose lines that are there.
 * A key that is there already is not added twice.
 */
export async function addKnownHost(file: string, identity: HostIdentity, key: Buffer): Promise<void> {
  const present = await readOrEmpty(file);
  if (judgeHostKey(parseKnownHosts(present, file), identity, key).status === 'right') return;
  requireFolder(dirname(file), {
    use: `keep an accepted host key in ${file}`,
    remedy: 'Let this user write there, or name another state folder: export PXM_STATE_FOLDER=<folder>',
  });
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.chmod(0o600);
    const separator = present === '' || present.endsWith('\n') ? '' : '\n';
    await handle.appendFile(
      `${separator}${lookupName(identity)} ${hostKeyType(key)} ${key.toString('base64')}\n`,
    );
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readOrEmpty(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return '';
    throw new ManagerError(
      problem('ConfigInvalid', {
        attempted: `read the known hosts of SSH in ${file}`,
        failed: `it can't be read (${code})`,
        remedy: `Make ${file} readable for the user that runs the worker.`,
      }),
    );
  }
}
