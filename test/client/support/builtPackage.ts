import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { transformFile } from '@swc/core';
import { workflowBundle } from '../../support/temporalBundle';
import { builtFolder, onceInRun } from '../../support/temporalRun';

const repository = resolve(__dirname, '../../..');

/** A built package, laid out as the build lays out dist/. */
export interface BuiltPackage {
  /** The CLI's entry point. */
  readonly cli: string;
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
  return { cli: join(root, 'src/client/main.js'), remove: () => undefined };
}

async function build(root: string, bundle: string): Promise<void> {
  await Promise.all(['src', 'simulator', 'standins'].map((folder) => compileFolder(folder, root)));
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

/** Compiles a folder of the repository, without type checks, into `root`. */
export async function compileFolder(folder: string, root: string): Promise<void> {
  const files = await readdir(join(repository, folder), { recursive: true });
  const compile = async (name: string): Promise<void> => {
    const { code } = await transformFile(join(repository, folder, name), {
      jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
      module: { type: 'commonjs' },
    });
    const target = join(root, folder, name.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code);
  };
  await Promise.all(files.filter((file) => file.endsWith('.ts')).map(compile));
}

function isData(path: string): boolean {
  return !path.endsWith('.ts');
}
