import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { readSshConfig } from '../../src/ssh/settings/configFile';
import type { SshHost } from '../../src/ssh/settings/host';
import { routeTo } from '../../src/ssh/settings/route';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'pxm-settings-'));
  mkdirSync(path.join(home, '.ssh/config.d'), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true }));

async function route(text: string, wanted: SshHost | string, environment: NodeJS.ProcessEnv = {}) {
  const file = path.join(home, '.ssh/config');
  writeFileSync(file, text);
  return routeTo(typeof wanted === 'string' ? { host: wanted } : wanted, {
    config: await readSshConfig(file, home),
    home,
    localUser: 'me',
    environment,
    ownKnownHostsFile: '/own',
  });
}

async function hop(text: string, wanted: SshHost | string, environment: NodeJS.ProcessEnv = {}) {
  const hops = await route(text, wanted, environment);
  expect(hops).toHaveLength(1);
  return hops[0];
}

test('a host of no configuration is root on port 22, with the keys and files that ssh uses', async () => {
  const file = path.join(home, 'missing');
  const config = await readSshConfig(file, home);
  const [only] = routeTo(
    { host: 'pve01' },
    { config, home, localUser: 'me', environment: { SSH_AUTH_SOCK: '/s' }, ownKnownHostsFile: '/own' },
  );
  expect(only).toEqual({
    host: 'pve01',
    port: 22,
    user: 'root',
    hostKeyAlias: undefined,
    knownHostsFiles: [
      `${home}/.ssh/known_hosts`,
      `${home}/.ssh/known_hosts2`,
      '/etc/ssh/ssh_known_hosts',
      '/etc/ssh/ssh_known_hosts2',
      '/own',
    ],
    agent: '/s',
    identityFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => `${home}/.ssh/${name}`),
    identityFilesNamed: false,
    identitiesOnly: false,
  });
});

test('the first value that fits counts, keywords in any case, with = or without', async () => {
  const text = `
hostname=first.%h
Host pve* !pve09
  USER admin
  Port 2222
  IdentityFile ~/keys/%r@%n
  identityfile "/my keys/key"
  UserKnownHostsFile ~/a /b
  HostKeyAlias node-%n
Host *
  User nobody
  HostName second
  IdentitiesOnly yes
`;
  expect(await hop(text, 'pve01')).toMatchObject({
    host: 'first.pve01',
    user: 'admin',
    port: 2222,
    identityFiles: [`${home}/keys/admin@pve01`, '/my keys/key'],
    identityFilesNamed: true,
    identitiesOnly: true,
    hostKeyAlias: 'node-pve01',
    knownHostsFiles: [`${home}/a`, '/b', '/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2', '/own'],
  });
  expect(await hop(text, 'pve09')).toMatchObject({ user: 'nobody', port: 22 });
  expect(await hop(text, { host: 'pve01', user: 'x', port: 1 })).toMatchObject({ user: 'x', port: 1 });
});

test.each([
  ['IdentityAgent none', undefined],
  ['IdentityAgent SSH_AUTH_SOCK', '/s'],
  ['IdentityAgent $OTHER', '/o'],
  ['IdentityAgent ${OTHER}/x', '/o/x'],
  ['IdentityAgent ~/agent', 'HOME/agent'],
])('%s', async (text, agent) => {
  const found = await hop(text, 'pve01', { SSH_AUTH_SOCK: '/s', OTHER: '/o' });
  expect(found?.agent).toBe(agent?.replace('HOME', home));
});

test('included files count where they are included, wildcards in the order of names', async () => {
  writeFileSync(path.join(home, '.ssh/config.d/b'), 'Host pve01\n  User b\n  Port 2\n');
  writeFileSync(path.join(home, '.ssh/config.d/a'), 'Host pve01\n  User a\n');
  writeFileSync(path.join(home, '.ssh/config.d/.c'), 'Port 9\n');
  expect(await hop('Include config.d/*\nHost *\n  Port 3\n', 'pve01')).toMatchObject({ user: 'a', port: 2 });
  expect(await hop('Include config.d/*\nHost *\n  Port 3\n', 'pve02')).toMatchObject({
    user: 'root',
    port: 3,
  });
});

test('an include in a block counts for its hosts only', async () => {
  writeFileSync(path.join(home, '.ssh/port'), 'Port 7\n');
  const text = 'Host pve01\n  Include port\nHost *\n  Port 3\n';
  expect(await hop(text, 'pve01')).toMatchObject({ port: 7 });
  expect(await hop(text, 'pve02')).toMatchObject({ port: 3 });
});

test('a file that includes itself is an error', async () => {
  await expect(route('Include config\n', 'pve01')).rejects.toMatchObject({ name: 'ConfigInvalid' });
});

test('nothing of the configuration starts a program', async () => {
  const witness = path.join(home, 'witness');
  const text = `Match exec "touch ${witness}"\n  User evil\nHost *\n  CanonicalizeHostname yes\n  CanonicalDomains example.net\n`;
  expect(await hop(text, 'pve01')).toMatchObject({ user: 'root', host: 'pve01' });
  await expect(readSshConfig(witness, home)).resolves.toHaveLength(0);
});

describe('jumps', () => {
  const names = async (text: string, host = 'pve01') =>
    (await route(text, host)).map((it) => `${it.user}@${it.host}:${it.port}`);

  test('come in order, each with its own settings, and our own name as the user', async () => {
    const text = `
Host pve01
  ProxyJump gate, ops@[fe80::1]:2200, ssh://x@third:24
Host gate
  HostName gate.example.net
  Port 2022
`;
    expect(await names(text)).toEqual([
      'me@gate.example.net:2022',
      'ops@fe80::1:2200',
      'x@third:24',
      'root@pve01:22',
    ]);
  });

  test('of the first jump count too', async () => {
    expect(await names('Host pve01\n ProxyJump b\nHost b\n ProxyJump a\n')).toEqual([
      'me@a:22',
      'me@b:22',
      'root@pve01:22',
    ]);
  });

  test('can be switched off', async () => {
    expect(await names('Host pve01\n ProxyJump none\nHost *\n ProxyJump gate\n')).toEqual(['root@pve01:22']);
  });

  test('that never end are an error', async () => {
    await expect(names('Host *\n ProxyJump gate\n')).rejects.toMatchObject({ name: 'ConfigInvalid' });
  });

  test('by a command are refused, not passed over', async () => {
    await expect(names('ProxyCommand nc %h %p\n')).rejects.toThrow('ProxyCommand is not supported');
    expect(await names('ProxyCommand none\n')).toEqual(['root@pve01:22']);
  });
});
