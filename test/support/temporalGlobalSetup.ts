import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives the whole jest run one folder: the Temporal server and the workflow bundles are made there by the first test that needs them. */
export default async function globalSetup(): Promise<void> {
  process.env['PXM_TEST_RUN_FOLDER'] = await mkdtemp(join(tmpdir(), 'pxm-tests-'));
}
