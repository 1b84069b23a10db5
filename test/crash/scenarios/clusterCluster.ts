import type { ScenarioInput, SimulatorControl } from '../../../simulator';
import type { ClusterMember } from '../../../src/domain/cluster/member';
import { printMemberMarker } from '../../../src/planning/cluster/marker';
import { templateCopy } from '../../activities/cluster/given';
import { sharedGuest, smallCluster } from '../../e2e/support/scenario';
import { templateConventions } from './templateCluster';

/** Name of the profile, and of the cluster that it makes. */
export const profile = 'lab';
/** Tells the cluster of before from others of its name. */
export const instance = 'c0ffee00-0000-4000-8000-000000000001';
/** Where Flux pushes to. */
export const repository = 'ssh://git@git.example/fleet.git#main';
/** Name of the file with the key for it. */
export const deployKeyFile = 'fleet_key';

/** A machine of the cluster. */
export interface Machine {
  readonly role: 'cp' | 'worker' | 'spare';
  readonly ordinal: number;
  readonly vmid: number;
  readonly node: 'pve01' | 'pve02';
  readonly address: string;
}

/** The nth machine in the order of the plan: VMIDs, nodes and addresses are given in turn. */
export function machine(role: Machine['role'], ordinal: number, nth: number): Machine {
  const node = nth % 2 === 1 ? 'pve01' : 'pve02';
  return { role, ordinal, node, vmid: 999 + nth, address: `10.5.0.${10 + nth}` };
}

/** `lab-cp-1` */
export function nameOf({ role, ordinal }: Pick<Machine, 'role' | 'ordinal'>): string {
  return `${profile}-${role}-${ordinal}`;
}

/** `lab-cp-1-aside`: what it is called while it is set aside. */
export function asideNameOf(machine: Pick<Machine, 'role' | 'ordinal'>): string {
  return `${nameOf(machine)}-aside`;
}

/** The SMBIOS uuid of a machine of before. */
export function uuidOf({ vmid }: Pick<Machine, 'vmid'>): string {
  return `5a1e0000-0000-4000-8000-${String(vmid).padStart(12, '0')}`;
}

const run = '3f1d0a52-0000-4000-8000-000000000001';

/** How the machines of before are: they run, or were set aside. */
export type StateBefore = Extract<ClusterMember['state'], 'ready' | 'aside'>;

/** A machine of before as the workflow that keeps the cluster knows it. */
export function memberOf(it: Machine, state: StateBefore): ClusterMember {
  const { role, ordinal, vmid, node, address } = it;
  return {
    ...{ name: nameBefore(it, state), role, ordinal, vmid, node, address, run },
    ...{ uuid: uuidOf(it), generation: 1, state },
  };
}

function nameBefore(it: Machine, state: StateBefore): string {
  return state === 'aside' ? asideNameOf(it) : nameOf(it);
}

type Guest = NonNullable<ScenarioInput['guests']>[number];

/** What a member's description says of it. */
function markerOf({ role, ordinal, vmid }: Machine): string {
  return printMemberMarker({
    ...{ cluster: profile, instance, role, ordinal, vmid, operation: `change-cluster/site/${profile}`, run },
    ...{ product: '0.1.0', made: '2026-11-26T10:00:00.000Z' },
  });
}

/** In what a cluster of before may differ from two nodes with a copy of the template each and machines that run. */
export interface ClusterBefore {
  /** Default: the machines run. */
  readonly stateBefore?: StateBefore;
  /** How long the machines take to shut down, in simulated seconds. Default: 1. */
  readonly shutdownSeconds?: number;
  /** Nodes with a copy of the template. Default: both. */
  readonly copiesOn?: readonly Machine['node'][];
  /** How fast machines move from node to node. Default: as in any simulated cluster. */
  readonly network?: NonNullable<ScenarioInput['network']>;
}

