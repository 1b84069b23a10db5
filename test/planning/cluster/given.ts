import { ManagerError } from '../../../src/domain/errors';
import type { ConventionSettings } from '../../../src/config/clusterConfig';
import type { ClusterMember, ClusterRecord, MemberMarker } from '../../../src/domain/cluster/member';
import type { ClusterPlan, PlannedMachine, PlannedRemoval } from '../../../src/domain/cluster/plan';
import type { ClusterProfile, ClusterRole } from '../../../src/domain/cluster/profile';
import type { ClusterRequest } from '../../../src/domain/cluster/request';
import type {
  ClusterLook,
  ListedMachine,
  MarkedMember,
  PlaceView,
  TemplateCopyView,
} from '../../../src/planning/cluster/facts';
import { macsIn } from '../../../src/planning/cluster/macs';
import { printMemberMarker } from '../../../src/planning/cluster/marker';
import { outlineCluster, planCluster } from '../../../src/planning/cluster/plan';
import type { ClusterOutlineInput, ClusterPlanningSettings } from '../../../src/planning/cluster/planInput';
import { seenMember } from '../../../src/planning/cluster/seen';
import { emptyLedger } from '../../../src/planning/rules/ledger';
import type { StorageView } from '../../../src/planning/template/facts';

export const GiB = 2 ** 30;
export const instance = 'instance-1';
const madeAt = '2026-11-26T12:00:00.000Z';

export const settings: ClusterPlanningSettings = {
  targetMemoryShare: 0.9,
  networkSpeedBytesPerSecond: 1.25e9,
  readyWithinMs: 600_000,
  approvalExpiresAfterMs: 86_400_000,
  remindEveryMs: 14_400_000,
  stallAfterMs: 300_000,
};

export const conventions: ConventionSettings = {
  defaults: {},
  vmidRanges: {},
  tags: { cloudinit: ['cloudinit'], talos: ['talos', 'kubernetes'] },
  cloudinit: {},
  ansible: {},
};

export function storage(name: string, type: string, more: Partial<StorageView> = {}): StorageView {
  return {
    ...{ storage: name, type, content: ['images'], shared: false, usable: true },
    availableBytes: 500 * GiB,
    ...more,
  };
}

export const localLvm = storage('local-lvm', 'lvmthin');

/** A node of 64 GiB and 16 CPUs with a thin pool. */
export function node(name: string, more: Partial<PlaceView> = {}): PlaceView {
  return {
    ...{ name, online: true, cpus: 16, version: '9.2.1', storages: [localLvm] },
    memoryTotalBytes: 64 * GiB,
    memoryTakenBytes: 4 * GiB,
    ...more,
  };
}

/** Copy of version 1 of debian-13, of 8 GiB on the thin pool. */
export function copy(
  onNode: string,
  vmid: number,
  { keys = {}, generation = 1, usedBytes }: { keys?: object; generation?: number; usedBytes?: number } = {},
): TemplateCopyView {
  const all = {
    agent: '1',
    boot: 'order=scsi0',
    scsi0: `local-lvm:base-${vmid}-disk-0,size=8G`,
    ide2: `local-lvm:vm-${vmid}-cloudinit,media=cdrom`,
    ...keys,
  };
  return {
    ...{ node: onNode, vmid, template: 'debian-13', generation },
    keys: new Map(Object.entries(all)),
    ...(usedBytes === undefined ? {} : { usedBytes }),
  };
}

export function look(more: Partial<ClusterLook> = {}): ClusterLook {
  return {
    nodes: ['pve01', 'pve02', 'pve03'].map((name) => node(name)),
    guests: [],
    marked: [],
    members: [],
    copies: ['pve01', 'pve02', 'pve03'].map((name, at) => copy(name, 101 + at)),
    addresses: [],
    macs: [],
    haManaged: [],
    privileges: { holds: () => true, holdsSomewhere: () => true },
    othersLeases: emptyLedger(),
    warnings: [],
    ...more,
  };
}

