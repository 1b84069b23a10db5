import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificates } from '../../simulator/http/certificates';
import { checkClusterConfig, loadClusterConfig } from '../../src/config/load';
import type { ConfigProblem } from '../../src/config/problems';
import { pxm } from '../client/support/cli';
import { temporaryFolder, writeConfig } from './writing';

const folder = temporaryFolder();
const content = 'ada@pve!main\n5c0ffee5-aaaa-bbbb-cccc-0123456789ab\n';
const both = ['cluster.ca_file', 'credentials.file'] as const;

beforeAll(async () => {
  const { certificateAuthorityPem } = await makeCertificates([]);
  writeFileSync(join(folder, 'ca.pem'), certificateAuthorityPem);
  writeFileSync(join(folder, 'text.pem'), content);
  writeFileSync(join(folder, 'token'), content, { mode: 0o600 });
  mkdirSync(join(folder, 'folder'));
});

function configWith(caFile: string, tokenFile: string): string {
  return writeConfig(
    folder,
    [
      'cluster:',
      '  name: example',
      '  nodes:',
      '    - { name: pve01, host: pve01.example.net }',
      `  ca_file: ${caFile}`,
      'credentials:',
      `  file: ${tokenFile}`,
      '',
    ].join('\n'),
  );
}

function problemsOf(caFile: string, tokenFile: string): readonly ConfigProblem[] {
  return checkClusterConfig(configWith(caFile, tokenFile), both).problems;
}

/** A token file of its own for a mode. */
function tokenOfMode(mode: number): string {
  const name = `token-${mode.toString(8)}`;
  writeFileSync(join(folder, name), content);
  chmodSync(join(folder, name), mode);
  return name;
}

describe('the files that a configuration names', () => {
  test('are no problem if they are as they should be', () => {
    expect(problemsOf('ca.pem', 'token')).toEqual([]);
    expect(problemsOf('ca.pem', tokenOfMode(0o400))).toEqual([]);
  });

  test.each([
    ['missing.pem', 'does not exist'],
    ['folder', "can't be read (EISDIR)"],
    ['text.pem', 'is no certificate in PEM form'],
  ])('the CA file %s is a problem where it is named: it %s', (name, message) => {
    const problems = problemsOf(name, 'token');
    expect(problems).toEqual([
      {
        ...{ file: join(folder, 'cluster-config.yaml'), line: 5, column: 12, path: 'cluster.ca_file' },
        message: `names ${join(folder, name)}, which ${message}`,
        expected: 'a PEM file with the CA certificate (on a node: /etc/pve/pve-root-ca.pem)',
      },
    ]);
  });

  test.each([
    ['missing', 'names a file that does not exist'],
    ['folder', 'names something that is no small plain file'],
    [tokenOfMode(0o640), 'names a file of mode 0640: others may read or write it'],
    [tokenOfMode(0o604), 'names a file of mode 0604: others may read or write it'],
  ])('the token file %s is a problem where it is named: it %s', (name, message) => {
    expect(problemsOf('ca.pem', name)).toEqual([
      {
        ...{ file: join(folder, 'cluster-config.yaml'), line: 7, column: 9, path: 'credentials.file' },
        ...{ message, expected: 'a file of this user with mode 0600' },
      },
    ]);
  });

  test('are looked at beside all other problems of the file, and nothing of them is shown', () => {
    const written = readFileSync(configWith('text.pem', tokenOfMode(0o644)), 'utf8');
    const file = writeConfig(folder, `worker: { health_prot: 1 }\n${written}`);
    const { config, problems } = checkClusterConfig(file, both);
    expect(config).toBeUndefined();
    expect(problems.map(({ path }) => path)).toEqual([
      'worker.health_prot',
      'cluster.ca_file',
      'credentials.file',
    ]);
    expect(JSON.stringify(problems)).not.toContain('5c0ffee5');
  });

  test('matter to a process only if it needs them', () => {
    const file = configWith('missing.pem', 'missing');
    expect(loadClusterConfig(file).cluster.caFile).toBe(join(folder, 'missing.pem'));
    expect(() => loadClusterConfig(file, ['cluster.ca_file'])).toThrow(`${file}:5:12 cluster.ca_file: names`);
    expect(() => loadClusterConfig(file, ['cluster.ca_file'])).not.toThrow('credentials.file');
  });

  test('are none if the keys hold no paths', () => {
    expect(problemsOf('[1]', '5').map(({ message }) => message)).toEqual(['is a list', 'is not valid']);
  });

  test('are looked at by pxm config check, which exits 2', async () => {
    const file = configWith('missing.pem', 'missing');
    const { exitCode, stdout, stderr } = await pxm('config', 'check', file);
    expect(exitCode).toBe(2);
    expect(stdout + stderr).toContain(`${file}:5:12 cluster.ca_file: names ${join(folder, 'missing.pem')}`);
    expect(stdout + stderr).toContain(`${file}:7:9 credentials.file: names a file that does not exist`);
  });
});
