import { machine } from './clusterCluster';
import { clusterScenario } from './clusterScenario';

const controlPlane = machine('cp', 1, 1);
const worker = machine('worker', 1, 2);

/** From nothing to Kubernetes with Flux in it. */
export const clusterCreate = clusterScenario({
  name: 'clusterCreate',
  title: 'changeCluster create: a Talos cluster of one control plane and one worker, filled by Flux',
  action: 'create',
  message: {},
  before: [],
  counts: { cp: 1, worker: 1 },
  after: [controlPlane, worker],
  made: [controlPlane.vmid, worker.vmid],
  deleted: [],
  hasFlux: true,
  subset: [],
});
