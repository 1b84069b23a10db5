import { z } from 'zod';
import type { ClusterType } from '../../domain/cluster/profile';
import { host, listOf, oneOf, section, text, whole, yesOrNo } from '../fields';
import { bridgeName, nodeName, storageId, tag } from '../proxmoxNames';
import { publicKeyPattern } from '../publicKeys';
import {
  addressRange,
  diskSize,
  gitUrl,
  imageReference,
  ipAddress,
  ipv4Address,
  kubernetesVersion,
  lifetime,
  memory,
  snippet,
  subnet,
  talosVersion,
} from './fields';

/** What the machines of a profile can be, as it is written. */
export const clusterTypes = ['talos', 'cloudinit', 'plain'] as const satisfies readonly ClusterType[];

const label = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;

function labelOf(what: string) {
  return `${what} of at most 40 small letters, digits and hyphens, beginning with a letter`;
}

function storage() {
  return text('the name of a storage', storageId);
}

function bridge() {
  return text('the name of a bridge, such as vmbr0', bridgeName);
}

function tags() {
  return listOf('a list of tags', text('a tag of letters, digits, _ - + .', tag));
}

function node() {
  return text('the name of a node', nodeName);
}

function patches() {
  return listOf('a list of files with patches', text('the path of a YAML file'));
}

const disk = section({
  size: diskSize().describe('Its size, in whole GiB.'),
  storage: storage().exactOptional().describe('Default: storage of the profile, else defaults.storage.'),
});

const networkCard = section({
  bridge: bridge().exactOptional().describe('Default: defaults.network_bridge of cluster-config.yaml.'),
  vlan: whole('a VLAN from 1 to 4094', 1, 4094).exactOptional().describe('VLAN tag. Default: none.'),
});

const placement = section({
  strategy: oneOf(['spread', 'pack', 'pinned'])
    .exactOptional()
    .describe('spread evenly, pack on few nodes, or pinned: in turn on the nodes named. Default spread.'),
  nodes: listOf('a list of nodes', node()).exactOptional().describe('Only these nodes. Default: all.'),
  anti_affinity: oneOf(['hard', 'soft', 'none'])
    .exactOptional()
    .describe(
      'Never two machines of the role on a node (hard), or only where there is no other way (soft). Default: soft for spread, else none.',
    ),
});

const machine = section({
  address: ipv4Address().exactOptional().describe('Its address. Default: the next one of the range.'),
  node: node().exactOptional().describe('The node that it is put on.'),
  patches: patches().exactOptional().describe('Talos: files with patches for this machine.'),
});

const role = section({
  kind: oneOf(['control-plane', 'worker'])
    .exactOptional()
    .describe('Talos: what its machines are in Kubernetes. Needed there, nowhere else.'),
  count: whole('a number of machines from 1 to 250', 1, 250).describe('How many machines.'),
  cores: whole('a number of cores from 1 to 512', 1, 512).describe('Cores of each.'),
  memory: memory().describe('Memory of each.'),
  disk: diskSize()
    .exactOptional()
    .describe("What the first disk grows to. Default: as large as the template's; never smaller."),
  more_disks: listOf('a list of disks, each with size', disk)
    .max(16, { error: 'at most 16 disks' })
    .exactOptional()
    .describe('Further disks, empty.'),
  network_cards: listOf('a list of network cards', networkCard)
    .max(16, { error: 'at most 16 network cards' })
    .exactOptional()
    .describe('The first is net0. Default: one on defaults.network_bridge.'),
  tags: tags().exactOptional().describe('Tags of these machines, beside those of the profile.'),
  placement: placement.exactOptional().describe('How they are put on nodes.'),
  start_order: whole('a number from 0 to 9999', 0, 9999)
    .exactOptional()
    .describe('A node that boots starts these machines, lower ones first. Default: as the template has it.'),
  patches: patches().exactOptional().describe('Talos: files with patches for these machines.'),
  machines: z
    .record(
      z.string().regex(/^[1-9]\d{0,2}$/, { error: 'the number of a machine of the role, from 1' }),
      machine,
      { error: 'a section of machines by number' },
    )
    .exactOptional()
    .describe('By number: what is special to one machine.'),
});

const addressing = section({
  kind: oneOf(['dhcp', 'static']).describe('How machines get their addresses.'),
  subnet: subnet().exactOptional().describe('static: the network.'),
  gateway: ipv4Address().exactOptional().describe('static: the default gateway. Default: none.'),
  range: addressRange()
    .exactOptional()
    .describe('static: first-last, taken from the lowest on, both ends included.'),
});

const dns = section({
  servers: listOf('a list of IP addresses', ipAddress()).describe('Name servers.'),
  search_domain: text('a domain such as example.net', /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/)
    .exactOptional()
    .describe('Search domain.'),
});

const publicKeys = 'a list of public keys such as "ssh-ed25519 AAAA... ada@desk"; [] for none';

