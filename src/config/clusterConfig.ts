import type { AccessProfile } from '../domain/access';

/**
 * The configuration of one Proxmox cluster as the rest of the project sees it: camelCase, defaults filled in,
 * human units resolved (the unit is in the name), paths absolute. The file keeps its own spelling
 * (docs/configuration.md); schema.ts describes that.
 */
export interface ClusterConfig {
  /** Absolute path of the file that this was read from. */
  readonly file: string;
  readonly cluster: ClusterSettings;
  readonly credentials: CredentialSettings;
  /** User for SSH on the nodes. Default `root`. */
  readonly sshUser: string;
  /** Entry of `pass` whose first line is the passphrase of encrypted SSH key files. Absent: there is none. */
  readonly sshKeyPassPath?: string;
  /** Where root@pam's password is kept. Absent: no ticket is ever asked for. */
  readonly rootLogin?: LoginSettings;
  /** The API token's user, role and profile: what `pxm bootstrap` sets up. */
  readonly access: AccessSettings;
  /** Where the secrets that runbooks ask for are kept, by name. */
  readonly secrets: Readonly<Record<string, SecretPlaceSettings>>;
  readonly migration: MigrationSettings;
  readonly limits: LimitSettings;
  readonly approval: ApprovalSettings;
  readonly templates: TemplateSettings;
  readonly worker: WorkerSettings;
  readonly conventions: ConventionSettings;
}

/** Which cluster, and how its certificates are verified. */
export interface ClusterSettings {
  /** Our name for the cluster; part of workflow IDs and of the task queue, so it has no slash and no space. */
  readonly name: string;
  /** At least one; names and addresses are unique. */
  readonly nodes: readonly ClusterNode[];
  /** `insecure` accepts every certificate; plans and reports say so. Never together with a CA file or pins. */
  readonly tls: 'verify' | 'insecure';
  /** Absolute path of a PEM file that is trusted instead of the public CAs; node names are checked against it. */
  readonly caFile?: string;
}

/** One node and where its API answers. */
export interface ClusterNode {
  /** The node's name in Proxmox. */
  readonly name: string;
  /** DNS name or IP address (IPv6 without brackets). */
  readonly host: string;
  /** Port of the REST API: the node's own, else the cluster's, else 8006. */
  readonly apiPort: number;
  /** sha256 of the node's certificate as `AA:BB:...` (32 bytes, upper case). If present it alone decides whether the node is trusted. */
  readonly fingerprint?: string;
  /** Port of SSH: the node's own, else the cluster's; absent: what `~/.ssh/config` says, else 22. */
  readonly sshPort?: number;
}

/** Where the API token is kept: a reference, never the token. */
export type CredentialSettings =
  PassCredentials | FileCredentials | EnvironmentCredentials | SystemdCredentials | CommandCredentials;

/** An entry of the `pass` password store: token id on line 1, secret on line 2. */
export interface PassCredentials {
  readonly provider: 'pass';
  readonly passPath: string;
}

/** A file that only its owner may read, with the same two lines. */
export interface FileCredentials {
  readonly provider: 'file';
  /** Absolute. */
  readonly path: string;
}

/** Two environment variables of the worker's process. */
export interface EnvironmentCredentials {
  readonly provider: 'environment';
  readonly tokenIdVariable: string;
  readonly tokenSecretVariable: string;
}

/** A credential that systemd gives the worker's service (LoadCredential=), with the same two lines. */
interface SystemdCredentials {
  readonly provider: 'systemd';
  /** Name of the file in `$CREDENTIALS_DIRECTORY`. */
  readonly name: string;
}

/** A program that answers like a credential helper of git. */
export interface CommandCredentials {
  readonly provider: 'command';
  /** Program and arguments; `get` is added. No shell is involved. */
  readonly command: readonly [string, ...string[]];
}

/** Where a user's password is kept: user on line 1, password on line 2. */
export type LoginSettings = PassCredentials | FileCredentials;

/** Where one secret of runbooks is kept: the first line of an entry of `pass`, or of a file of its owner's (absolute). */
export type SecretPlaceSettings = PassCredentials | FileCredentials;

