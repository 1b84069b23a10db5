import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pxm, pxmJson, temporaryFolder } from './support/cli';

const folder = temporaryFolder();
const config = join(folder, 'cluster-config.yaml');
const head =
  'cluster:\n  name: lab\n  nodes:\n    - { name: pve01, host: 127.0.0.1, port: 1 }\ncredentials:\n  file: token\n';

beforeAll(() => {
  mkdirSync(join(folder, 'fleet/plays'), { recursive: true });
  for (const name of ['plays/site.yaml', 'plays/users.yml', 'plays/notes.txt', 'hosts.yaml'])
    writeFileSync(join(folder, 'fleet', name), '');
  writeFileSync(
    config,
    `${head}ansible: { fleet_infra_path: fleet, inventory: hosts.yaml, playbooks: plays }\n`,
  );
});

describe('pxm ansible', () => {
  test('lists the playbooks of the folder that the configuration names', async () => {
    expect(await pxm('ansible', 'list', '--config', config)).toMatchObject({
      exitCode: 0,
      stdout: 'site\nusers\n',
    });
    const { document } = await pxmJson('ansible', 'list', '--config', config);
    expect(document).toMatchObject({ folder: join(folder, 'fleet/plays'), playbooks: ['site', 'users'] });
  });

  test('names the key of the configuration that is missing or leads nowhere', async () => {
    const other = join(folder, 'other.yaml');
    writeFileSync(other, head);
    const without = await pxm('ansible', 'list', '--config', other);
    expect(without).toMatchObject({ exitCode: 2 });
    expect(without.stderr).toContain('names no fleet_infra_path');
    writeFileSync(
      other,
      `${head}ansible: { fleet_infra_path: fleet, inventory: gone.yaml, playbooks: plays }\n`,
    );
    expect((await pxm('ansible', 'list', '--config', other)).stderr).toMatch(/gone\.yaml does not exist/);
    writeFileSync(other, `${head}ansible: { fleet_infra_path: fleet, vault_password: hunter2 }\n`);
    const secret = await pxm('ansible', 'list', '--config', other);
    expect(secret.stderr).toContain('ansible.vault_password');
    expect(secret.stderr).not.toContain('hunter2');
  });

  test.each([
    ['a path', ['fleet/plays/site.yaml'], /named without its folder/],
    ['a file of hosts', ['site', '--limit', '@hosts'], /pattern of hosts/],
    ['a secret in the open', ['site', '--extra-var', 'db_password=hunter2'], /--secret-var db_password=/],
    ['no name of a variable', ['site', '--extra-var', '1x=2'], /letters, digits/],
  ])('refuses %s before anything is started', async (_what, args, said) => {
    const { exitCode, stderr } = await pxm('ansible', 'run', ...args, '--config', config);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain('hunter2');
  });
});
