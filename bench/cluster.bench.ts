import type { RequestRecord, ScenarioInput } from '../simulator';
import type { ClusterPlan } from '../src/domain/cluster/plan';
import { defaultPollEveryMs } from '../src/proxmox/tasks/poller';
import { templateCopy } from '../test/activities/cluster/given';
import { planned, withClusters } from '../test/e2e/support/clusterStage';
import { setRunbookStage } from '../test/e2e/support/runbookStage';
import { smallCluster } from '../test/e2e/support/scenario';
import { unasked } from '../test/e2e/support/unasked';
import { GiB, MiB } from './guests';
import { watchTasks, type LastingTask } from './tasks';

/** Where the machines' disks come to lie, and by which way of the clone model. */
export type ClusterStorage = 'lvmThin' | 'directory' | 'sharedLinked' | 'sharedFull';

/** The physics of the clusters, and what the clone model calls them. */
export const clusterPhysics = {
  /** N */
  machines: 20,
  nodes: ['pve01', 'pve02', 'pve03'],
  /** V */
  diskBytes: 3 * GiB,
  /** B_d: what a storage carries for all clones together. */
  storageBytesPerSecond: 512 * MiB,
  /** A machine's settings: the product's own figure (docs/clusters.md), which its plans show. */
  configurationSeconds: 2,
  startSeconds: 1,
  /** From power on until its agent answers. */
  bootSeconds: 29,
} as const;

/** Twenty machines that were made. Times are simulated seconds, at speed 1. */
export interface ClusterRun {
  readonly plan: ClusterPlan;
  /** From the arrival of the first request for a clone to the end of the last clone. */
  readonly clonesSeconds: number;
  /** From the moment the approval is sent to the report. */
  readonly readySeconds: number;
  /** The shortest clone: what one takes that meets no other. */
  readonly oneCloneSeconds: number;
  /** From the plan to the report, polls included. */
  readonly requests: readonly RequestRecord[];
}

/** Makes twenty machines on three nodes as a person does: plan, approval, report. */
export async function benchCluster(storage: ClusterStorage): Promise<ClusterRun> {
  const stage = await setRunbookStage(scenarioOf(storage), conventions, { pollEveryMs: defaultPollEveryMs });
  const { control } = stage.lab.simulator;
  const { clock } = control.cluster;
  try {
    control.setSpeed(1);
    for (const volume of control.cluster.volumes.all()) {
      const { bootSeconds } = clusterPhysics;
      volume.inside = { agent: true, bootSeconds, machineId: undefined, hostKey: undefined };
    }
    const clusters = withClusters(stage);
    clusters.writeProfile('bench', profile);
    const running = await clusters.ask('bench', 'create');
    await unasked(running, running.plan());
    const lasting = watchTasks(control);
    const beganAt = clock.now();
    const plan = await unasked(running, running.approved());
    const { outcome } = await unasked(running, running.report());
    const endedAt = clock.now();
    const tasks = lasting.stop();
    if (outcome !== 'done') throw new Error(`the cluster ended ${outcome}`);
    const requests = [...control.requests()];
    return { plan, readySeconds: endedAt - beganAt, requests, ...clonesOf(plan, requests, tasks) };
  } finally {
    await stage.close();
  }
}

function clonesOf(
  plan: ClusterPlan,
  requests: readonly RequestRecord[],
  tasks: readonly LastingTask[],
): Pick<ClusterRun, 'clonesSeconds' | 'oneCloneSeconds'> {
  const clones = tasks.filter(({ type }) => type === 'qmclone');
  const first = requests.find(({ method, path }) => method === 'POST' && path.endsWith('/clone'));
  const wanted = planned(plan).length;
  if (first === undefined || clones.length !== wanted || wanted !== clusterPhysics.machines) {
    throw new Error(`${clones.length} clones of ${wanted} planned machines`);
  }
  return {
    clonesSeconds: Math.max(...clones.map(({ endedAt }) => endedAt)) - first.receivedAt,
    oneCloneSeconds: Math.min(...clones.map(({ beganAt, endedAt }) => endedAt - beganAt)),
  };
}

const conventions = `
defaults:
  network_bridge: vmbr0
vmid_ranges:
  templates: 900-999
  vms: 1000-1999
templates:
  boot_timeout: 5m
`;

/** The storage of each case, and the nodes that have a copy of the template. */
const cases = {
  lvmThin: {
    storage: { id: 'fast', type: 'lvmthin', content: ['images'] },
    disk: (vmid: number) => `fast:base-${vmid}-disk-0`,
    copies: 3,
  },
  directory: {
    storage: { id: 'files', type: 'dir', content: ['images'], path: '/srv/files' },
    disk: (vmid: number) => `files:${vmid}/base-${vmid}-disk-0.qcow2`,
    copies: 3,
  },
  sharedLinked: {
    storage: { id: 'nas', type: 'nfs', content: ['images'] },
    disk: (vmid: number) => `nas:${vmid}/base-${vmid}-disk-0.qcow2`,
    copies: 1,
  },
  // Volumes of shared LVM can't be linked to.
  sharedFull: {
    storage: { id: 'san', type: 'lvm', content: ['images'], shared: true, size: '1T' },
    disk: (vmid: number) => `san:base-${vmid}-disk-0`,
    copies: 1,
  },
} as const;

function scenarioOf(which: ClusterStorage): ScenarioInput {
  const { storage, disk, copies } = cases[which];
  const { nodes, diskBytes, storageBytesPerSecond, startSeconds, bootSeconds } = clusterPhysics;
  const size = `size=${diskBytes / GiB}G`;
  const cloudinit = (vmid: number) =>
    disk(vmid)
      .replace('base-', 'vm-')
      .replace(/disk-0(\.qcow2)?$/, 'cloudinit$1');
  const templates = nodes.slice(0, copies).map((node, at) => {
    const vmid = 900 + at;
    const drives = { scsi0: `${disk(vmid)},${size}`, ide2: `${cloudinit(vmid)},media=cdrom` };
    return templateCopy(vmid, node, {}, drives);
  });
  return smallCluster('9', templates, {
    storages: [{ ...storage, content: [...storage.content] }],
    network: { disk: storageBytesPerSecond, storage: storageBytesPerSecond },
    timings: { start: startSeconds, boot: bootSeconds },
  });
}

const profile = [
  ...['name: bench', 'type: cloudinit', 'template: debian-13', 'tags: [bench]'],
  'cloudinit: { user: debian, ssh_keys: [] }',
  ...['roles:', `  worker: { count: ${clusterPhysics.machines}, cores: 2, memory: 2GiB }`, ''],
].join('\n');