/** What `pxm bootstrap` sets up on the cluster. */
export interface AccessSettings {
  /** `user@realm`. Default `claude-code@pve`. */
  readonly user: string;
  /** Name of the management role. Default `ClaudeCodeManager`. */
  readonly role: string;
  /** Name of the token, without the user. Default `automation`. */
  readonly token: string;
  /** Default `full`. */
  readonly profile: AccessProfile;
  /** Whether the token has entries of its own. Default no: it may do what its user may. */
  readonly privilegeSeparation: boolean;
  /** Storage that images are imported on; absent: the token may not remove images there. */
  readonly importStorage?: string;
}

/** How guests are moved. */
export interface MigrationSettings {
  /** Speed of each node's migration link; absent: learned while moving. */
  readonly networkSpeedBytesPerSecond?: number;
  /** What one migration stream reaches at best on this hardware; absent: not known. */
  readonly streamCapBytesPerSecond?: number;
  /** A fixed number of copies at once; absent: decided from the link's speed. */
  readonly concurrency?: number;
  /** Limit for one migration (Proxmox's `bwlimit`); absent: the cluster's own limits only. */
  readonly bandwidthLimitBytesPerSecond?: number;
  /** A running migration without progress for this long opens a decision. Default 5 minutes. */
  readonly stallAfterMs: number;
  /** How long a migration takes before it copies. Default 3 seconds. */
  readonly setupTimeMs: number;
}

/** Hard limits of every plan. */
interface LimitSettings {
  /** Share of a target's physical memory that may be taken after the moves, above 0 up to 1. Default 0.9. */
  readonly targetMemoryShare: number;
}

/** How long a plan waits for a person. */
interface ApprovalSettings {
  /** Default 24 hours. */
  readonly approvalExpiresAfterMs: number;
  /** Default 4 hours. */
  readonly remindEveryMs: number;
}

/** How templates are made. */
interface TemplateSettings {
  /** A test clone that is not ready after this is a question to a person. Default 10 minutes. */
  readonly bootTimeoutMs: number;
}

/** Ports of the worker on the loopback address; absent: any free one, named in its ready line. */
interface WorkerSettings {
  readonly healthPort?: number;
  readonly metricsPort?: number;
}

/** Conventions for guests: `pxm next-vmid` takes VMIDs from them, `pxm doctor` looks whether the cluster has what they name. */
export interface ConventionSettings {
  readonly defaults: GuestDefaults;
  readonly vmidRanges: VmidRanges;
  /** Tags by purpose, e.g. `templates` -> `['template']`. */
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly cloudinit: CloudinitConventions;
  readonly ansible: AnsibleConventions;
}

/** What a new virtual machine gets unless something else is asked for. */
export interface GuestDefaults {
  readonly storage?: string;
  readonly networkBridge?: string;
  readonly bios?: 'seabios' | 'ovmf';
  readonly machine?: string;
  readonly cpu?: string;
  readonly scsiController?: string;
  readonly efidiskPreEnrolledKeys?: boolean;
  readonly guestAgent?: boolean;
}

/** Both ends belong to the range. */
export interface VmidRange {
  readonly first: number;
  readonly last: number;
}

/** VMIDs by what they are used for; ranges never overlap. */
interface VmidRanges {
  readonly templates?: VmidRange;
  readonly vms?: VmidRange;
}

/** What cloud-init gives a guest. */
export interface CloudinitConventions {
  readonly defaultUser?: string;
  /** Path on the machine that runs the worker, as written (`~` is not resolved yet). */
  readonly sshKeysSource?: string;
  /** Folder on the nodes. */
  readonly vendorSnippetPath?: string;
}

/** Where Ansible's playbooks are; paths as written. */
interface AnsibleConventions {
  /** The tree that playbooks belong to: an approval covers all of its files. */
  readonly fleetInfraPath?: string;
  /** Relative to that tree, unless absolute; so is the next. */
  readonly inventory?: string;
  /** The folder of the playbooks. Absent: `playbooks`. */
  readonly playbooks?: string;
  /** Where the vault password is kept. Absent: none is given to Ansible. */
  readonly vaultPassword?: SecretPlaceSettings;
}
