import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ManagerError } from '../../src/domain/errors';
import { checkClusterConfig, loadClusterConfig } from '../../src/config/load';
import { describeConfigProblems } from '../../src/config/problems';
import { brokenFiles } from './brokenFiles';

const folder = join(__dirname, 'broken');

function containing(text: string): unknown {
  return expect.stringContaining(text);
}

function failureOf(path: string): ManagerError {
  try {
    loadClusterConfig(path);
  } catch (error) {
    if (error instanceof ManagerError) return error;
    throw error;
  }
  throw new Error(`${path} was accepted`);
}

describe('a broken configuration', () => {
  test.each(brokenFiles)('$file: the problem is shown at $line:$column, $path $message', (row) => {
    const file = join(folder, row.file);
    const { config, problems } = checkClusterConfig(file);
    expect(config).toBeUndefined();
    expect(problems).toEqual([
      {
        ...row,
        file,
        message: containing(row.message),
        expected: containing(row.expected),
      },
    ]);
  });

  test.each(brokenFiles)(
    '$file: loading it fails with ConfigInvalid and a text that names the place',
    (row) => {
      const file = join(folder, row.file);
      const failure = failureOf(file);
      expect(failure.code).toBe('ConfigInvalid');
      expect(failure.message).toContain(`${file}:${row.line}:${row.column} ${row.path || 'the file'}: `);
      expect(failure.problem.remedy).toContain('pxm config check');
    },
  );

  test('all problems of a file are reported at once, in the order of the file', () => {
    const { problems } = checkClusterConfig(join(folder, 'several-at-once.yaml'));
    expect(problems.map(({ line, path, nearest }) => [line, path, nearest])).toEqual([
      [2, 'cluster.nmae', 'name'],
      [6, 'cluster.nodes[0].prot', 'port'],
      [7, 'cluster.nodes[1].host', undefined],
      [7, 'cluster.nodes[1].name', undefined],
      [8, 'credentials', undefined],
      [10, 'approval.expires_after', undefined],
    ]);
  });

  test('the text for terminals has a line for each problem, with the hint for a typing mistake', () => {
    const file = join(folder, 'several-at-once.yaml');
    const lines = describeConfigProblems(checkClusterConfig(file).problems).split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[1]).toBe(
      `${file}:6:7 cluster.nodes[0].prot: is not a known key; expected one of the keys name, host, port, ssh_port, fingerprint (did you mean port?)`,
    );
  });

  test('every file of the folder is in the table, and there are at least twenty', () => {
    const listed = [...brokenFiles.map(({ file }) => file), 'several-at-once.yaml'].sort();
    expect(
      readdirSync(folder)
        .filter((it) => it.endsWith('.yaml'))
        .sort(),
    ).toEqual(listed);
    expect(listed.length).toBeGreaterThanOrEqual(20);
  });
});
