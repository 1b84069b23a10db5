import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Document, type Pair, parseDocument, visit } from 'yaml';
import { loadProfile } from '../../../src/config/profiles/load';
import { readProfile } from '../../../src/config/profiles/read';
import { temporaryFolder } from '../writing';
import { brokenProfiles } from './brokenProfiles';
import { checked, config, failureOf } from './configs';

const folder = join(__dirname, 'broken');
const home = temporaryFolder();

function containing(text: string): unknown {
  return expect.stringContaining(text);
}

/** All keys with their values, in the order of the file. */
function valuesOf(written: string | Document): Pair[] {
  const pairs: Pair[] = [];
  visit(typeof written === 'string' ? parseDocument(written) : written, {
    Pair: (_, pair) => {
      pairs.push(pair);
    },
  });
  return pairs;
}

describe('a broken profile', () => {
  test.each(brokenProfiles)('$file: the problem is shown at $line:$column, $path $message', (row) => {
    const file = join(folder, row.file);
    const { profile, problems } = checked(file);
    expect(profile).toBeUndefined();
    expect(problems).toEqual([
      { ...row, file, message: containing(row.message), expected: containing(row.expected) },
    ]);
  });

  test('all problems of a file are reported at once, in the order of the file', () => {
    const { problems } = checked(join(folder, 'several-at-once.yaml'));
    expect(problems.map(({ line, path, nearest }) => [line, path, nearest])).toEqual([
      [1, 'name', undefined],
      [7, 'roles.cp.count', undefined],
      [8, 'roles.cp.cores', undefined],
      [9, 'roles.cp.memroy', 'memory'],
      [10, 'roles.cp.placement.strategy', 'spread'],
      [10, 'roles.cp.placement.nodes[0]', 'pve01'],
      [11, 'talso', 'talos'],
      [16, 'addressing.gateway', undefined],
      [17, 'addressing.range', undefined],
      [18, 'time_to_live', undefined],
    ]);
  });

  test('loading it fails with ConfigInvalid, and its text names each place, what would be right, and where to read more', () => {
    cpSync(folder, join(home, 'clusters'), { recursive: true });
    const moved = { ...config, file: join(home, 'cluster-config.yaml') };
    for (const { file: name, line, column, path, message, expected } of brokenProfiles) {
      const { code, problem } = failureOf(() => loadProfile(moved, name.replace(/\.yaml$/, '')));
      expect(code).toBe('ConfigInvalid');
      const place = `${join(home, 'clusters', name)}:${line}:${column} ${path}`.trim();
      for (const part of [place, message, expected]) expect(problem.failed).toContain(part);
      expect(problem.remedy).toContain('docs/cluster-profiles.md');
    }
    const failure = failureOf(() => loadProfile(moved, 'several-at-once'));
    expect(failure.code).toBe('ConfigInvalid');
    const file = join(home, 'clusters/several-at-once.yaml');
    expect(failure.message).toContain(`${file}:9:5 roles.cp.memroy: is not a known key; expected one of`);
    expect(failure.message).toContain('(did you mean memory?)');
    expect(failure.message).toContain(
      `${file}:18:15 time_to_live: is "5m"; expected a duration of at least 1h`,
    );
    expect(failure.problem.remedy).toContain('docs/cluster-profiles.md');
  });

  test('every file of the folder is in the table, and there are at least thirty', () => {
    const listed = [...brokenProfiles.map(({ file }) => file), 'several-at-once.yaml'].sort();
    const files = readdirSync(folder).filter((it) => it.endsWith('.yaml'));
    expect(files.sort()).toEqual(listed);
    expect(listed.length).toBeGreaterThanOrEqual(30);
  });

  test('whatever stands in the place of a value, the check ends, and its problems have their places', () => {
    const file = join(__dirname, 'fixtures/clusters/full-talos.yaml');
    const source = readFileSync(file, 'utf8');
    const wrong = fc.constantFrom(
      null,
      0,
      -1,
      1.5,
      true,
      '',
      '-',
      '10.0.40.1',
      [],
      [null],
      [[]],
      {},
      { a: 1 },
    );
    const places = valuesOf(source).length;
    expect(places).toBeGreaterThan(60);
    fc.assert(
      fc.property(fc.nat(places - 1), wrong, (index, value) => {
        const document = parseDocument(source);
        const pair = valuesOf(document)[index];
        if (pair !== undefined) pair.value = document.createNode(value);
        const { profile, problems } = readProfile({ text: document.toString(), file, config });
        expect(problems.length > 0).toBe(profile === undefined);
        for (const { line, column, expected } of problems) {
          expect(Math.min(line, column)).toBeGreaterThan(0);
          expect(expected).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  });
});