const cloudinit = section({
  user: text('a user name such as debian', /^[a-z_][a-z0-9_-]{0,31}$/)
    .exactOptional()
    .describe('User that is made. Default: cloudinit.default_user of cluster-config.yaml.'),
  ssh_keys: z
    .array(text('a public key such as "ssh-ed25519 AAAA... ada@desk"', publicKeyPattern), {
      error: publicKeys,
    })
    .exactOptional()
    .describe('Public keys that may log in as this user. Default: those of ssh_keys_file.'),
  ssh_keys_file: text('the path of a file of public keys')
    .exactOptional()
    .describe(
      'File of public keys, on the machine of the worker. Default: cloudinit.ssh_keys_source of cluster-config.yaml.',
    ),
  vendor_data: snippet()
    .exactOptional()
    .describe("Snippet with vendor data; replaces the template's. Default: the template's."),
  user_data: snippet()
    .exactOptional()
    .describe('Snippet with user data, instead of user and keys. Default: none.'),
});

const talos = section({
  version: talosVersion().describe('Version of Talos.'),
  kubernetes_version: kubernetesVersion().describe('Version of Kubernetes.'),
  endpoint: host()
    .exactOptional()
    .describe('Where the Kubernetes API is reached: a host name or address without port.'),
  virtual_address: ipv4Address()
    .exactOptional()
    .describe('Instead of endpoint: an address that the control planes share.'),
  installer_image: imageReference()
    .exactOptional()
    .describe(
      'Image that Talos is installed from. Default: that of schematic, else ghcr.io/siderolabs/installer of the version.',
    ),
  schematic: text('a schematic of the image factory: 64 hexadecimal digits', /^[0-9a-f]{64}$/)
    .exactOptional()
    .describe('Schematic of factory.talos.dev, instead of installer_image.'),
  patches: patches().exactOptional().describe('Files with patches for every machine.'),
}).meta({ oneOf: [{ required: ['endpoint'] }, { required: ['virtual_address'] }] });

const flux = section({
  url: gitUrl().describe('Git repository over SSH: ssh://git@host/path.git or git@host:path.git.'),
  branch: text('the name of a branch', /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]*$/)
    .exactOptional()
    .describe('Default main.'),
  path: text(
    'a path inside the repository, such as clusters/staging',
    /^(\.\/)?(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]*$/,
  )
    .exactOptional()
    .describe('Folder of this cluster. Default clusters/<name>.'),
  key_secret: text('a name under secrets of cluster-config.yaml', /^[a-z][a-z0-9_]{0,40}$/).describe(
    'Name of the private key under secrets of cluster-config.yaml.',
  ),
});

/** `clusters/<name>.yaml`, as it is written. Its output has human units resolved (milliseconds, bytes). */
export const clusterProfileFile = section({
  name: text(labelOf('a name'), label).describe("The file's name without .yaml; begins the machines' names."),
  type: oneOf(clusterTypes).describe('What the machines are; those of talos are made a Kubernetes cluster.'),
  template: text(
    'the name of a template, such as debian-13 (never a VMID)',
    /^(?!\d+$)[a-z0-9][a-z0-9.-]{0,60}$/,
  ).describe('Template that they are cloned from: the version in force.'),
  roles: z
    .record(z.string().regex(label, { error: labelOf('a name') }), role, {
      error: 'a section of roles by name',
    })
    .refine((it) => Object.keys(it).length > 0, { error: 'at least one role' })
    .describe('Kinds of machines by name.'),
  addressing: addressing.exactOptional().describe('How machines get their addresses. Default: dhcp.'),
  dns: dns.exactOptional().describe('Name servers. Default: those of the node.'),
  cloudinit: cloudinit.exactOptional().describe('Type cloudinit: users, keys, snippets.'),
  talos: talos.exactOptional().describe('Type talos: versions, endpoint, patches.'),
  flux: flux.exactOptional().describe('Type talos: what Flux fills the cluster from.'),
  playbooks: listOf(
    'a list of playbooks',
    text(
      'the name of a playbook without folder and ending, such as site',
      /^(?!.*\.ya?ml$)[A-Za-z0-9][A-Za-z0-9._-]*$/,
    ),
  )
    .exactOptional()
    .describe('Playbooks that are run on the machines that are made, once all are ready. Default: none.'),
  pool: text('the name of a pool', /^[A-Za-z0-9][A-Za-z0-9._/-]*$/)
    .exactOptional()
    .describe('Pool that the machines are put in. Default: none.'),
  tags: tags().exactOptional().describe('Tags of every machine, beside those of the conventions.'),
  protection: yesOrNo()
    .exactOptional()
    .describe('Whether machines are protected against removal once they are ready. Default true.'),
  time_to_live: lifetime()
    .exactOptional()
    .describe('So long after it was made the cluster is set aside, unless it is extended. Default: never.'),
  storage: storage().exactOptional().describe("Storage of the disks. Default: the template's."),
}).meta({ title: 'proxmox-manager cluster profile' });

/** A profile that passed the schema. */
export type ClusterProfileFile = z.output<typeof clusterProfileFile>;