/** Two cores, 4 GiB, spread, on vmbr0. */
export function role(name: string, count: number, more: Partial<ClusterRole> = {}): ClusterRole {
  return {
    ...{ name, kind: 'worker', count, cores: 2, memoryBytes: 4 * GiB, moreDisks: [], tags: [], patches: [] },
    networkCards: [{ bridge: 'vmbr0' }],
    placement: { strategy: 'spread', antiAffinity: 'soft' },
    machines: {},
    ...more,
  };
}

/** Three workers by cloud-init, DHCP. */
export function profile(more: Partial<ClusterProfile> = {}): ClusterProfile {
  return {
    ...{ name: 'lab', sha256: 'a'.repeat(64), type: 'cloudinit', template: 'debian-13', playbooks: [] },
    ...{ roles: [role('worker', 3)], addressing: { kind: 'dhcp' }, tags: [], protection: true },
    ...more,
  };
}

/** Three control planes, hard apart, and two workers. */
export function talosProfile(more: Partial<ClusterProfile> = {}): ClusterProfile {
  const roles = [
    role('cp', 3, { kind: 'controlPlane', placement: { strategy: 'spread', antiAffinity: 'hard' } }),
    role('worker', 2),
  ];
  const talos = {
    ...{ version: 'v1.13.2', kubernetesVersion: '1.35.2', endpoint: '192.0.2.10', virtualAddress: true },
    patches: [],
  };
  return profile({ type: 'talos', roles, talos, ...more });
}

export function uuidOf(vmid: number): string {
  return `00000000-0000-4000-8000-${String(vmid).padStart(12, '0')}`;
}

/** A member that was ready, of version 1. */
export function member(
  roleName: string,
  ordinal: number,
  vmid: number,
  onNode: string,
  more: Partial<ClusterMember> = {},
): ClusterMember {
  return {
    ...{ name: `lab-${roleName}-${ordinal}`, role: roleName, ordinal, vmid, node: onNode },
    ...{ uuid: uuidOf(vmid), run: 'run-1', generation: 1, state: 'ready' },
    ...more,
  };
}

export function markerOf(of: ClusterMember, more: Partial<MemberMarker> = {}): MemberMarker {
  return {
    ...{ cluster: 'lab', instance, role: of.role, ordinal: of.ordinal, vmid: of.vmid, run: of.run },
    ...{ operation: 'change-cluster/home/lab', product: '0.5.0', made: madeAt },
    ...more,
  };
}

/** The machine of a member as its node shows it, or with other keys. */
export function seen(
  of: ClusterMember,
  keys: Readonly<Record<string, string | undefined>> = {},
  place: { readonly node?: string; readonly running?: boolean } = {},
): MarkedMember {
  const all: Readonly<Record<string, string | undefined>> = {
    name: of.name,
    description: `${printMemberMarker(markerOf(of))}\n`,
    smbios1: `uuid=${of.uuid ?? uuidOf(of.vmid)}`,
    cores: '2',
    memory: '4096',
    agent: '1',
    protection: '1',
    tags: 'cloudinit',
    boot: 'order=scsi0',
    net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0',
    scsi0: `local-lvm:vm-${of.vmid}-disk-0,size=8G`,
    ide2: `local-lvm:vm-${of.vmid}-cloudinit,media=cdrom`,
    ...keys,
  };
  const given = Object.entries(all).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return seenMember({ vmid: of.vmid, node: of.node, running: true, ...place }, new Map(given));
}

export function listed(it: MarkedMember, more: Partial<ListedMachine> = {}): ListedMachine {
  const { vmid, node: onNode, name, running, template } = it;
  return { vmid, node: onNode, name, running, template, kind: 'qemu', memoryBytes: 4 * GiB, ...more };
}

/** A look that shows these machines, marked ones as such. */
export function lookWith(machines: readonly MarkedMember[], more: Partial<ClusterLook> = {}): ClusterLook {
  return look({
    guests: machines.map((it) => listed(it)),
    members: machines,
    marked: machines.filter(({ marker }) => marker !== undefined),
    macs: machines.flatMap(({ keys }) => macsIn(keys)),
    ...more,
  });
}

