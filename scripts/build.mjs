/**
 * Builds the package into dist/: compiled TypeScript, the workflow bundle, data files, executable entry points.
 * `npm ci` runs it through `prepare`.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from './bundle-workflows.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const workflows = join(root, 'src/workflows/index.ts');
const bundle = join(root, 'dist/workflow-bundle.js');

/** Read at run time beside the compiled code, so they keep their place below dist/. */
const data = [
  'simulator/schema',
  'simulator/scenarios',
  'schemas',
  'runbooks',
  'src/ansible/plugins',
  'package.json',
];

function compile() {
  const program = join(root, 'scripts/compile.mjs');
  const { status } = spawnSync(process.execPath, [program, join(root, 'dist')], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function copyData() {
  for (const path of data) {
    if (existsSync(join(root, path))) cpSync(join(root, path), join(root, 'dist', path), { recursive: true });
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
