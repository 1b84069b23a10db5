/** Every workflow that a worker offers; the exported name is the workflow type. */
export { bootstrapAccess } from './bootstrapAccess';
export { changeCluster } from './changeCluster';
export { evacuateNode } from './evacuateNode';
export { ledger } from './ledger';
export { readCluster } from './readCluster';
export { rotateToken } from './rotateToken';
export { createTemplate } from './createTemplate';
export { runPlaybook } from './runPlaybook';
export { runRunbook } from './runRunbook';
export { undoAccess } from './undoAccess';
export { vmCluster } from './vmCluster';
