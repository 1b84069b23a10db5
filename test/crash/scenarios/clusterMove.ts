import { machine } from './clusterCluster';
import { clusterScenario } from './clusterScenario';

const controlPlane = machine('cp', 1, 1);
/** On the node without a copy of the template. */
const worker = machine('worker', 1, 2);

/** A machine that comes to its node on the long way. Its move takes longer than a dead worker's step waits. */
export const clusterMove = clusterScenario({
  name: 'clusterMove',
  title:
    'changeCluster scale: a worker of a Talos cluster is cloned in full on another node, moved to its own, and its disk grows',
  action: 'scale',
  message: { counts: { worker: 1 } },
  before: [controlPlane],
  copiesOn: ['pve01'],
  network: { link: 12 * 1024 ** 2 },
  counts: { cp: 1, worker: 1 },
  keys: { worker: ['disk: 4GiB', 'placement: { strategy: pinned, nodes: [pve02] }'] },
  after: [controlPlane, worker],
  made: [worker.vmid],
  disk: 'size=4G',
  deleted: [],
  subset: [],
});
