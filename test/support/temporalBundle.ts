import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { onceInRun, runFolder } from './temporalRun';

const script = resolve(__dirname, '../../scripts/bundle-workflows.mjs');

/**
 * The bundle of a workflow module as a file, made once in a jest run by whoever needs it first.
 * Default: the product's workflows.
 */
export async function workflowBundle(
  workflowsPath = resolve(__dirname, '../../src/workflows/index.ts'),
): Promise<string> {
  const hash = createHash('sha256').update(workflowsPath).digest('hex').slice(0, 12);
  const file = join(runFolder(), 'bundles', `${hash}.js`);
  return onceInRun(`bundle-${hash}`, async () => {
    if (!existsSync(file)) await promisify(execFile)(process.execPath, [script, workflowsPath, file]);
    return file;
  });
}
