import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pxm, temporaryFolder } from './support/cli';

const config = `cluster:
  name: lab
  nodes:
    - { name: pve01, host: 192.0.2.1 }
    - { name: pve02, host: 192.0.2.2 }
credentials:
  file: api-token
`;

describe('shell completion', () => {
  let printed: string[];

  beforeEach(() => {
    printed = [];
    jest.spyOn(console, 'log').mockImplementation((line: string) => printed.push(line));
    const file = join(temporaryFolder(), 'cluster-config.yaml');
    writeFileSync(file, config);
    process.env['PXM_CONFIG'] = file;
  });
  afterEach(() => {
    jest.restoreAllMocks();
    delete process.env['PXM_CONFIG'];
  });

  /** What Tab offers after these words; the last one is being typed. */
  async function offered(...words: readonly string[]): Promise<string[]> {
    expect(await pxm('complete', '--', ...words)).toMatchObject({ exitCode: 0, stderr: '' });
    return printed.filter((line) => !line.startsWith(':')).map((line) => line.split('\t')[0] ?? '');
  }

  it.each([
    [['gu'], ['guests']],
    [
      ['config', ''],
      ['check', 'help'],
    ],
    [
      ['guests', '--s'],
      ['--status', '--sort'],
    ],
    [
      ['tasks', '--status', ''],
      ['running', 'ok', 'warning', 'error', 'unknown'],
    ],
    [
      ['next-vmid', '--range', ''],
      ['templates', 'vms'],
    ],
    [
      ['report', '--format', ''],
      ['text', 'markdown', 'json'],
    ],
    [
      ['runbook', 'show', 'd'],
      ['debian-12', 'debian-13'],
    ],
    [
      ['simulate', 't'],
      ['talos-template', 'thirty-nodes', 'three-nodes'],
    ],
    [
      ['guests', '--node', ''],
      ['pve01', 'pve02'],
    ],
    [
      ['evacuate', ''],
      ['pve01', 'pve02'],
    ],
    [['evacuate', 'pve01', '--target', 'pve02'], ['pve02']],
  ])('after pxm %j offers %j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });

  it('describes a command by its one line in --help', async () => {
    await offered('next');
    expect(printed).toContain('next-vmid\tthe lowest free VMID of a range');
  });

  it('offers the profiles of clusters that lie beside the configuration', async () => {
    const folder = join(dirname(process.env['PXM_CONFIG'] ?? ''), 'clusters');
    mkdirSync(folder);
    writeFileSync(join(folder, 'plain-lab.yaml'), '');
    expect(await offered('cluster', 'destroy', '')).toEqual(['plain-lab']);
  });

  it('offers no nodes, and says nothing, where there is no configuration', async () => {
    process.env['PXM_CONFIG'] = '/nowhere/cluster-config.yaml';
    expect(await offered('guests', '--node', '')).toEqual([]);
  });

  for (const shell of ['bash', 'zsh', 'fish']) {
    const isThere = spawnSync(shell, ['--version']).status === 0;
    (isThere ? it : it.skip)(`prints a script that ${shell} understands`, async () => {
      expect(await pxm('completion', shell)).toMatchObject({ exitCode: 0, stderr: '' });
      const script = join(temporaryFolder(), `pxm.${shell}`);
      writeFileSync(script, `${printed.join('\n')}\n`);
      expect(printed.join('\n')).toContain('pxm complete --');
      const checked = spawnSync(shell, ['-n', script], { encoding: 'utf8' });
      expect(checked).toMatchObject({ status: 0, stderr: '' });
      writeFileSync(script, `${printed.join('\n')}\nif if (\n`);
      expect(spawnSync(shell, ['-n', script]).status).not.toBe(0);
    });
  }

  it('refuses a shell that it does not know, with exit 2', async () => {
    const { exitCode, stderr } = await pxm('completion', 'tcsh');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Allowed choices are zsh, bash, fish');
  });
});
