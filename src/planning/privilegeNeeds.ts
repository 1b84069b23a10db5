import { buildsPath } from './access/desired';

/** What people do with this project. `available`: it can be done today; the others come later. */
export const operationWords = {
  look: { title: 'look at the cluster', available: true },
  evacuate: { title: 'evacuate a node', available: true },
  template: { title: 'make a template', available: true },
  cluster: { title: 'make and change clusters of machines', available: true },
  snapshot: { title: 'take snapshots of guests and go back to them', available: false },
  backup: { title: 'back up guests', available: false },
} as const satisfies Record<string, { readonly title: string; readonly available: boolean }>;
/** Name of an operation. */
export type OperationWord = keyof typeof operationWords;

/** A privilege, where it is needed, and what for. */
export interface PrivilegeNeed {
  readonly privilege: string;
  readonly path: '/' | '/nodes' | '/sdn' | '/storage' | '/vms' | typeof buildsPath | `/storage/${string}`;
  /** Needed on everything below the path too. */
  readonly below: boolean;
  readonly operations: readonly OperationWord[];
  /** With this one in its place things work as well, if less is seen. */
  readonly insteadOf?: string;
}

const looking: readonly OperationWord[] = ['look', 'evacuate', 'template', 'cluster', 'snapshot', 'backup'];
const making: readonly OperationWord[] = ['template', 'cluster'];

/**
 * Which operation needs which privilege where (behaviour: 10.3). Which of them a version knows, and which a profile has,
 * is in access/privileges.ts. Later operations add rows.
 */
export const privilegeNeeds: readonly PrivilegeNeed[] = [
  { privilege: 'Sys.Audit', path: '/', below: false, operations: looking },
  { privilege: 'Sys.Audit', path: '/nodes', below: true, operations: looking },
  { privilege: 'VM.Audit', path: '/vms', below: true, operations: looking },
  {
    ...{ privilege: 'Datastore.Audit', path: '/storage', below: true, operations: looking },
    insteadOf: 'Datastore.AllocateSpace',
  },
  { privilege: 'VM.Migrate', path: '/vms', below: true, operations: ['evacuate', 'cluster'] },
  { privilege: 'Datastore.AllocateSpace', path: '/storage', below: true, operations: [...making, 'backup'] },
  { privilege: 'Datastore.AllocateTemplate', path: '/storage', below: true, operations: ['template'] },
  { privilege: 'Sys.AccessNetwork', path: '/nodes', below: true, operations: ['template'] },
  { privilege: 'SDN.Use', path: '/sdn', below: true, operations: making },
  ...[
    ...['Allocate', 'Clone', 'Console', 'PowerMgmt', 'Config.CDROM', 'Config.CPU', 'Config.Cloudinit'],
    ...['Config.Disk', 'Config.HWType', 'Config.Memory', 'Config.Network', 'Config.Options'],
  ].map((name) => onGuests(`VM.${name}`, making)),
  onGuests('VM.Snapshot', ['snapshot']),
  onGuests('VM.Snapshot.Rollback', ['snapshot']),
  onGuests('VM.Backup', ['backup']),
  onGuests('VM.Monitor', making),
  onGuests('VM.GuestAgent.Audit', making),
  ...['FileRead', 'Unrestricted'].map((name) => inBuilds(`VM.GuestAgent.${name}`)),
];

/** Of the second role, which has its entry on the pool itself; guests in the pool get its privileges besides their own. */
function inBuilds(privilege: string): PrivilegeNeed {
  return { privilege, path: buildsPath, below: false, operations: ['template'] };
}

function onGuests(privilege: string, operations: readonly OperationWord[]): PrivilegeNeed {
  return { privilege, path: '/vms', below: true, operations };
}

/** Of the entry on the storage of images, if the configuration names one: images are removed there again. */
export function importNeed(storage: string): PrivilegeNeed {
  const path = `/storage/${storage}` as const;
  return { privilege: 'Datastore.Allocate', path, below: false, operations: ['template'] };
}
