import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type {
  AccessSettings,
  ClusterConfig,
  ClusterSettings,
  ConventionSettings,
  CredentialSettings,
  GuestDefaults,
  LoginSettings,
  MigrationSettings,
  SecretPlaceSettings,
} from './clusterConfig';
import { present } from './present';
import type { ClusterConfigFile } from './schema';

const defaultApiPort = 8006;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Fills in the defaults and turns the file's spelling into the project's. `file` is an absolute path. */
export function resolveClusterConfig(written: ClusterConfigFile, file: string): ClusterConfig {
  return {
    file,
    cluster: clusterSettings(written.cluster, dirname(file)),
    credentials: credentialSettings(written.credentials, dirname(file)),
    access: accessSettings(written.access ?? {}),
    secrets: secretPlaces(written.secrets ?? {}, dirname(file)),
    sshUser: written.credentials.ssh_user ?? 'root',
    ...present({
      sshKeyPassPath: written.credentials.ssh_key_pass_path,
      rootLogin: loginSettings(written.credentials.root_login ?? {}, dirname(file)),
    }),
    migration: migrationSettings(written.migration ?? {}),
    limits: { targetMemoryShare: written.limits?.target_memory_share ?? 0.9 },
    approval: {
      approvalExpiresAfterMs: written.approval?.expires_after ?? 24 * hourMs,
      remindEveryMs: written.approval?.remind_every ?? 4 * hourMs,
    },
    templates: { bootTimeoutMs: written.templates?.boot_timeout ?? 10 * 60_000 },
    worker: present({
      healthPort: written.worker?.health_port || undefined,
      metricsPort: written.worker?.metrics_port || undefined,
    }),
    conventions: conventionSettings(written, dirname(file)),
  };
}

function clusterSettings(written: ClusterConfigFile['cluster'], folder: string): ClusterSettings {
  const clusterPort = written.port ?? defaultApiPort;
  return {
    name: written.name,
    nodes: written.nodes.map(({ name, host, port, fingerprint, ssh_port: sshPort = written.ssh_port }) => ({
      name,
      host,
      apiPort: port ?? clusterPort,
      ...present({ fingerprint, sshPort }),
    })),
    tls: written.tls ?? 'verify',
    ...present({ caFile: written.ca_file && absolutePath(written.ca_file, folder) }),
  };
}

function credentialSettings(written: ClusterConfigFile['credentials'], folder: string): CredentialSettings {
  const { pass_path: passPath, file, environment, systemd_credential: name } = written;
  const [program, ...args] = written.credential_command ?? [];
  if (passPath !== undefined) return { provider: 'pass', passPath };
  if (file !== undefined) return { provider: 'file', path: absolutePath(file, folder) };
  if (name !== undefined) return { provider: 'systemd', name };
  if (program !== undefined) return { provider: 'command', command: [program, ...args] };
  // Exactly one is there (rules.ts); empty names can't pass the schema.
  return {
    provider: 'environment',
    tokenIdVariable: environment?.token_id ?? '',
    tokenSecretVariable: environment?.token_secret ?? '',
  };
}

function loginSettings(
  { pass_path: passPath, file }: NonNullable<ClusterConfigFile['credentials']['root_login']>,
  folder: string,
): LoginSettings | undefined {
  if (passPath !== undefined) return { provider: 'pass', passPath };
  return file === undefined ? undefined : { provider: 'file', path: absolutePath(file, folder) };
}

function secretPlaces(
  written: NonNullable<ClusterConfigFile['secrets']>,
  folder: string,
): ClusterConfig['secrets'] {
  return Object.fromEntries(
    Object.entries(written).map(([name, place]) => [name, secretPlace(place, folder)]),
  );
}

function secretPlace(
  place: NonNullable<ClusterConfigFile['secrets']>[string],
  folder: string,
): SecretPlaceSettings {
  return 'file' in place
    ? { provider: 'file', path: absolutePath(place.file, folder) }
    : { provider: 'pass', passPath: place.pass_path };
}

function accessSettings(written: NonNullable<ClusterConfigFile['access']>): AccessSettings {
  return {
    user: written.user ?? 'claude-code@pve',
    role: written.role ?? 'ClaudeCodeManager',
    token: written.token ?? 'automation',
    profile: written.profile ?? 'full',
    privilegeSeparation: written.privilege_separation ?? false,
    ...present({ importStorage: written.import_storage }),
  };
}

function migrationSettings(written: NonNullable<ClusterConfigFile['migration']>): MigrationSettings {
  return {
    ...present({
      networkSpeedBytesPerSecond: written.network_speed,
      streamCapBytesPerSecond: written.stream_cap,
      concurrency: written.concurrency,
      bandwidthLimitBytesPerSecond: written.bandwidth_limit,
    }),
    stallAfterMs: written.stall_after ?? 5 * minuteMs,
    setupTimeMs: written.setup_time ?? 3000,
  };
}

function conventionSettings(written: ClusterConfigFile, folder: string): ConventionSettings {
  return {
    defaults: guestDefaults(written.defaults ?? {}),
    vmidRanges: written.vmid_ranges ?? {},
    tags: written.tags ?? {},
    cloudinit: present({
      defaultUser: written.cloudinit?.default_user,
      sshKeysSource: written.cloudinit?.ssh_keys_source,
      vendorSnippetPath: written.cloudinit?.vendor_snippet_path,
    }),
    ansible: present({
      fleetInfraPath: written.ansible?.fleet_infra_path,
      inventory: written.ansible?.inventory,
      playbooks: written.ansible?.playbooks,
      vaultPassword: written.ansible?.vault_password && secretPlace(written.ansible.vault_password, folder),
    }),
  };
}

function guestDefaults(written: NonNullable<ClusterConfigFile['defaults']>): GuestDefaults {
  const { storage, bios, machine, cpu } = written;
  return present({
    storage,
    bios,
    machine,
    cpu,
    networkBridge: written.network_bridge,
    scsiController: written.scsi_controller,
    efidiskPreEnrolledKeys: written.efidisk_pre_enrolled_keys,
    guestAgent: written.guest_agent,
  });
}

/** A path of the file: `~` is the home folder, a relative one is relative to `folder`. */
export function absolutePath(path: string, folder: string): string {
  const [first, ...rest] = path.split('/');
  return first === '~' ? join(homedir(), ...rest) : resolve(folder, path);
}
