import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import lockfile from 'proper-lockfile';
import { runFolder } from './temporalRun';

const script = resolve(__dirname, '../../scripts/bundle-workflows.mjs');

/**
 * The bundle of a workflow module as a file, made once in a jest run by whoever needs it first.
 * Default: the product's workflows.
 */
export async function workflowBundle(
  workflowsPath = resolve(__dirname, '../../src/workflows/index.ts'),
): Promise<string> {
  const hash = createHash('sha256').update(workflowsPath).digest('hex').slice(0, 12);
  const folder = join(runFolder(), 'bundles');
  const file = join(folder, `${hash}.js`);
  await mkdir(folder, { recursive: true });
  const release = await lockfile.lock(folder, {
    lockfilePath: join(folder, `${hash}.lock`),
    retries: { retries: 600, minTimeout: 100, maxTimeout: 100, factor: 1 },
  });
  try {
    if (!existsSync(file)) await promisify(execFile)(process.execPath, [script, workflowsPath, file]);
    return file;
  } finally {
    await release();
  }
}
