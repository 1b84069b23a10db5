/** Workflow types: the exported function names that Temporal knows (design: one story a file). */
export const workflowTypes = {
  evacuateNode: 'evacuateNode',
  bootstrapAccess: 'bootstrapAccess',
  rotateToken: 'rotateToken',
  undoAccess: 'undoAccess',
  createTemplate: 'createTemplate',
  runRunbook: 'runRunbook',
  runPlaybook: 'runPlaybook',
  changeCluster: 'changeCluster',
  vmCluster: 'vmCluster',
  ledger: 'ledger',
  readCluster: 'readCluster',
} as const;
/** One of the operations' or entities' workflow types. */
export type WorkflowType = (typeof workflowTypes)[keyof typeof workflowTypes];

/** The types of workflows that are operations: with a plan, an approval and a report. */
export const operationTypes = [
  workflowTypes.evacuateNode,
  workflowTypes.bootstrapAccess,
  workflowTypes.rotateToken,
  workflowTypes.undoAccess,
  workflowTypes.createTemplate,
  workflowTypes.runRunbook,
  workflowTypes.runPlaybook,
  workflowTypes.changeCluster,
] as const;

/** The workflow ID of an evacuation: the first lock, a second start for the same node is refused. */
export function evacuationWorkflowId(cluster: string, node: string): string {
  return `evacuate-node/${cluster}/${node}`;
}

/** The workflow ID of every operation on a cluster's access: one at a time. */
export function accessWorkflowId(cluster: string): string {
  return `access/${cluster}`;
}

/** The workflow ID of making, copying and retiring a template: one at a time for a name. */
export function templateWorkflowId(cluster: string, name: string): string {
  return `create-template/${cluster}/${name}`;
}

/** The workflow ID of one run of a runbook; `run` tells runs of the same one apart. */
export function runbookWorkflowId(cluster: string, runbook: string, run: string): string {
  return `runbook/${cluster}/${runbook}/${run}`;
}

/** The workflow ID of the entity that keeps a cluster of machines: one for each profile. */
export function clusterWorkflowId(cluster: string, profile: string): string {
  return `cluster/${cluster}/${profile}`;
}

/** The workflow ID of every operation on a cluster of machines: one at a time for a profile. */
export function changeClusterWorkflowId(cluster: string, profile: string): string {
  return `change-cluster/${cluster}/${profile}`;
}

/** The workflow ID of running an Ansible playbook: one at a time for a playbook. */
export function playbookWorkflowId(cluster: string, playbook: string): string {
  return `run-playbook/${cluster}/${playbook}`;
}

/** The workflow ID of the one ledger of a Proxmox cluster. */
export function ledgerWorkflowId(cluster: string): string {
  return `ledger/${cluster}`;
}

/** The workflow ID of one reading of a cluster; readings are not kept apart in any other way. */
export function readingWorkflowId(cluster: string, id: string): string {
  return `read-cluster/${cluster}/${id}`;
}

/** The task queue that a cluster's workers poll. */
export function taskQueueOf(cluster: string): string {
  return `${taskQueuePrefix}${cluster}`;
}

/** The cluster whose workers poll a task queue; undefined for a queue of another form. */
export function clusterOfTaskQueue(taskQueue: string): string | undefined {
  return taskQueue.startsWith(taskQueuePrefix) ? taskQueue.slice(taskQueuePrefix.length) : undefined;
}

const taskQueuePrefix = 'proxmox/';

/** Queries of every operation. */
export const queryNames = { plan: 'plan', progress: 'progress', decisions: 'decisions' } as const;

/** Updates and queries of the ledger. */
export const ledgerMessages = {
  leaseNode: 'leaseNode',
  reserve: 'reserve',
  settle: 'settle',
  leaseVmid: 'leaseVmid',
  quarantineVmid: 'quarantineVmid',
  reserveStorage: 'reserveStorage',
  settleStorage: 'settleStorage',
  takeCloneSlot: 'takeCloneSlot',
  giveCloneSlotBack: 'giveCloneSlotBack',
  leaseAddresses: 'leaseAddresses',
  release: 'release',
  leases: 'leases',
} as const;

/**
 * Messages of the entity that keeps a cluster of machines, beside one update for each action: the update `extend`, the
 * signals with which its operation tells it what it has done, and its query.
 */
export const clusterMessages = {
  extend: 'extend',
  memberChanged: 'memberChanged',
  talosChanged: 'talosChanged',
  operationEnded: 'operationEnded',
  cluster: 'cluster',
} as const;

/** Search attributes: registered by the worker at start, shown as columns of the Web UI's list. */
export const searchAttributeTypes = {
  PveCluster: 'Keyword',
  PveNode: 'Keyword',
  PveOperation: 'Keyword',
  PvePhase: 'Keyword',
  PveWaitingFor: 'Keyword',
  PveVmids: 'KeywordList',
} as const;
/** The name of a search attribute of this project. */
export type SearchAttributeName = keyof typeof searchAttributeTypes;

/**
 * At most this many VMIDs are put into PveVmids: one value may have 2,048 bytes, more fails the workflow
 * (nine-digit VMIDs: about 170; see docs/reliability.md).
 */
export const searchAttributeVmidLimit = 150;

/** How many characters of a plan's sha256 are shown and accepted. */
export const shownPlanHashLength = 12;
