import { z } from 'zod';
import {
  bandwidthLimit,
  duration,
  fingerprint,
  host,
  listOf,
  oneOf,
  passEntry,
  port,
  portOrFree,
  rate,
  section,
  share,
  text,
  vmidRange,
  whole,
  yesOrNo,
} from './fields';
import { bridgeName, nodeName, storageId, tag } from './proxmoxNames';

const node = section({
  name: text("the node's name in Proxmox (letters, digits, hyphens)", nodeName).describe(
    "The node's name in Proxmox.",
  ),
  host: host().describe('DNS name or IP address where the API of this node answers.'),
  port: port().exactOptional().describe("Port of this node's API, if it differs from cluster.port."),
  ssh_port: port().exactOptional().describe("Port of this node's SSH, if it differs from cluster.ssh_port."),
  fingerprint: fingerprint()
    .exactOptional()
    .describe(
      "sha256 of the node's certificate (pvenode cert info). Alone decides whether the node is trusted.",
    ),
});

const cluster = section({
  name: text(
    'a name of letters, digits, dots, hyphens or underscores',
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
  ).describe('Our name for the cluster; part of workflow IDs and of the task queue.'),
  nodes: listOf('a list of nodes, each with name and host', node).describe(
    'The nodes and where their APIs answer.',
  ),
  port: port().exactOptional().describe('Port of the REST API on every node. Default 8006.'),
  ssh_port: port()
    .exactOptional()
    .describe('Port of SSH on every node. Absent: what ~/.ssh/config says, else 22.'),
  ca_file: text('the path of a PEM file')
    .exactOptional()
    .describe("CA certificate (PEM) that signed the nodes' certificates; relative to this file."),
  tls: oneOf(['verify', 'insecure'])
    .exactOptional()
    .describe('insecure accepts every certificate; every plan and report says so. Default verify.'),
});

const environmentVariable = /^[A-Za-z_][A-Za-z0-9_]*$/;
const environment = section({
  token_id: text('the name of an environment variable', environmentVariable).describe(
    'Variable that holds the token id (user@realm!name).',
  ),
  token_secret: text(
    'the name of an environment variable, never the secret itself',
    environmentVariable,
  ).describe('Variable that holds the secret.'),
});

const rootLogin = section({
  pass_path: passEntry('the name of an entry of the password store, such as example.net/pve/root')
    .exactOptional()
    .describe('Entry of the pass store: root@pam on line 1, its password on line 2.'),
  file: text('the path of a file that only its owner may read')
    .exactOptional()
    .describe('File (mode 0600) with the same two lines; relative to this file.'),
}).meta({ oneOf: [{ required: ['pass_path'] }, { required: ['file'] }] });

const credentials = section({
  pass_path: passEntry('the name of an entry of the password store, such as example.net/pve/api-token')
    .exactOptional()
    .describe('Entry of the pass store: token id on line 1, secret on line 2.'),
  file: text('the path of a file that only its owner may read')
    .exactOptional()
    .describe('File (mode 0600) with the same two lines; relative to this file.'),
  environment: environment
    .exactOptional()
    .describe("Two variables in the environment of the worker's process."),
  systemd_credential: text(
    'the name of a credential of the service, such as api-token',
    /^(?!\.)[A-Za-z0-9_.-]+$/,
  )
    .exactOptional()
    .describe('Credential of the same two lines that systemd gives the service (LoadCredential=).'),
  credential_command: listOf(
    'a program and its arguments, as a list of texts',
    z.string({ error: 'a text' }).min(1, { error: 'a text' }),
  )
    .exactOptional()
    .describe('Program that answers like a credential helper of git; get is added to its arguments.'),
  ssh_user: text('a user name of the nodes', /^[a-z_][a-z0-9_-]*$/)
    .exactOptional()
    .describe('User for SSH on the nodes. Default root.'),
  ssh_key_pass_path: passEntry('the name of an entry of the password store, such as example.net/ssh/root')
    .exactOptional()
    .describe("Entry of the pass store whose first line is the passphrase of the SSH key's file."),
  root_login: rootLogin
    .exactOptional()
    .describe(
      'Where the password of root@pam is kept, for what no token may do. Absent: no ticket is asked for.',
    ),
}).meta({
  oneOf: [
    { required: ['pass_path'] },
    { required: ['file'] },
    { required: ['environment'] },
    { required: ['systemd_credential'] },
    { required: ['credential_command'] },
  ],
});

