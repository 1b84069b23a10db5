import { machine } from './clusterCluster';
import { clusterScenario } from './clusterScenario';

const machines = [machine('cp', 1, 1), machine('worker', 1, 2)];

const what = 'a Talos cluster of one control plane and one worker, beside strangers';
const before = { before: machines, counts: { cp: 1, worker: 1 }, made: [] } as const;

/** Everything of it off and out of the way, for a day. */
export const clusterAside = clusterScenario({
  ...before,
  name: 'clusterAside',
  action: 'destroy',
  title: `changeCluster destroy, its first stage: ${what}`,
  message: {},
  after: machines,
  deleted: [],
  isAside: true,
  subset: [],
});

/** What was set aside, away. */
export const clusterPurge = clusterScenario({
  ...before,
  name: 'clusterPurge',
  action: 'purge',
  title: `changeCluster purge: ${what}, all of it set aside before`,
  message: {},
  stateBefore: 'aside',
  after: [],
  deleted: machines.map(({ vmid }) => vmid),
  subset: [],
});

/** Everything of it away, at once. */
export const clusterDestroy = clusterScenario({
  ...before,
  name: 'clusterDestroy',
  action: 'destroy',
  title: `changeCluster destroy --now: ${what}`,
  message: { now: true },
  after: [],
  deleted: machines.map(({ vmid }) => vmid),
  subset: [
    { call: 'RUN talosctl etcd snapshot 10.5.0.11 #1', moments: ['orphan'] },
    { call: 'DELETE /nodes/pve01/qemu/1000 #1', moments: ['answer'] },
  ],
});

/** It does not listen to its shutdown: as approved it is stopped hard, a real second later. */
export const clusterHardStop = clusterScenario({
  name: 'clusterHardStop',
  action: 'destroy',
  title:
    'changeCluster destroy --now --hard-stop: a Talos cluster of one control plane, which does not shut down',
  message: { now: true, hardStop: true, shutdownTimeoutMs: 20_000 },
  before: machines.slice(0, 1),
  counts: { cp: 1 },
  shutdownSeconds: 6000,
  after: [],
  made: [],
  deleted: machines.slice(0, 1).map(({ vmid }) => vmid),
  subset: [],
});