/** A machine of before as Proxmox has it. */
function guestOf(it: Machine, { stateBefore = 'ready', shutdownSeconds = 1 }: ClusterBefore): Guest {
  const { role, vmid, node, address } = it;
  const isAside = stateBefore === 'aside';
  return {
    ...{ vmid, node, name: nameBefore(it, stateBefore), status: isAside ? 'stopped' : 'running' },
    ...{ agent_running: true, shutdown_seconds: shutdownSeconds },
    config: {
      ...{ memory: role === 'cp' ? 2048 : 1024, cores: 1, agent: 'enabled=1', protection: 1 },
      ...{ tags: isAside ? 'pxm-aside;talos' : 'talos' },
      ...{ description: markerOf(it), smbios1: `uuid=${uuidOf(it)}` },
      scsi0: `local-lvm:vm-${vmid}-disk-0,size=3G`,
      ide2: `local-lvm:vm-${vmid}-cloudinit,media=cdrom`,
      net0: `virtio=BC:24:11:00:01:${String(vmid - 1000 + 10)},bridge=vmbr0`,
      ipconfig0: `ip=${address}/24,gw=10.5.0.1`,
    },
  };
}

/** A name like a member's and its tags; a member's marker, copied by a clone made by hand. Nothing may touch either. */
const strangers: readonly Guest[] = [
  sharedGuest(101, {
    name: `${profile}-worker-9`,
    config: { memory: 1024, cores: 1, tags: 'talos', scsi0: 'nfs:101/vm-101-disk-0.qcow2,size=4G' },
  }),
  sharedGuest(102, {
    ...{ node: 'pve02', name: `${profile}-cp-1-copy` },
    config: {
      ...{ memory: 1024, cores: 1, scsi0: 'nfs:102/vm-102-disk-0.qcow2,size=4G' },
      description: markerOf(machine('cp', 1, 1)),
    },
  }),
];

const vmidOfCopy = { pve01: 900, pve02: 901 } as const;

/** VMIDs of the copies of the template: all that is asked of them is a clone. */
export const copies: ReadonlySet<number> = new Set<number>(Object.values(vmidOfCopy));

/** VMIDs of machines that are none of the cluster's: copies of the template, and strangers. */
export const others: ReadonlySet<number> = new Set([...copies, ...strangers.map(({ vmid }) => vmid)]);

/** Two nodes with copies of the template, strangers, and these machines of the cluster. */
export function talosCluster(before: readonly Machine[], given: ClusterBefore = {}): ScenarioInput {
  const { copiesOn = ['pve01', 'pve02'], network } = given;
  const guests = [
    ...copiesOn.map((node) => templateCopy(vmidOfCopy[node], node)),
    ...strangers,
    ...before.map((it) => guestOf(it, given)),
  ];
  return smallCluster('9', guests, {
    nodes: [{ name: 'pve01' }, { name: 'pve02' }],
    ...(network === undefined ? {} : { network }),
  });
}

/** What is cloned boots in a second, and its agent answers. */
export function letClonesBoot({ cluster }: SimulatorControl): void {
  for (const volume of cluster.volumes.all()) {
    if (!/base-\d+-disk-0/.test(volume.volid)) continue;
    volume.inside = { agent: true, bootSeconds: 1, machineId: undefined, hostKey: undefined };
  }
}

/** What clusters need in the configuration: what templates do, and more. */
export const clusterConventions = `${templateConventions}templates:
  boot_timeout: 60s
secrets:
  fleet_key: { file: ${deployKeyFile} }
`;

const flux =
  'flux: { url: git@git.example:fleet.git, branch: main, path: clusters/lab, key_secret: fleet_key }';

type OfRoles<T> = Partial<Readonly<Record<Machine['role'], T>>>;

/** What a profile says of its roles. */
export interface ProfileRoles {
  /** How many machines of each it has. */
  readonly counts: OfRoles<number>;
  /** Further keys, such as `disk: 4GiB`. */
  readonly keys?: OfRoles<readonly string[]>;
}

/** A profile with these roles. */
export function profileText({ counts, keys = {} }: ProfileRoles): string {
  const more = new Map(Object.entries(keys));
  const kind = (role: string) =>
    role === 'cp' ? 'kind: control-plane, memory: 2GiB' : 'kind: worker, memory: 1GiB';
  const line = (role: string, count: number) =>
    [kind(role), `count: ${count}`, 'cores: 1', ...(more.get(role) ?? [])].join(', ');
  return [
    ...[`name: ${profile}`, 'type: talos', 'template: debian-13', 'roles:'],
    ...Object.entries(counts).map(([role, count]) => `  ${role}: { ${line(role, count)} }`),
    'addressing: { kind: static, subnet: 10.5.0.0/24, gateway: 10.5.0.1, range: 10.5.0.11-10.5.0.19 }',
    'talos: { version: v1.13.2, kubernetes_version: 1.35.2, virtual_address: 10.5.0.10 }',
    ...[flux, ''],
  ].join('\n');
}
