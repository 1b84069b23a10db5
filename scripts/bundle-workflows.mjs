/**
 * Bundles workflow code into one file that a worker loads: `node scripts/bundle-workflows.mjs <entry> <file>`.
 * Must run with the @temporalio/worker version that loads it, so nothing of dist/ is shared between versions.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

export async function bundleWorkflows(entry, file) {
  const { code } = await bundleWorkflowCode({ workflowsPath: entry, logger: new DefaultLogger('WARN') });
  mkdirSync(dirname(file), { recursive: true });
  // Written beside and renamed: a worker that starts meanwhile loads the old bundle or the new one, never half of one.
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, code);
  renameSync(fresh, file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [entry, file] = process.argv.slice(2);
  if (entry === undefined || file === undefined) {
    console.error('usage: node scripts/bundle-workflows.mjs <entry> <file>');
    process.exit(2);
  }
  await bundleWorkflows(resolve(entry), resolve(file));
}