const access = section({
  user: text(
    'a user of the form name@realm, not root@pam',
    /^(?!root@pam$)[^\s:/!@]+@[A-Za-z][A-Za-z0-9.\-_]+$/,
  )
    .exactOptional()
    .describe('User that owns the API token. Default claude-code@pve.'),
  role: text(
    'the name of a role, not beginning with PVE',
    /^(?![Pp][Vv][Ee])(?!Administrator$|NoAccess$)[A-Za-z][A-Za-z0-9._-]*$/,
  )
    .exactOptional()
    .describe('Name of the role. Default ClaudeCodeManager.'),
  token: text('the name of a token, at least two characters', /^[A-Za-z][A-Za-z0-9.\-_]+$/)
    .exactOptional()
    .describe('Name of the token, without the user. Default automation.'),
  profile: oneOf(['full', 'evacuation', 'read'])
    .exactOptional()
    .describe('How much the token may do. Default full.'),
  privilege_separation: yesOrNo()
    .exactOptional()
    .describe('Give the token entries of its own. Default false: it may do what its user may.'),
  import_storage: text('the name of a storage', storageId)
    .exactOptional()
    .describe('Storage that images are imported on: there the token may also remove them.'),
});

const secret = z.union(
  [
    section({ pass_path: passEntry('the name of an entry of the password store') }),
    section({ file: text('the path of a file that only its owner may read') }),
  ],
  { error: 'either pass_path or file: where the secret is kept, never the secret itself' },
);

const secrets = z.record(
  z.string().regex(/^[a-z][a-z0-9_]{0,40}$/, { error: 'a name of small letters, digits and _' }),
  secret,
  { error: 'a section of names with where each secret is kept' },
);

const migration = section({
  network_speed: rate()
    .exactOptional()
    .describe("Speed of each node's migration link. Absent: learned while moving."),
  stream_cap: rate()
    .exactOptional()
    .describe('What a single migration stream reaches at best on your hardware.'),
  concurrency: whole('a whole number of migrations at once, from 1 to 64', 1, 64)
    .exactOptional()
    .describe("A fixed number of migrations at once. Absent: decided from the link's speed."),
  bandwidth_limit: bandwidthLimit()
    .exactOptional()
    .describe('Limit for each migration (bwlimit of Proxmox).'),
  stall_after: duration()
    .exactOptional()
    .describe('A running migration without progress for this long asks a person. Default 5m.'),
  setup_time: duration().exactOptional().describe('How long a migration takes before it copies. Default 3s.'),
});

const limits = section({
  target_memory_share: share()
    .exactOptional()
    .describe("Share of a target's memory that may be taken after the moves. Default 90%."),
});

const approval = section({
  expires_after: duration().exactOptional().describe('An unanswered plan expires after this. Default 24h.'),
  remind_every: duration().exactOptional().describe('A reminder while a plan waits. Default 4h.'),
});

const templates = section({
  boot_timeout: duration()
    .exactOptional()
    .describe('A test clone that is not ready after this is a question to a person. Default 10m.'),
});

const worker = section({
  health_port: portOrFree()
    .exactOptional()
    .describe('Loopback port of the health endpoint. Default 0: any free one, named in the ready line.'),
  metrics_port: portOrFree()
    .exactOptional()
    .describe('Loopback port of the Prometheus metrics. Default 0: any free one, named in the ready line.'),
});

