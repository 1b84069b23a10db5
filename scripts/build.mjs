/**
 * Builds the package into dist/: compiled TypeScript, the workflow bundle, data files, executable entry points.
 * `npm ci` runs it through `prepare`; it compiles only what has changed since the last build.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from './bundle-workflows.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const workflows = join(root, 'src/workflows/index.ts');
const bundle = join(root, 'dist/workflow-bundle.js');

/** Read at run time beside the compiled code, so they keep their place below dist/. */
const dataFolders = ['simulator/schema', 'simulator/scenarios', 'schemas', 'runbooks', 'src/ansible/plugins'];

function compile() {
  const compiler = require.resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function copyData() {
  for (const folder of dataFolders) {
    if (existsSync(join(root, folder)))
      cpSync(join(root, folder), join(root, 'dist', folder), { recursive: true });
  }
}

function markExecutables() {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const file of new Set(Object.values(bin))) {
    if (existsSync(join(root, file))) chmodSync(join(root, file), 0o755);
  }
}

mkdirSync(join(root, 'dist'), { recursive: true });
compile();
copyData();
markExecutables();
await bundleWorkflows(workflows, bundle);
