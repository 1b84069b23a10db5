import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadClusterConfig } from '../../../src/config/load';
import {
  checkProfile,
  clustersFolder,
  loadProfile,
  otherProfiles,
  profileNames,
} from '../../../src/config/profiles/load';
import { describeConfigProblems } from '../../../src/config/problems';
import type { ClusterProfile } from '../../../src/domain/cluster/profile';
import { pxm } from '../../client/support/cli';
import { temporaryFolder } from '../writing';
import { checked, config, failureOf } from './configs';

const root = join(__dirname, '../../..');
const shippedConfig = loadClusterConfig(join(root, 'cluster-config.yaml'));
const fixtures = join(__dirname, 'fixtures');
const gibibyte = 2 ** 30;
const home = temporaryFolder();

/** A profile made of a text, with the problems as one text. */
function profileOf(text: string): { profile: ClusterProfile | undefined; problems: string } {
  const { profile, problems } = checked(writeProfile(home, 'p', text));
  return { profile, problems: describeConfigProblems(problems) };
}

/** Writes a profile into the clusters/ of a folder and returns its path. */
function writeProfile(folder: string, name: string, text: string): string {
  const file = join(folder, 'clusters', `${name}.yaml`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const plain =
  'name: p\ntype: plain\ntemplate: alpine\nroles: { node: { count: 1, cores: 1, memory: 1GiB } }\n';
const talos = [
  'name: p\ntype: talos\ntemplate: talos',
  'roles: { cp: { kind: control-plane, count: 1, cores: 2, memory: 4GiB } }',
  'talos: { version: v1.13.2, kubernetes_version: 1.35.2, endpoint: k8s.example.net }\n',
].join('\n');

function digestOf(name: string) {
  const path = join(fixtures, name);
  return { path, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') };
}

describe('a full profile', () => {
  const profile = loadProfile(config, 'full-talos');
  const patch = (name: string) => join(fixtures, 'clusters/patches', name);

  test('has units resolved, paths absolute, the conventions filled in', () => {
    const text = readFileSync(join(fixtures, 'clusters/full-talos.yaml'));
    expect(profile).toEqual({
      name: 'full-talos',
      sha256: createHash('sha256').update(text).digest('hex'),
      type: 'talos',
      template: 'talos',
      roles: [
        {
          name: 'cp',
          kind: 'controlPlane',
          count: 3,
          cores: 4,
          memoryBytes: 4 * gibibyte,
          diskBytes: 32 * gibibyte,
          moreDisks: [
            { sizeBytes: 512 * gibibyte, storage: 'fast' },
            { sizeBytes: 10 * gibibyte, storage: 'local-lvm' },
          ],
          networkCards: [{ bridge: 'vmbr1' }, { bridge: 'vmbr0', vlan: 40 }],
          tags: ['cp'],
          placement: { strategy: 'pinned', nodes: ['pve01', 'pve02', 'pve03'], antiAffinity: 'hard' },
          startOrder: 1,
          patches: [patch('cp.yaml')],
          machines: { '1': { address: '10.0.40.30', node: 'pve02', patches: [patch('first.yaml')] } },
        },
        {
          name: 'worker',
          kind: 'worker',
          count: 2,
          cores: 2,
          memoryBytes: 1.5 * gibibyte,
          moreDisks: [],
          networkCards: [{ bridge: 'vmbr0' }],
          tags: [],
          placement: { strategy: 'pack', antiAffinity: 'none' },
          patches: [],
          machines: {},
        },
      ],
      addressing: {
        kind: 'static',
        prefixLength: 24,
        gateway: '10.0.40.1',
        range: { first: '10.0.40.21', last: '10.0.40.29' },
      },
      dns: { servers: ['10.0.40.1', 'fd00::1'], searchDomain: 'example.net' },
      talos: {
        version: 'v1.13.2',
        kubernetesVersion: '1.35.2',
        endpoint: '10.0.40.20',
        virtualAddress: true,
        installerImage:
          'factory.talos.dev/nocloud-installer/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba:v1.13.2',
        patches: [patch('all.yaml')],
      },
      flux: {
        url: 'ssh://git@git.example.net/fleet/clusters.git',
        branch: 'main',
        path: 'clusters/full',
        keySecret: 'fleet_key',
      },
      patchFiles: ['all', 'cp', 'first'].map((name) => digestOf(`clusters/patches/${name}.yaml`)),
      playbooks: ['register', 'smoke-test'],
      pool: 'staging',
      tags: ['staging', 'kubernetes'],
      protection: true,
      timeToLiveMs: 14 * 24 * 3_600_000,
      storage: 'local-lvm',
    });
  });

  test('of cloud-init has the keys of its file, or of the one of the conventions', () => {
    const keys = ['ada@desk', 'grace@desk'].map((name): unknown => expect.stringContaining(name));
    expect(loadProfile(config, 'full-cloudinit')).toMatchObject({
      addressing: { kind: 'dhcp' },
      cloudinit: { user: 'debian', sshKeys: keys, vendorData: 'local:snippets/vendor.yaml' },
    });
    const { profile: short } = profileOf(plain.replace('plain', 'cloudinit'));
    expect(short?.cloudinit).toEqual({ user: 'ada', sshKeys: keys });
  });

  test('with user data of its own has neither user nor keys', () => {
    const text = `${plain.replace('plain', 'cloudinit')}cloudinit: { user_data: "local:snippets/user.yaml" }\n`;
    expect(profileOf(text).profile?.cloudinit).toEqual({ sshKeys: [], userData: 'local:snippets/user.yaml' });
  });
});

describe('the defaults', () => {
  test('are protection, an address by DHCP, one network card, spread machines', () => {
    const { profile, problems } = profileOf(plain);
    expect(problems).toBe('');
    expect(profile).toMatchObject({
      addressing: { kind: 'dhcp' },
      protection: true,
      playbooks: [],
      tags: [],
      roles: [
        {
          kind: 'worker',
          networkCards: [{ bridge: 'vmbr0' }],
          placement: { strategy: 'spread', antiAffinity: 'soft' },
        },
      ],
    });
    for (const key of ['storage', 'timeToLiveMs', 'pool', 'dns', 'cloudinit', 'talos', 'flux']) {
      expect(profile).not.toHaveProperty(key);
    }
  });

  test('of Flux are the branch main and a folder of the name of the profile', () => {
    const { profile } = profileOf(
      `${talos}flux: { url: "ssh://git@host.example/r.git", key_secret: fleet_key }\n`,
    );
    expect(profile?.flux).toMatchObject({ branch: 'main', path: 'clusters/p' });
  });

  test('that the conventions do not give have to be written', () => {
    const conventions = { ...config.conventions, defaults: {}, ansible: {} };
    const text = `${plain.replace('node: {', 'node: { more_disks: [{ size: 1GiB }],')}playbooks: [site]\n`;
    const { problems } = checked(writeProfile(home, 'p', text), { ...config, conventions });
    expect(problems.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'roles.node.network_cards is missing',
      'roles.node.more_disks[0].storage is missing',
      expect.stringContaining('playbooks is given, but cluster-config.yaml does not say where') as unknown,
    ]);
  });
});

test.each([
  ['git@github.com:example/fleet.git', 'ssh://git@github.com/example/fleet.git'],
  ['git@git.example.net:/srv/git/fleet.git', 'ssh://git@git.example.net/srv/git/fleet.git'],
  ['ssh://git@git.example.net:2222/fleet.git', 'ssh://git@git.example.net:2222/fleet.git'],
  ['ssh://git.example.net/fleet.git', 'ssh://git.example.net/fleet.git'],
  ['https://github.com/example/fleet.git', undefined],
  ['ssh://git:secret@git.example.net/fleet.git', undefined],
  ['git@github.com', undefined],
  ['/srv/git/fleet.git', undefined],
])('the repository %s is %s to Flux', (url, expected) => {
  const { profile, problems } = profileOf(`${talos}flux: { url: "${url}", key_secret: fleet_key }\n`);
  expect(profile?.flux?.url).toBe(expected);
  expect(problems).not.toContain('secret@');
});

test.each([
  ['v1.13.2', 'v1.13.2', 'nocloud-installer'],
  ['1.9.5', 'v1.9.5', 'installer'],
  ['v1.14.0-beta.1', 'v1.14.0-beta.1', 'nocloud-installer'],
])('Talos %s is %s, installed from the %s of its schematic', (written, version, installer) => {
  const schematic = 'a'.repeat(64);
  const text = talos.replace('v1.13.2', written).replace('{ version', `{ schematic: ${schematic}, version`);
  expect(profileOf(text).profile?.talos).toMatchObject({
    version,
    installerImage: `factory.talos.dev/${installer}/${schematic}:${version}`,
  });
});

describe('profiles are found by name', () => {
  test('in clusters/ beside the configuration; folders and other files are none', () => {
    expect(clustersFolder(config)).toBe(join(fixtures, 'clusters'));
    expect(profileNames(config)).toEqual(['full-cloudinit', 'full-talos']);
    expect(profileNames({ file: join(fixtures, 'none/cluster-config.yaml') })).toEqual([]);
    expect(otherProfiles(config, 'full-talos').map(({ name }) => name)).toEqual(['full-cloudinit']);
  });

  test.each(['full-talso', '../profiles/full-talos', 'full-talos.yaml', ''])('%j is none', (name) => {
    expect(() => loadProfile(config, name)).toThrow(`read the cluster profile ${name}: `);
  });

  test('and the nearest one is named', () => {
    expect(failureOf(() => loadProfile(config, 'full-talso')).problem).toMatchObject({
      code: 'ConfigInvalid',
      failed: `${join(fixtures, 'clusters')} has no full-talso.yaml`,
      remedy: 'Did you mean full-talos? Profiles there: full-cloudinit, full-talos.',
    });
  });
});

describe('the shipped profiles', () => {
  test.each(['k3s-dev', 'plain-lab', 'talos-staging'])(
    '%s is valid beside the shipped configuration',
    (name) => {
      expect(profileNames(shippedConfig)).toContain(name);
      expect(describeConfigProblems(checkProfile(shippedConfig, name).problems)).toBe('');
      const [first] = readFileSync(join(root, 'clusters', `${name}.yaml`), 'utf8').split('\n');
      expect(first).toBe('# yaml-language-server: $schema=../schemas/cluster-profile.schema.json');
    },
  );

  test('show optional settings that are valid once they are uncommented', () => {
    const source = readFileSync(join(root, 'clusters/talos-staging.yaml'), 'utf8');
    const uncommented = source.replaceAll(/^( *)# ( *(?:- )?[a-z_0-9]+:(?: .*)?)$/gm, '$1$2');
    const file = writeProfile(home, 'talos-staging', uncommented);
    cpSync(join(fixtures, 'clusters/patches'), join(home, 'clusters/patches'), { recursive: true });
    writeFileSync(join(home, 'clusters/patches/worker.yaml'), 'machine: {}\n');
    const { profile, problems } = checked(file);
    expect(describeConfigProblems(problems)).toBe('');
    expect(profile).toMatchObject({
      pool: 'staging',
      timeToLiveMs: 14 * 24 * 3_600_000,
      flux: { url: 'ssh://git@github.com/example/fleet.git' },
      roles: [{ name: 'cp' }, { name: 'worker', machines: { '2': { node: 'pve03' } } }],
    });
  });
});

describe('pxm config check', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'cluster-config.yaml');

  beforeAll(() => {
    cpSync(join(fixtures, 'cluster-config.yaml'), file);
    cpSync(join(fixtures, 'authorized_keys'), join(folder, 'authorized_keys'));
    writeProfile(folder, 'q', plain.replace('name: p', 'name: q'));
  });

  test('looks at every profile beside the configuration, and exits 2', async () => {
    const wrong = writeProfile(folder, 'p', plain.replace('count: 1', 'count: none'));
    const { exitCode, stderr } = await pxm('config', 'check', file);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${wrong}:4:25 roles.node.count: is "none"; expected a number`);
    expect(stderr).toContain('docs/cluster-profiles.md');
    expect(stderr).not.toContain('q.yaml');
  });

  test('names the valid ones', async () => {
    writeProfile(folder, 'p', plain);
    const { exitCode, stdout } = await pxm('config', 'check', file, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [], profiles: ['p', 'q'] });
  });
});