const defaults = section({
  storage: text('the name of a storage', storageId).exactOptional(),
  network_bridge: text('the name of a bridge, such as vmbr0', bridgeName).exactOptional(),
  bios: oneOf(['seabios', 'ovmf']).exactOptional(),
  machine: text(
    'a machine type such as q35 or pc-q35-9.2',
    /^(pc|q35|virt|(pc-i440fx|pc-q35|pc|virt)-\d+(\.\d+)+(\+pve\d+)?(\.pxe)?)$/,
  ).exactOptional(),
  cpu: text('a CPU type such as host or x86-64-v2-AES').exactOptional(),
  scsi_controller: oneOf([
    'lsi',
    'lsi53c810',
    'virtio-scsi-pci',
    'virtio-scsi-single',
    'megasas',
    'pvscsi',
  ]).exactOptional(),
  efidisk_pre_enrolled_keys: yesOrNo().exactOptional(),
  guest_agent: yesOrNo().exactOptional(),
});

const tags = z.record(z.string(), listOf('a list of tags', text('a tag of letters, digits, _ - + .', tag)), {
  error: 'a section of lists of tags, such as templates: ["template"]',
});

const cloudinit = section({
  default_user: text('a user name').exactOptional(),
  ssh_keys_source: text('the path of a file of public keys').exactOptional(),
  vendor_snippet_path: text('an absolute folder on the nodes', /^\/\S*$/).exactOptional(),
});

const ansible = section({
  fleet_infra_path: text('the path of a folder')
    .exactOptional()
    .describe('The folder that playbooks, roles and inventories are in; relative to this file.'),
  inventory: text('the path of an inventory')
    .exactOptional()
    .describe('The inventory; relative to fleet_infra_path.'),
  playbooks: text('the path of a folder')
    .exactOptional()
    .describe('The folder of the playbooks; relative to fleet_infra_path. Default playbooks.'),
  vault_password: secret
    .exactOptional()
    .describe('Where the vault password is kept: pass_path (first line of an entry) or file (mode 0600).'),
});

/** cluster-config.yaml, as it is written. Its output has human units resolved (milliseconds, bytes a second, shares). */
export const clusterConfigFile = section({
  cluster: cluster.describe('The Proxmox cluster.'),
  credentials: credentials.describe(
    'Where the API token is kept: exactly one of pass_path, file, environment, systemd_credential, credential_command.',
  ),
  access: access.exactOptional().describe('What pxm bootstrap sets up: user, role, token, profile.'),
  secrets: secrets
    .exactOptional()
    .describe(
      'Secrets of runbooks by name: pass_path (first line of an entry) or file (mode 0600, first line).',
    ),
  migration: migration.exactOptional().describe('How guests are moved.'),
  limits: limits.exactOptional().describe('Hard limits of every plan.'),
  approval: approval.exactOptional().describe('How long a plan waits for a person.'),
  templates: templates.exactOptional().describe('How templates are made.'),
  worker: worker.exactOptional().describe("The worker's own ports."),
  defaults: defaults
    .exactOptional()
    .describe('What a new virtual machine gets: the shipped runbooks take their values from here.'),
  vmid_ranges: section({ templates: vmidRange().exactOptional(), vms: vmidRange().exactOptional() })
    .exactOptional()
    .describe('VMIDs by use, first-last: pxm next-vmid takes the lowest free one.'),
  tags: tags.exactOptional().describe('Tags by purpose, e.g. templates, cloudinit.'),
  cloudinit: cloudinit.exactOptional().describe('What cloud-init gives a guest.'),
  ansible: ansible.exactOptional().describe("Where Ansible's playbooks are, for pxm ansible."),
}).meta({ title: 'proxmox-manager cluster configuration' });

/** A file that passed the schema. */
export type ClusterConfigFile = z.output<typeof clusterConfigFile>;

/** Paths of keys that are validated while nothing reads them yet. */
export const notUsedYetPaths: readonly (readonly string[])[] = [];
