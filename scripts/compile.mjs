/**
 * Compiles folders of the repository, all that have code by default, into another one:
 * `node scripts/compile.mjs <target> [folder...]`. Types are checked apart (`npm run types`).
 *
 * The imports of src/client are lazy: a module is loaded when something of it is used for the first time. So a command
 * loads what it needs, not all that the others need, and starts in a fraction of the time. A worker loads everything
 * when it starts: what is installed while it runs must not get into it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import typescript from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lazyFolder = join('src', 'client', '/');

/** The stand-ins of the demo's tools are no part of an image. */
const allFolders = ['src', 'simulator', 'standins'].filter((folder) => existsSync(join(root, folder)));

/** Paths of all TypeScript files below folders, from the root. */
function sourceFiles(folders) {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
}

/** What a file imports, as it names it. */
function importsOf(source) {
  return typescript.preProcessFile(source).importedFiles.map(({ fileName }) => fileName);
}

function compile(target, folders) {
  for (const path of sourceFiles(folders)) {
    const source = readFileSync(join(root, path), 'utf8');
    const compiled = join(target, path.replace(/\.ts$/, '.js'));
    const { code, map } = transformSync(source, {
      filename: join(root, path),
      sourceFileName: relative(dirname(compiled), join(root, path)),
      sourceMaps: true,
      inlineSourcesContent: false,
      jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
      module: { type: 'commonjs', lazy: path.startsWith(lazyFolder) ? importsOf(source) : false },
    });
    mkdirSync(dirname(compiled), { recursive: true });
    replace(compiled, `${code}//# sourceMappingURL=${basename(compiled)}.map\n`);
    replace(`${compiled}.map`, map);
  }
}

/** Written beside and renamed: a program that starts meanwhile loads the old file or the new one, never half of one. */
function replace(file, text) {
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, text);
  renameSync(fresh, file);
}

const [target, ...folders] = process.argv.slice(2);
if (target === undefined) {
  console.error('usage: node scripts/compile.mjs <target> [folder...]');
  process.exit(2);
}
compile(resolve(target), folders.length === 0 ? allFolders : folders);
