import type { ScenarioInput } from '../../../simulator';
import type { ClusterMember } from '../../../src/domain/cluster/member';
import type { ClusterFrame, PlannedMachine, PlannedRemoval } from '../../../src/domain/cluster/plan';
import type { ClusterProfile, ClusterRole } from '../../../src/domain/cluster/profile';
import type { LeaseHolder } from '../../../src/domain/lease';
import type { TemplateMarker } from '../../../src/domain/template/marker';
import { asideNameOf, machineName } from '../../../src/planning/cluster/names';
import { printMarker } from '../../../src/planning/template/marker';
import { marker } from '../../planning/template/given';

type Guest = NonNullable<ScenarioInput['guests']>[number];

/** The operation that makes the machines. */
export const maker: LeaseHolder = holderOf('3f1d0a52-0000-4000-8000-000000000001');

/** An operation on the cluster with this first run. */
export function holderOf(firstExecutionRunId: string, profile = 'k3s'): LeaseHolder {
  return { workflowId: `change-cluster/lab/${profile}`, firstExecutionRunId };
}

/** Tells this cluster from others of its name. */
export const instance = 'c0ffee00-0000-4000-8000-000000000001';

/** A copy of version 1 of the template debian-13: cloud-init drive, one card, an agent inside. */
export function templateCopy(
  vmid: number,
  node: string,
  more: Partial<TemplateMarker> = {},
  config: Record<string, string | number> = {},
): Guest {
  return {
    ...{ vmid, node, name: 'debian-13', status: 'stopped', agent_running: true },
    config: {
      ...{ memory: 1024, cores: 1, template: 1, agent: 'enabled=1', tags: 'template' },
      scsi0: `local-lvm:base-${vmid}-disk-0,size=3G`,
      ide2: `local-lvm:vm-${vmid}-cloudinit,media=cdrom`,
      net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1',
      description: printMarker(marker({ vmid, ...more })),
      ...config,
    },
  };
}

/** One role of two machines. */
export function role(more: Partial<ClusterRole> = {}): ClusterRole {
  return {
    ...{ name: 'server', kind: 'worker', count: 2, cores: 2, memoryBytes: 2 * 2 ** 30 },
    moreDisks: [],
    networkCards: [{ bridge: 'vmbr0' }],
    tags: [],
    placement: { strategy: 'spread', antiAffinity: 'soft' },
    patches: [],
    machines: {},
    ...more,
  };
}

/** The profile k3s: two machines with cloud-init. */
export function profile(more: Partial<ClusterProfile> = {}): ClusterProfile {
  return {
    ...{ name: 'k3s', sha256: 'd'.repeat(64), type: 'cloudinit', template: 'debian-13' },
    roles: [role()],
    addressing: { kind: 'dhcp' },
    playbooks: [],
    tags: ['k3s'],
    protection: true,
    ...more,
  };
}

/** What the steps of a change know of their plan. */
export function frame(more: Partial<ClusterFrame> = {}): ClusterFrame {
  return {
    ...{ operation: 'changeCluster', action: 'create', hash: 'e'.repeat(64), cluster: 'lab', profile: 'k3s' },
    ...{ type: 'cloudinit', instance, madeAt: '2026-11-26T10:00:00.000Z', product: '0.1.0' },
    ...{ readiness: 'agent', readyWithinMs: 3_000, protection: true },
    ...{ shutdownTimeoutMs: 60_000, hardStop: false },
    ...{ reservations: [], memoryRoomBytes: {}, storageRoomBytes: {} },
    storageReservations: [
      { purpose: 'disk/k3s-server-1', node: 'pve01', storage: 'local-lvm', shared: false, bytes: 2 ** 30 },
    ],
    estimate: { clonesSeconds: 2, readySeconds: 40 },
    times: { approvalExpiresAfterMs: 1, remindEveryMs: 1, stallAfterMs: 1 },
    ...more,
  };
}

/** The first machine, linked to the copy 900 on pve01. */
export function plannedMachine(more: Partial<PlannedMachine> = {}): PlannedMachine {
  return {
    ...{ name: 'k3s-server-1', role: 'server', kind: 'worker', ordinal: 1, vmid: 1000, node: 'pve01' },
    source: { node: 'pve01', vmid: 900, template: 'debian-13', generation: 1 },
    ...{ way: 'linked', cores: 2, memoryBytes: 2 * 2 ** 30, moreDisks: [] },
    networkCards: [{ key: 'net0', bridge: 'vmbr0' }],
    tags: ['k3s'],
    ...{ estimatedSeconds: 2, because: 'a test' },
    ...more,
  };
}

/** A machine that goes. */
export function plannedRemoval(
  member: ClusterMember,
  volumes: readonly string[],
  more: Partial<PlannedRemoval> = {},
): PlannedRemoval {
  const asideName = asideNameOf(machineName('k3s', member.role, member.ordinal));
  return { member, volumes, running: false, protection: true, asideName, ...more };
}
