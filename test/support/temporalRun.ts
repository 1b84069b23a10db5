import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import lockfile from 'proper-lockfile';

/** The folder of this jest run; temporalGlobalSetup.ts makes it. */
export function runFolder(): string {
  const folder = process.env['PXM_TEST_RUN_FOLDER'];
  if (folder === undefined) throw new Error('No jest run: temporalGlobalSetup.ts sets PXM_TEST_RUN_FOLDER.');
  return folder;
}

/** The state folder of the run's Temporal server. */
export function serverStateFolder(): string {
  return join(runFolder(), 'temporal');
}

/** The folder of the package that is built in this run: below node_modules, where its packages are found. */
export function builtFolder(): string {
  return resolve(__dirname, '../../node_modules/.cache', `pxm-built-${basename(runFolder())}`);
}

/** The folder of the stand-ins that are built in this run, without the rest of the package. */
export function builtStandInsFolder(): string {
  return `${builtFolder()}-standins`;
}

/** Lets one test file at a time make what all files of the run share under this name. */
export async function onceInRun<T>(name: string, make: () => Promise<T>): Promise<T> {
  const folder = runFolder();
  await mkdir(folder, { recursive: true });
  const release = await lockfile.lock(folder, {
    lockfilePath: join(folder, `${name}.lock`),
    // Whoever makes it may be kept from its event loop for long, and takes long, where all files begin at once.
    stale: 60_000,
    retries: { retries: 2_400, minTimeout: 100, maxTimeout: 100, factor: 1 },
  });
  try {
    return await make();
  } finally {
    await release();
  }
}
