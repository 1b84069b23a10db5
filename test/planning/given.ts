import type {
  ClusterFacts,
  GuestFacts,
  ListedGuest,
  LocalVolume,
  MigrationPreconditions,
  NodeView,
  PlanningSettings,
} from '../../src/planning/facts';
import { emptyLedger } from '../../src/planning/rules/ledger';

export const GiB = 2 ** 30;

/** Nothing is known of the migration network. */
export const unknownNetwork: PlanningSettings = {
  targetMemoryShare: 0.9,
  setupTimeMs: 3000,
  stallAfterMs: 300_000,
  approvalExpiresAfterMs: 86_400_000,
  remindEveryMs: 14_400_000,
};

export const settings: PlanningSettings = {
  ...unknownNetwork,
  networkSpeedBytesPerSecond: 1.1 * GiB,
  streamCapBytesPerSecond: 0.5 * GiB,
};

export function volume(id: string, more: Partial<LocalVolume> = {}): LocalVolume {
  return {
    volume: id,
    storage: id.split(':')[0] ?? '',
    sizeBytes: 8 * GiB,
    drive: 'scsi0',
    cdrom: false,
    cloudinit: false,
    vmState: false,
    inSnapshot: false,
    ...more,
  };
}

export function preconditions(more: Partial<MigrationPreconditions> = {}): MigrationPreconditions {
  return {
    running: true,
    allowedNodes: ['pve02', 'pve03'],
    refusedNodes: [],
    localVolumes: [],
    localResources: [],
    resourcesNotLive: [],
    ...more,
  };
}

/** What a node's list shows of a guest, and nothing more. */
export function listed(vmid: number, more: Partial<ListedGuest> = {}): ListedGuest {
  const { name, kind, running, memoryBytes, cpus, tags, template, lock } = more;
  return {
    vmid,
    name: name ?? `guest${String.fromCharCode(97 + (vmid % 26))}`,
    kind: kind ?? 'qemu',
    running: running ?? true,
    memoryBytes: memoryBytes ?? 4 * GiB,
    cpus: cpus ?? 2,
    tags: tags ?? [],
    template: template ?? false,
    ...(lock === undefined ? {} : { lock }),
  };
}

export function guest(vmid: number, more: Partial<GuestFacts> = {}): GuestFacts {
  const running = more.running ?? true;
  return {
    ...listed(vmid),
    haManaged: false,
    backupRunning: false,
    config: { storages: [], neededFiles: [] },
    preconditions: preconditions({ running }),
    ...more,
  };
}

export function node(name: string, more: Partial<NodeView> = {}): NodeView {
  return {
    name,
    online: true,
    memoryTotalBytes: 64 * GiB,
    memoryTakenBytes: 8 * GiB,
    cpus: 16,
    version: '8.4.1',
    storages: [
      {
        storage: 'local-lvm',
        type: 'lvmthin',
        shared: false,
        usable: true,
        takesImages: true,
        availableBytes: 500 * GiB,
      },
      {
        storage: 'shared',
        type: 'nfs',
        shared: true,
        usable: true,
        takesImages: true,
        availableBytes: 900 * GiB,
      },
    ],
    guests: [],
    ...more,
  };
}

export function facts(more: Partial<ClusterFacts> = {}): ClusterFacts {
  const nodes = more.nodes ?? [node('pve01'), node('pve02'), node('pve03')];
  return {
    cluster: 'lab',
    node: 'pve01',
    takenAt: '2026-11-25T16:00:00.000Z',
    depth: 'everything',
    guests: [],
    quorum: {
      clustered: true,
      quorate: true,
      nodes: nodes.length,
      online: nodes.filter((it) => it.online).length,
    },
    othersLeases: emptyLedger(),
    warnings: [],
    ...more,
    nodes,
  };
}
