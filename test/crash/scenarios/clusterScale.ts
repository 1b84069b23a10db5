import { machine } from './clusterCluster';
import { clusterScenario } from './clusterScenario';

const controlPlane = machine('cp', 1, 1);
const worker = machine('worker', 1, 2);
const spare = machine('spare', 1, 3);
/** Not on the node of the first one. */
const second = { ...machine('worker', 2, 4), node: 'pve01' } as const;

/** One role grows, another one goes. */
export const clusterScale = clusterScenario({
  name: 'clusterScale',
  title:
    'changeCluster scale: a worker joins a Talos cluster, then one of another role is drained and leaves it',
  action: 'scale',
  message: { counts: { worker: 2, spare: 0 } },
  before: [controlPlane, worker, spare],
  counts: { cp: 1, worker: 1, spare: 1 },
  after: [controlPlane, worker, second],
  made: [second.vmid],
  deleted: [spare.vmid],
  subset: [],
});
