import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkClusterConfig, loadClusterConfig } from '../../src/config/load';
import { describeConfigProblems } from '../../src/config/problems';
import { temporaryFolder, writeConfig } from './writing';

const fixtures = join(__dirname, 'fixtures');
const ownFile = join(__dirname, '../../cluster-config.yaml');
const folder = temporaryFolder();

const head = 'cluster:\n  name: example\n  nodes:\n    - {name: pve01, host: pve01.example.net}\n';

function textOf(content: string | Uint8Array): string {
  return describeConfigProblems(checkClusterConfig(writeConfig(folder, content)).problems);
}

describe('the first configuration of the project', () => {
  const check = checkClusterConfig(join(fixtures, 'seed.yaml'));

  test('loads unchanged, with the defaults filled in', () => {
    expect(check.problems).toEqual([]);
    expect(check.config).toMatchObject({
      cluster: {
        name: 'annarchy.net',
        nodes: ['pve01', 'pve02', 'pve03'].map((name) => ({
          name,
          host: `${name}.annarchy.net`,
          apiPort: 8006,
        })),
        tls: 'verify',
      },
      credentials: { provider: 'pass', passPath: 'annarchy.net/pve/api-token' },
      sshUser: 'root',
      migration: { stallAfterMs: 300_000, setupTimeMs: 3000 },
      limits: { targetMemoryShare: 0.9 },
      approval: { approvalExpiresAfterMs: 86_400_000, remindEveryMs: 14_400_000 },
      templates: { bootTimeoutMs: 600_000 },
      worker: {},
    });
    expect(check.config?.migration).not.toHaveProperty('networkSpeedBytesPerSecond');
    expect(check.config?.migration).not.toHaveProperty('concurrency');
  });

  test('has no key that nothing uses', () => {
    expect(check.notUsedYet).toEqual([]);
  });

  test('keeps its conventions', () => {
    expect(check.config?.conventions).toEqual({
      defaults: {
        storage: 'local-lvm',
        networkBridge: 'vmbr0',
        bios: 'ovmf',
        machine: 'q35',
        cpu: 'host',
        scsiController: 'virtio-scsi-single',
        efidiskPreEnrolledKeys: false,
        guestAgent: true,
      },
      vmidRanges: { templates: { first: 100, last: 999 }, vms: { first: 1000, last: 9999 } },
      tags: { templates: ['template'], talos: ['talos', 'kubernetes'], cloudinit: ['cloudinit'] },
      cloudinit: {
        defaultUser: 'ada',
        sshKeysSource: '~/.ssh/authorized_keys',
        vendorSnippetPath: '/var/lib/vz/snippets/',
      },
      ansible: {
        fleetInfraPath: '~/src/github.com/adamancini/fleet-infra',
        inventory: 'playbooks/inventories/annarchy.net/hosts.yaml',
      },
    });
  });
});

