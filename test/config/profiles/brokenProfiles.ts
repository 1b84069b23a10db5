/** What the one problem of a broken profile must say. `message` and `expected` are parts of the texts. */
export interface BrokenProfile {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
  readonly expected: string;
  readonly nearest?: string;
}

function broken(
  file: string,
  [line, column]: readonly [number, number],
  path: string,
  message: string,
  expected: string,
  nearest?: string,
): BrokenProfile {
  const name = `${file}.yaml`;
  return { file: name, line, column, path, message, expected, ...(nearest === undefined ? {} : { nearest }) };
}

/** One entry a file of broken/; each holds exactly one problem. */
export const brokenProfiles: readonly BrokenProfile[] = [
  // Keys and names
  broken('empty', [1, 1], '', 'is empty', 'at least the keys name, type, template and roles'),
  broken('missing-roles', [1, 1], 'roles', 'is missing', 'a section of roles by name'),
  broken('no-roles', [4, 8], 'roles', 'is a section', 'at least one role'),
  broken('mistyped-key', [6, 5], 'roles.node.cuont', 'is not a known key', 'kind, count, cores', 'count'),
  broken('unknown-key', [9, 1], 'templates', 'is not a known key', 'one of the keys name, type'),
  broken('mistyped-type', [2, 7], 'type', 'is "cloudint"', 'talos, cloudinit, plain', 'cloudinit'),
  broken('other-name', [1, 7], 'name', 'is not what the file is called', 'other-name, or the file called'),
  broken(
    'a-profile-with-a-rather-long-name',
    [5, 3],
    'roles.and-a-role-with-a-name-as-long',
    'makes names of 66 characters',
    'at most 63',
  ),
  broken('role-in-capitals', [5, 3], 'roles.Node', 'is not a valid name', 'small letters, digits'),
  broken('template-by-vmid', [3, 11], 'template', 'is "104"', 'never a VMID'),
  // Figures and units
  broken('no-machines', [6, 12], 'roles.node.count', 'is 0', 'from 1 to 250'),
  broken('half-a-core', [7, 12], 'roles.node.cores', 'is 0.5', 'from 1 to 512'),
  broken('memory-without-unit', [8, 13], 'roles.node.memory', 'is 4096', 'such as 4GiB'),
  broken('memory-in-decimal-units', [8, 13], 'roles.node.memory', 'is "4GB"', 'such as 4GiB'),
  broken('disk-in-part-of-gib', [9, 11], 'roles.node.disk', 'is "1500MiB"', 'in whole GiB'),
  broken('tag-with-space', [9, 13], 'tags[1]', 'is "two words"', 'a tag of letters'),
  broken('long-life', [9, 15], 'time_to_live', 'is "3651d"', 'at most 3650d'),
  broken('short-life', [9, 15], 'time_to_live', 'is "30m"', 'at least 1h'),
  // Machines and placement
  broken('beyond-count', [11, 7], 'roles.node.machines.3', 'is beyond the 2 machines', 'from 1 to 2'),
  broken(
    'unknown-node',
    [9, 33],
    'roles.node.placement.nodes[1]',
    'is no node of cluster-config.yaml',
    'one of pve01, pve02, pve03',
    'pve01',
  ),
  broken('node-twice', [9, 40], 'roles.node.placement.nodes[2]', 'is named twice', 'each node once'),
  broken(
    'pinned-nowhere',
    [9, 28],
    'roles.node.placement.strategy',
    'is "pinned", and no nodes are named',
    'nodes: [...] beside it',
  ),
  broken(
    'machine-elsewhere',
    [11, 18],
    'roles.node.machines.2.node',
    'is not among the nodes of roles.node.placement',
    'one of pve01, pve02',
  ),
  broken(
    'crowded',
    [9, 33],
    'roles.node.placement.anti_affinity',
    'is "hard" for 4 machines on 3 nodes',
    'soft, or at most 3 machines',
  ),
  broken(
    'together',
    [12, 18],
    'roles.node.machines.2.node',
    'is that of another machine',
    'another node, or anti_affinity: soft',
  ),
  // Types
  broken(
    'plain-static',
    [9, 21],
    'addressing.kind',
    'which nothing in a machine',
    'dhcp, or the type cloudinit',
  ),
  broken('plain-with-dns', [9, 1], 'dns', 'is nothing for the type plain', 'talos or cloudinit, or no dns'),
  broken('plain-with-talos', [9, 1], 'talos', 'is nothing for the type plain', 'the type talos, or no talos'),
  broken('plain-with-kind', [9, 5], 'roles.node.kind', 'is nothing for the type plain', 'or no kind'),
  broken('talos-with-cloudinit', [14, 1], 'cloudinit', 'is nothing for the type talos', 'the type cloudinit'),
  // Addresses
  broken('range-beside-dhcp', [11, 3], 'addressing.range', 'is given beside kind: dhcp', 'kind: static'),
  broken(
    'address-beside-dhcp',
    [10, 12],
    'roles.node.machines.1.address',
    'by DHCP',
    'addressing.kind: static, or no address',
  ),
  broken('no-subnet', [9, 1], 'addressing.subnet', 'is missing', 'such as 10.0.40.0/24'),
  broken(
    'host-as-subnet',
    [11, 11],
    'addressing.subnet',
    'is an address in the network',
    '10.0.40.0/24',
    '10.0.40.0/24',
  ),
  broken('range-reversed', [12, 10], 'addressing.range', 'is "10.0.40.19-10.0.40.10"', 'a range first-last'),
  broken(
    'range-outside',
    [12, 10],
    'addressing.range',
    'its last address is outside 10.0.40.0/25',
    'inside 10.0.40.1-10.0.40.126',
  ),
  broken(
    'gateway-in-range',
    [13, 10],
    'addressing.range',
    'has addressing.gateway in it',
    'without 10.0.40.1',
  ),
  broken(
    'gateway-outside',
    [12, 12],
    'addressing.gateway',
    'is outside 10.0.40.0/24',
    'an address of 10.0.40.1',
  ),
  broken(
    'short-range',
    [14, 10],
    'addressing.range',
    'has room for 2 machines, and 3 need',
    'a longer range',
  ),
  broken('no-range', [9, 1], 'addressing.range', 'is missing', 'for 2 machines without'),
  broken(
    'broadcast-address',
    [10, 21],
    'roles.node.machines.1.address',
    'is the broadcast address',
    'an address of 10.0.40.1-10.0.40.254',
  ),
  broken(
    'address-twice',
    [11, 21],
    'roles.node.machines.2.address',
    'is that of roles.node.machines.1.address too',
    'that nothing else has',
  ),
  broken(
    'virtual-address-in-range',
    [17, 10],
    'addressing.range',
    'has talos.virtual_address in it',
    'without 10.0.40.20',
  ),
  // Cloud-init
  broken('snippet-as-path', [10, 16], 'cloudinit.vendor_data', 'is "/var/lib', 'such as local:snippets/'),
  broken(
    'keys-beside-user-data',
    [10, 3],
    'cloudinit.ssh_keys',
    'has no effect beside user_data',
    'no ssh_keys, or no user_data',
  ),
  broken('keys-twice', [11, 3], 'cloudinit.ssh_keys_file', 'is given beside ssh_keys', 'only one of'),
  broken(
    'missing-keys',
    [10, 18],
    'cloudinit.ssh_keys_file',
    'none.pub, which does not exist',
    'public keys',
  ),
  broken(
    'file-without-keys',
    [10, 18],
    'cloudinit.ssh_keys_file',
    'empty.yaml, which has no public key in it',
    'a file of public keys',
  ),
  broken(
    'private-key-as-public',
    [10, 14],
    'cloudinit.ssh_keys[0]',
    'is "-----BEGIN',
    'a public key such as',
  ),
  // Talos
  broken('talos-without-section', [1, 1], 'talos', 'is missing', 'version, kubernetes_version, and one of'),
  broken('two-control-planes', [7, 12], 'roles.cp.count', 'is 2 control planes', '1, 3 or 5'),
  broken('no-control-plane', [4, 1], 'roles', 'has no role of the kind control-plane', 'exactly one'),
  broken('role-without-kind', [10, 3], 'roles.worker.kind', 'is missing', 'control-plane or worker'),
  broken(
    'second-control-plane',
    [11, 11],
    'roles.more.kind',
    'is "control-plane", as that of roles.cp is',
    'one role of control planes',
  ),
  broken('no-endpoint', [10, 1], 'talos', 'does not say where', 'exactly one of endpoint, virtual_address'),
  broken('two-endpoints', [14, 3], 'talos.virtual_address', 'is given beside endpoint', 'only one of'),
  broken('endpoint-with-port', [13, 13], 'talos.endpoint', 'is "https://k8s', 'without https:// and port'),
  broken('talos-version', [11, 12], 'talos.version', 'is "1.13"', 'such as v1.13.2'),
  broken('two-installers', [15, 3], 'talos.schematic', 'is given beside installer_image', 'only one of'),
  broken('missing-patch', [14, 13], 'talos.patches[0]', 'none.yaml, which does not exist', 'a YAML file'),
  broken(
    'broken-patch',
    [14, 13],
    'talos.patches[0]',
    'broken.yaml, which is not valid YAML (line',
    'a patch of the machine configuration',
  ),
  broken(
    'named-by-a-patch',
    [14, 13],
    'talos.patches[0]',
    'hostname.yaml, which sets a host name',
    'the host name of a machine is its name',
  ),
  // What is elsewhere
  broken('flux-over-https', [15, 8], 'flux.url', 'is "https://github.com', 'git@host:path.git'),
  broken(
    'flux-without-secret',
    [16, 15],
    'flux.key_secret',
    'is no secret of cluster-config.yaml',
    'a name under secrets there: fleet_key',
    'fleet_key',
  ),
  broken('playbook-with-ending', [9, 13], 'playbooks[0]', 'is "site.yaml"', 'without folder and ending'),
];
