import { join } from 'node:path';

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
