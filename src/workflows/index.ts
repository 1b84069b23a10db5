/** Every workflow that a worker offers; the exported name is the workflow type. */
export { bootstrapAccess } from './bootstrapAccess';
export { evacuateNode } from './evacuateNode';
export { ledger } from './ledger';
export { readCluster } from './readCluster';
export { rotateToken } from './rotateToken';
export { createTemplate } from './createTemplate';
export { runRunbook } from './runRunbook';
export { undoAccess } from './undoAccess';
