import { existsSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { cp, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { workflowBundle } from '../../support/temporalBundle';
import { builtFolder, onceInRun } from '../../support/temporalRun';

const run = promisify(execFile);
/** Folders of programs that tests start. */
const testPrograms = ['test/support', 'test/ssh/terminal'];
const repository = resolve(__dirname, '../../..');

/** A built package, laid out as the build lays out dist/. */
export interface BuiltPackage {
  /** The CLI's entry point. */
  readonly cli: string;
  /** The compiled form of a program of the tests, which `testPrograms` have; its path from the repository's root. */
  program(source: string): string;
  /** Says that this file needs it no more; the end of the jest run removes it. */
  remove(): void;
}

/**
 * The package as it is now, built without type checks once in a jest run by whoever needs it first, so that tests start
 * the same programs as an installed package does (the worker can't be loaded by tsx). It lies below node_modules,
 * where its packages are found. Write nothing into it.
 */
export async function builtPackage(): Promise<BuiltPackage> {
  const root = builtFolder();
  const bundle = await workflowBundle();
  await onceInRun('built-package', async () => {
    if (existsSync(root)) return;
    const unfinished = `${root}.${process.pid}`;
    await build(unfinished, bundle);
    await rename(unfinished, root);
  });
  return {
    cli: join(root, 'src/client/main.js'),
    program: (source) => join(root, source.replace(/\.ts$/, '.js')),
    remove: () => undefined,
  };
}

async function build(root: string, bundle: string): Promise<void> {
  await compileFolders(root, ['src', 'simulator', 'standins', ...testPrograms]);
  for (const data of [
    'simulator/schema',
    'simulator/scenarios',
    'schemas',
    'src/ansible/plugins',
    'package.json',
  ]) {
    await cp(join(repository, data), join(root, data), { recursive: true, filter: isData });
  }
  await cp(bundle, join(root, 'workflow-bundle.js'));
}

/** Compiles folders of the repository, without type checks, into `root`, as the build does it. */
export async function compileFolders(root: string, folders: readonly string[]): Promise<void> {
  await run(process.execPath, [join(repository, 'scripts/compile.mjs'), root, ...folders]);
}

function isData(path: string): boolean {
  return !path.endsWith('.ts');
}
