import type { TemplatePlan } from '../../domain/templatePlan';
import { buildPrivilegesOf, privilegesOf } from '../access/privileges';
import { importNeed, privilegeNeeds } from '../privilegeNeeds';
import { bridgesOf } from './bridges';
import type { BuildNode } from './facts';

/** A privilege that the token lacks, and where it is best given. */
export interface LackingPrivilege {
  readonly privilege: string;
  readonly path: string;
  /** Needed by the requests of the frame, whatever the runbook does. */
  readonly isAlways: boolean;
}

/** What the boot test, bringing into force and destroying need on guests and storages. */
const always: ReadonlySet<string> = new Set([
  'Datastore.AllocateSpace',
  'VM.Allocate',
  'VM.Clone',
  'VM.Config.Options',
  'VM.PowerMgmt',
]);

/** The privileges of the table that a plan needs on its own guests, storages, nodes and bridges, and that are not held there. */
export function lackingOf(
  plan: TemplatePlan,
  nodes: readonly BuildNode[],
  isHeld: (privilege: string, path: string) => boolean,
): readonly LackingPrivilege[] {
  const known = knownPrivileges(nodes);
  const needs = privilegeNeeds.filter(
    ({ privilege, operations }) =>
      known.has(privilege) && operations.includes('template') && !operations.includes('look'),
  );
  const removals = importStorages(plan).map(importNeed);
  const lacking = [...needs, ...removals].flatMap(({ privilege, path: root }) =>
    placesOf(plan, root, privilege)
      .filter((path) => !isHeld(privilege, path))
      .map(() => ({ privilege, path: root, isAlways: always.has(privilege) })),
  );
  return lacking.filter(
    (it, at) => lacking.findIndex((one) => one.privilege === it.privilege && one.path === it.path) === at,
  );
}

/** Those of Proxmox VE 9 only where every node has it. */
function knownPrivileges(nodes: readonly BuildNode[]): ReadonlySet<string> {
  const isNew = nodes.every(({ version }) => version === undefined || Number.parseInt(version, 10) >= 9);
  const major = isNew ? 9 : 8;
  const all = [...privilegesOf('full', major), ...buildPrivilegesOf('full', major)];
  return new Set(all.map(({ privilege }) => privilege));
}

/** Where below a path of the table the plan needs a privilege. */
function placesOf(plan: TemplatePlan, root: string, privilege: string): readonly string[] {
  const { copies, retires, bootTest, reservations, configuration } = plan;
  const made = [...copies, ...(bootTest === undefined ? [] : [bootTest])];
  switch (root) {
    case '/vms': {
      // Deleting: its protection is taken off right before (activities/guests/deleteGuest.ts).
      const gone = ['VM.Allocate', 'VM.Config.Options'].includes(privilege) ? retires : [];
      return [...made, ...gone].map(({ vmid }) => `/vms/${vmid}`);
    }
    case '/storage': {
      const disks = reservations.filter(({ purpose }) => purpose.startsWith('disk/'));
      const storages =
        privilege === 'Datastore.AllocateTemplate' ? importStorages(plan) : disks.map(storageOf);
      return storages.map((storage) => `/storage/${storage}`);
    }
    case '/nodes':
      return copies.filter((copy) => copy.import?.way === 'rest').map(({ node }) => `/nodes/${node}`);
    case '/sdn':
      return made.length === 0 || bridgesOf(configuration).length === 0 ? [] : ['/sdn/zones'];
    default:
      return made.length === 0 ? [] : [root];
  }
}

function importStorages({ copies }: TemplatePlan): readonly string[] {
  return [...new Set(copies.flatMap((copy) => (copy.import?.way === 'rest' ? [copy.import.storage] : [])))];
}

function storageOf({ storage }: { readonly storage: string }): string {
  return storage;
}
