/** Every workflow that a worker offers; the exported name is the workflow type. */
export { evacuateNode } from './evacuateNode';
export { ledger } from './ledger';
export { readCluster } from './readCluster';