describe("the project's own cluster-config.yaml", () => {
  const source = readFileSync(ownFile, 'utf8');

  test('says the same as the first one', () => {
    const own = loadClusterConfig(ownFile);
    expect({ ...own, file: '' }).toEqual({ ...loadClusterConfig(join(fixtures, 'seed.yaml')), file: '' });
  });

  test('shows optional settings that are valid once they are uncommented', () => {
    const uncommented = source
      .replaceAll(/^( *)# ( *(?:- )?[a-z_]+:(?: .*)?)$/gm, '$1$2')
      // The other two places of the token exclude this one.
      .replace(
        /^ {2}(file|environment| {2}token_id| {2}token_secret|systemd_credential|credential_command):.*$/gm,
        '',
      );
    const { config, problems } = checkClusterConfig(writeConfig(folder, uncommented));
    expect(describeConfigProblems(problems)).toBe('');
    expect(config).toMatchObject({
      cluster: { caFile: join(folder, 'pve-root-ca.pem') },
      migration: { networkSpeedBytesPerSecond: 1_250_000_000, concurrency: 1 },
      limits: { targetMemoryShare: 0.9 },
      approval: { approvalExpiresAfterMs: 86_400_000 },
      worker: { healthPort: 9090, metricsPort: 9464 },
    });
  });

  test('mentions every key that may stand in a file', () => {
    const keys = readFileSync(join(fixtures, 'full.yaml'), 'utf8').match(/[a-z_]+(?=:(?: |$))/gm) ?? [];
    expect(keys.length).toBeGreaterThan(40);
    expect(keys.filter((key) => !source.includes(`${key}:`))).toEqual([]);
  });
});

describe('settings', () => {
  test('are resolved: units into figures, ports per node, paths beside the file, fingerprints in one form', () => {
    const config = loadClusterConfig(join(fixtures, 'full.yaml'));
    expect(config.file).toBe(join(fixtures, 'full.yaml'));
    expect(config.cluster).toEqual({
      name: 'example',
      nodes: [
        {
          name: 'pve01',
          host: 'pve01.example.net',
          apiPort: 8443,
          fingerprint:
            'AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99',
        },
        { name: 'pve02', host: '2001:db8::2', apiPort: 8007 },
      ],
      tls: 'verify',
      caFile: join(fixtures, 'ca/pve-root-ca.pem'),
    });
    expect(config.credentials).toEqual({
      provider: 'environment',
      tokenIdVariable: 'PVE_TOKEN_ID',
      tokenSecretVariable: 'PVE_TOKEN_SECRET',
    });
    expect(config.sshUser).toBe('admin');
    expect(config.sshKeyPassPath).toBe('example/ssh/root');
    expect(config.rootLogin).toEqual({ provider: 'file', path: join(fixtures, 'root-login') });
    expect(config.migration).toEqual({
      networkSpeedBytesPerSecond: 1_250_000_000,
      streamCapBytesPerSecond: 536_870_912,
      concurrency: 4,
      bandwidthLimitBytesPerSecond: 200_000_000,
      stallAfterMs: 90_000,
      setupTimeMs: 1500,
    });
    expect(config.limits.targetMemoryShare).toBe(0.85);
    expect(config.approval).toEqual({ approvalExpiresAfterMs: 86_400_000, remindEveryMs: 1_800_000 });
    expect(config.templates.bootTimeoutMs).toBe(180_000);
    expect(config.worker).toEqual({ healthPort: 9090 });
  });

  test('~ is the home folder in the path of a credential file', () => {
    const file = writeConfig(folder, `${head}credentials:\n  file: ~/token\n`);
    expect(loadClusterConfig(file).credentials).toEqual({ provider: 'file', path: join(homedir(), 'token') });
  });

  test('a file with a byte order mark and Windows line ends loads', () => {
    const content = `\uFEFF${head}credentials:\n  pass_path: a/b\n`.replaceAll('\n', '\r\n');
    expect(textOf(content)).toBe('');
  });

  test('an alias stands for the value of its anchor, and a problem inside is shown where it is written', () => {
    const nodes = 'nodes:\n    - &one {name: pve01, host: a_b}\n    - *one\n';
    const text = textOf(`cluster:\n  name: example\n  ${nodes}credentials: {pass_path: a}\n`);
    expect(text.split('\n').map((it) => /:(\d+:\d+ \S+):/.exec(it)?.[1])).toEqual([
      '4:19 cluster.nodes[1].name',
      '4:32 cluster.nodes[0].host',
      '4:32 cluster.nodes[1].host',
      '4:32 cluster.nodes[1].host',
    ]);
  });

  test('a key that is given twice is one problem, and its last value is checked as well', () => {
    const text = textOf(`${head}  port: 8006\n  port: 80060\ncredentials: {pass_path: a}\n`);
    expect(text.split('\n').map((it) => /:(\d+:\d+ \S+: \S+ \S+)/.exec(it)?.[1])).toEqual([
      '6:3 cluster.port: is given',
      '6:9 cluster.port: is 80060;',
    ]);
  });
});

describe('a file that is no readable text', () => {
  const namedPipe = join(folder, 'pipe');
  execFileSync('mkfifo', [namedPipe]);

  test.each([
    ['is missing', join(folder, 'none.yaml'), 'does not exist'],
    ['is a folder', folder, "can't be read (EISDIR)"],
    ['is a named pipe', namedPipe, 'is no plain file'],
  ])('and %s is a problem of its own', (_, path, message) => {
    const { problems } = checkClusterConfig(path);
    expect(problems).toEqual([
      expect.objectContaining({ file: path, line: 1, column: 1, path: '', message }),
    ]);
  });

  test('and holds other bytes than UTF-8 says so', () => {
    expect(textOf(new Uint8Array([0x61, 0xff, 0xfe]))).toContain('is not UTF-8 text');
  });

  test('and multiplies aliases is refused instead of filling the memory', () => {
    const levels = 'bcdefgh'.split('').map((it, level) => {
      const below = `*${'abcdefg'.charAt(level)}`;
      return `${it}: &${it} [${Array<string>(9).fill(below).join(', ')}]`;
    });
    expect(textOf(`a: &a [x, x, x, x, x, x, x, x, x]\n${levels.join('\n')}\n`)).toContain(
      'has aliases that multiply',
    );
  });
});

describe('a secret written into the file by mistake', () => {
  const secret = '5c0ffee5-aaaa-bbbb-cccc-0123456789ab';
  test.each([
    ['in place of a variable name', `credentials:\n  environment: {token_id: A, token_secret: ${secret}}\n`],
    ['as a provider', `credentials:\n  pass_path: [${secret}]\n`],
    ['under a key of its own', `credentials:\n  token: ${secret}\n`],
    ['in another section', `credentials: {pass_path: a}\ndefaults:\n  bios: ${secret}\n`],
    ['with broken quotes', `credentials:\n  pass_path: "a" ${secret}\n`],
    ['as an alias', `credentials:\n  pass_path: *${secret}\n`],
    [
      'as a token header',
      `credentials: {pass_path: a}\nlimits:\n  target_memory_share: PVEAPIToken=a@pve!b=${secret}\n`,
    ],
  ])('%s is a problem that does not show it', (_, lines) => {
    const text = textOf(head + lines);
    expect(text).not.toBe('');
    expect(text).not.toContain(secret);
  });
});
