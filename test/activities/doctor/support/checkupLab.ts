import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { startSimulator, type ScenarioInput, type Simulator } from '../../../../simulator';
import { checkUp } from '../../../../src/activities/doctor/checkup';
import type { CheckupDependencies } from '../../../../src/activities/doctor/deps';
import type { ClusterConfig } from '../../../../src/config/clusterConfig';
import { loadClusterConfig } from '../../../../src/config/load';
import { createCredentialProvider } from '../../../../src/credentials/provider';
import { createCredentialStore } from '../../../../src/credentials/store';
import type { Checkup } from '../../../../src/domain/checkup';
import { createSsh, type Ssh } from '../../../../src/ssh/ssh';
import { buildPrivilegesOf, privilegesOf } from '../../../../src/planning/access/privileges';
import { sharedGuest, testToken, type ProxmoxVersion } from '../../../e2e/support/scenario';

/** The name of the role that the lab's token has. */
export const labRole = 'ManagerRole';
/** The name of the second one, on the pool of builds (9 only). */
export const labBuildsRole = 'ManagerRoleBuilds';

/** Privileges of that role where nothing is missing. */
export function allNeeded(version: ProxmoxVersion): string[] {
  const major = version === '9' ? 9 : 8;
  return privilegesOf('full', major).map(({ privilege }) => privilege);
}

/** The second role, for the pool of builds; empty on 8, which has none. */
export function buildPrivileges(version: ProxmoxVersion): string[] {
  return version === '9' ? buildPrivilegesOf('full', 9).map(({ privilege }) => privilege) : [];
}

/** The path of that role. */
const buildsPath = '/pool/pxm-builds';

/** Three nodes with everything that the lab's configuration names. */
export function healthyScenario(version: ProxmoxVersion, more: Partial<ScenarioInput> = {}): ScenarioInput {
  const builds = buildPrivileges(version);
  const user = 'claude-code@pve';
  return {
    version,
    nodes: [{ name: 'pve01' }, { name: 'pve02' }, { name: 'pve03' }],
    storages: [
      { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
      { id: 'local', type: 'dir', content: ['iso', 'snippets'], path: '/var/lib/vz' },
      { id: 'nfs', type: 'nfs', content: ['images'] },
    ],
    guests: [sharedGuest(1001), sharedGuest(1002, { node: 'pve02' })],
    access: {
      users: [{ id: user, tokens: [{ id: 'automation', secret: testToken.secret }] }],
      roles: [
        { id: labRole, privileges: allNeeded(version) },
        ...(builds.length === 0 ? [] : [{ id: labBuildsRole, privileges: builds }]),
      ],
      acl: [
        { path: '/', user, role: labRole },
        ...(builds.length === 0 ? [] : [{ path: buildsPath, user, role: labBuildsRole }]),
      ],
    },
    ...(builds.length === 0 ? {} : { pools: [{ id: 'pxm-builds' }] }),
    // Nobody wants to wait for each refusal as long as with a real one.
    timings: { authentication_failure: 0.05 },
    ...more,
  };
}

/** A simulated cluster, a configuration for it, and the means for a checkup of it. */
export interface CheckupLab {
  readonly simulator: Simulator;
  readonly folder: string;
  readonly configFile: string;
  readonly config: () => ClusterConfig;
  readonly ssh: Ssh;
  readonly dependencies: () => CheckupDependencies;
  /** Writes the configuration anew. */
  readonly configure: (options: LabConfig) => void;
  readonly checkUp: (more?: Partial<CheckupDependencies>) => Promise<Checkup>;
  close(): Promise<void>;
}

/** How a lab's configuration differs from the usual. */
export interface LabConfig {
  readonly cluster?: string;
  readonly vms?: string;
  /** How certificates are trusted. Default: each node's is pinned. */
  readonly trust?: 'pins' | 'authority' | 'insecure' | 'nothing';
  /** Other pins than those of the certificates that the nodes started with. */
  readonly pins?: Readonly<Record<string, string>>;
  readonly profile?: string;
  /** access.user. Default: the user of the token. */
  readonly user?: string;
  readonly importStorage?: string;
  /** Configured nodes. Default: all. */
  readonly nodes?: readonly string[];
}

/** Starts it; nothing is wrong with it, unless the scenario or the configuration says otherwise. Close it. */
export async function openCheckupLab(scenario: ScenarioInput, options: LabConfig = {}): Promise<CheckupLab> {
  const simulator = await startSimulator({ scenario });
  const folder = mkdtempSync(join(tmpdir(), 'pxm-doctor-'));
  mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
  writeFileSync(join(folder, '.ssh/id_ed25519'), simulator.rootSshKey.privateKey, { mode: 0o600 });
  const known = simulator.nodes.map(({ ssh }) => `[${ssh.host}]:${ssh.port} ${ssh.hostKey}`);
  writeFileSync(join(folder, 'known_hosts'), `${known.join('\n')}\n`);
  writeFileSync(join(folder, 'token'), `${testToken.id}\n${testToken.secret}\n`, { mode: 0o600 });
  const configFile = join(folder, 'cluster-config.yaml');
  writeLabConfig(configFile, simulator, options);
  const ssh = createSsh({
    home: folder,
    environment: {},
    ownKnownHostsFile: join(folder, 'known_hosts'),
  });
  const config = () => loadClusterConfig(configFile);
  const dependencies = (): CheckupDependencies => ({
    config: config(),
    credentials: createCredentialStore(createCredentialProvider(config().credentials)),
    ssh,
    now: () => new Date(),
  });
  return {
    ...{ simulator, folder, configFile, config, ssh, dependencies },
    configure: (changed) => writeLabConfig(configFile, simulator, changed),
    checkUp: (more = {}) => checkUp({ ...dependencies(), ...more }),
    async close() {
      ssh.close();
      await simulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes the configuration of a lab anew. */
export function writeLabConfig(file: string, simulator: Simulator, options: LabConfig): void {
  const {
    cluster = 'lab',
    vms = '1000-9999',
    trust = 'pins',
    pins = {},
    profile,
    user,
    importStorage,
  } = options;
  const authorityFile = join(dirname(file), 'ca.pem');
  writeFileSync(authorityFile, simulator.certificateAuthorityPem);
  const nodes = simulator.nodes
    .filter(({ name }) => options.nodes?.includes(name) ?? true)
    .map(({ name, host, port, ssh, fingerprintSha256 }) => ({
      ...{ name, host, port, ssh_port: ssh.port },
      ...(trust === 'pins' ? { fingerprint: pins[name] ?? fingerprintSha256 } : {}),
    }));
  const config = {
    cluster: {
      ...{ name: cluster, nodes },
      ...(trust === 'authority' ? { ca_file: authorityFile } : {}),
      ...(trust === 'insecure' ? { tls: 'insecure' } : {}),
    },
    credentials: { file: 'token' },
    access: {
      role: labRole,
      ...(user === undefined ? {} : { user }),
      ...(profile === undefined ? {} : { profile }),
      ...(importStorage === undefined ? {} : { import_storage: importStorage }),
    },
    defaults: { storage: 'local-lvm', network_bridge: 'vmbr0' },
    vmid_ranges: { templates: '100-999', vms },
    cloudinit: { vendor_snippet_path: '/var/lib/vz/snippets/' },
  };
  writeFileSync(file, `# Written by a test.\n${stringify(config)}`);
}

/** Findings that are not `ok`, as `status check where`. */
export function faultsOf({ findings }: Pick<Checkup, 'findings'>): string[] {
  return findings
    .filter(({ status }) => status !== 'ok')
    .map(({ status, check, where }) => `${status} ${check} ${where}`);
}