export function record(members: readonly ClusterMember[], more: Partial<ClusterRecord> = {}): ClusterRecord {
  return { profile: 'lab', instance, members, ...more };
}

/** Three workers that are there and ready. */
export const workers = ['pve01', 'pve02', 'pve03'].map((name, at) =>
  member('worker', at + 1, 1001 + at, name),
);

/** Three control planes and two workers that are there and ready. */
export const talosMembers = [
  ...['pve01', 'pve02', 'pve03'].map((name, at) => member('cp', at + 1, 1001 + at, name)),
  ...['pve01', 'pve02'].map((name, at) => member('worker', at + 1, 1004 + at, name)),
];

/** Three workers that are set aside. */
export const aside = workers.map((it): ClusterMember => ({
  ...it,
  name: `${it.name}-aside`,
  state: 'aside',
}));

/** etcd was bootstrapped on the first control plane. */
export const talosRecord = {
  talos: { folder: '/state/lab', secretsSha256: 'c'.repeat(64), bootstrapOn: 1001, bootstrapped: true },
};

/** A Talos cluster that is there. */
export const talos = { profile: talosProfile(), members: talosMembers, recorded: talosRecord };

/** What a change is planned from; the record's members are there unless a look is given. */
export function input(
  request: Partial<ClusterRequest> & Pick<ClusterRequest, 'action'>,
  {
    members,
    recorded = {},
    ...more
  }: Partial<ClusterOutlineInput> & {
    readonly members?: readonly ClusterMember[];
    readonly recorded?: Partial<ClusterRecord>;
  } = {},
): ClusterOutlineInput {
  const entity = { workflowId: 'cluster/home/lab', instance };
  const asked = { profile: 'lab', ...request };
  return {
    change:
      members === undefined
        ? { request: asked, entity }
        : { request: asked, entity, record: record(members, recorded) },
    cluster: 'home',
    profile: profile(),
    facts: lookWith((members ?? []).map((it) => seen(it))),
    ...{ conventions, settings, now: new Date(madeAt), product: '0.5.0' },
    ...more,
  };
}

/** A plan with VMIDs from 2001 on, in the outline's order. */
export function planOf(given: ClusterOutlineInput): ClusterPlan {
  const { wanted } = outlineCluster(given);
  const leased = new Map(wanted.map(({ name }, at) => [name, 2001 + at]));
  const vmids = (name: string) => {
    const vmid = leased.get(name);
    if (vmid === undefined) throw new Error(`${name} was not in the outline`);
    return vmid;
  };
  return planCluster({ ...given, vmids });
}

export function machinesOf({ phases }: ClusterPlan): readonly PlannedMachine[] {
  return phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
}

export function removalsOf({ phases }: ClusterPlan): readonly PlannedRemoval[] {
  return phases.flatMap((phase) => ('removals' in phase ? phase.removals : []));
}

/** `delete 1001`, `make lab-worker-1@pve01`: what a plan does, in order. */
export function storyOf({ phases }: ClusterPlan): readonly string[] {
  return phases.map((phase) => {
    switch (phase.kind) {
      case 'make':
        return `make ${phase.machines.map((it) => `${it.name}@${it.node}`).join(' ')}`;
      case 'adopt':
        return `adopt ${phase.adoptions.map((it) => `${it.vmid} as ${it.name}`).join(' ')}`;
      default:
        return `${phase.kind} ${phase.removals.map((it) => it.member.vmid).join(' ')}`;
    }
  });
}

/** What is said where a plan is refused: what failed, and what helps. What is planned all the same says what it does. */
export function refusalOf(given: ClusterOutlineInput): string {
  try {
    return storyOf(planOf(given)).join('\n');
  } catch (error) {
    if (!(error instanceof ManagerError)) throw error;
    return `${error.problem.code}: ${error.problem.failed}. ${error.problem.remedy}`;
  }
}
