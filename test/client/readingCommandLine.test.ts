import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../src/temporal/freePort';
import { pxm, temporaryFolder } from './support/cli';

describe('the command line of the readings', () => {
  it.each([
    [['guests', '--sort', 'memroy'], 'Did you mean memory?'],
    [['guests', '--status', 'runing'], 'Did you mean running?'],
    [['nodes', '--sort', 'load'], 'It is one of name, status, cpu, memory, guests, uptime'],
    [['storage', '--status', 'full'], 'It is one of available, partly, unavailable, unknown'],
    [['tasks', '--status', 'failed'], 'It is one of running, ok, warning, error, unknown'],
    [['tasks', '--limit', '0'], 'It must be a whole number from 1'],
    [['stauts'], '(Did you mean status?)'],
  ])('answers bad input %j with exit 2 and the nearest that is valid', async (args, expected) => {
    const { exitCode, stderr, stdout } = await pxm(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(expected);
    expect(stdout).toBe('');
  });

  it.each(['status', 'nodes', 'guests', 'storage', 'tasks', 'next-vmid'])(
    'teaches %s with examples',
    async (command) => {
      const { exitCode, stdout } = await pxm(command, '--help');
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`$ pxm ${command}`);
      expect((await pxm('--help')).stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    },
  );

  it('gives both reasons where neither this process nor a worker can read the cluster', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'cluster-config.yaml');
    const nodes = '  nodes:\n    - { name: pve01, host: 127.0.0.1, port: 1 }';
    writeFileSync(file, `cluster:\n  name: lab\n${nodes}\ncredentials:\n  file: token\n`);
    process.env['TEMPORAL_ADDRESS'] = `127.0.0.1:${await freePort()}`;
    const { exitCode, stderr } = await pxm('guests', '--config', file);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('connecting to Temporal');
    expect(stderr).toContain('This process could not read the cluster itself: read ');
    expect(stderr).toContain('if nobody has made an API token yet: pxm bootstrap');
    expect(stderr).toContain('If there is one elsewhere, run pxm there.');
  });
});
