import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import writeFileAtomic from 'write-file-atomic';

import { ManagerError, problem } from '../domain/errors';
import { createFileProvider } from './file';
import type { TokenCredentials } from './contract';
import type { CredentialSlots, Slot } from './slots';

/** Three files beside each other, each readable for its owner only. */
export function createFileSlots(place: string): CredentialSlots {
  const pathOf = (slot: Slot) => (slot === 'current' ? place : `${place}.${slot}`);

  async function write(slot: Slot, { tokenId, secret }: TokenCredentials): Promise<void> {
    await explained(`write credentials file ${pathOf(slot)}`, async () => {
      await mkdir(dirname(place), { recursive: true, mode: 0o700 });
      await writeFileAtomic(pathOf(slot), `${tokenId}\n${secret.reveal()}\n`, { mode: 0o600 });
    });
  }

  return {
    describe: `credentials file ${place}`,
    read: async (slot) => createFileProvider(pathOf(slot)).read(),
    write,
    move: async (from, to) =>
      explained(`move credentials file ${pathOf(from)}`, async () => rename(pathOf(from), pathOf(to))),
    copy: async (from, to) => write(to, await createFileProvider(pathOf(from)).read()),
    remove: async (slot) =>
      explained(`remove credentials file ${pathOf(slot)}`, async () => rm(pathOf(slot), { force: true })),
  };
}

/** Errors of the file system hold paths only; still only their code is shown. */
async function explained(attempted: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ManagerError(
      problem('CredentialsMissing', {
        attempted,
        failed: `the file system refused it (${code})`,
        remedy: "Let the worker's user write to that folder, then retry.",
      }),
    );
  }
}
