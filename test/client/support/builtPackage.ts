import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { transformFileSync } from '@swc/core';
import { workflowBundle } from '../../support/temporalBundle';

const repository = resolve(__dirname, '../../..');

/** A built package, laid out as the build lays out dist/. */
export interface BuiltPackage {
  /** The CLI's entry point. */
  readonly cli: string;
  remove(): void;
}

/**
 * Builds the package as it is now, without type checks, so that tests start the same programs as an installed
 * package does (the worker can't be loaded by tsx). It lies below node_modules, where its packages are found.
 */
export async function builtPackage(): Promise<BuiltPackage> {
  const cache = join(repository, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const root = mkdtempSync(join(cache, 'pxm-built-'));
  for (const folder of ['src', 'simulator']) compileFolder(folder, root);
  for (const data of ['simulator/schema', 'simulator/scenarios', 'schemas', 'package.json']) {
    cpSync(join(repository, data), join(root, data), { recursive: true, filter: isData });
  }
  cpSync(await workflowBundle(), join(root, 'workflow-bundle.js'));
  return {
    cli: join(root, 'src/client/main.js'),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function compileFolder(folder: string, root: string): void {
  const files = readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' });
  for (const name of files.filter((file) => file.endsWith('.ts'))) {
    const { code } = transformFileSync(join(repository, folder, name), {
      jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
      module: { type: 'commonjs' },
    });
    const target = join(root, folder, name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
}

function isData(path: string): boolean {
  return !path.endsWith('.ts');
}
