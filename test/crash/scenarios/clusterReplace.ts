import { machine, nameOf } from './clusterCluster';
import { clusterScenario } from './clusterScenario';

const first = machine('cp', 1, 1);
const second = machine('cp', 2, 2);
const third = machine('cp', 3, 3);
/** The same name and address on another VMID. */
const instead = { ...second, vmid: 1003 };

/** A control plane goes, after a snapshot, and another one takes its place. */
export const clusterReplace = clusterScenario({
  name: 'clusterReplace',
  title:
    'changeCluster replace: one of three control planes of a Talos cluster leaves etcd, another one joins',
  action: 'replace',
  message: { machines: [nameOf(second)] },
  before: [first, second, third],
  counts: { cp: 3 },
  after: [first, instead, third],
  made: [instead.vmid],
  deleted: [second.vmid],
  subset: [],
});
