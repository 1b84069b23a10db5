import { ManagerError, problem } from '../../domain/errors';
import type { ClusterPlan, PlannedMachine, PlannedRemoval } from '../../domain/cluster/plan';
import { givenOnAll, privilegeRemedy } from '../../proxmox/privilegeRemedy';
import type { ClusterLook } from './facts';

/** A privilege that a plan needs; any of the paths is enough. */
interface Need {
  readonly privilege: string;
  readonly paths: readonly string[];
}

/** Without these nothing of a plan that needs them works. */
const always: ReadonlySet<string> = new Set([
  ...['Datastore.AllocateSpace', 'VM.Allocate', 'VM.Clone', 'VM.Config.Options', 'VM.PowerMgmt'],
]);

type PlanParts = Pick<ClusterPlan, 'phases' | 'pool' | 'readiness' | 'profile'>;

/**
 * A warning of the privileges that a plan needs (behaviour: 2.5, 10.3) and the token lacks where it needs them. Throws
 * PermissionMissing for one without which no machine is made or deleted and that the token has nowhere.
 */
export function privilegeWarnings(plan: PlanParts, look: ClusterLook): readonly string[] {
  const { holds, holdsSomewhere } = look.privileges;
  const needs = plan.phases.flatMap((phase): readonly Need[] => {
    switch (phase.kind) {
      case 'make':
        return phase.machines.flatMap((machine) => needsOfMachine(plan, machine, look));
      case 'delete':
        return phase.removals.flatMap((it) => needsOfRemoval(plan, it, ['VM.Allocate']));
      case 'setAside':
      case 'revive':
        return phase.removals.flatMap((it) => needsOfRemoval(plan, it, []));
      case 'adopt':
        return phase.adoptions.map(({ vmid }) => ({
          privilege: 'VM.Config.Options',
          paths: [`/vms/${vmid}`],
        }));
    }
  });
  const lacking = needs
    .filter(({ privilege, paths }) => !paths.some((path) => holds(privilege, path)))
    .map(({ privilege, paths }) => ({ privilege, path: givenOnAll(paths[0] ?? '/') }));
  if (lacking.length === 0) return [];
  const grave = lacking.filter(({ privilege }) => always.has(privilege) && !holdsSomewhere(privilege));
  if (grave.length > 0) throw refused(plan.profile, grave);
  return [
    `The token lacks ${shown(lacking)}, which this plan needs: pxm doctor says how it is given. Without it a step stops.`,
  ];
}

/** Whether the token may set the order in which guests start with their node (behaviour: 2.5). */
export function mayOrderStart({ privileges }: Pick<ClusterLook, 'privileges'>): boolean {
  return privileges.holds('Sys.Modify', '/');
}

/** Addresses, users and keys need VM.Config.Cloudinit or VM.Config.Network: the network cards need the latter anyway. */
function needsOfMachine(plan: PlanParts, machine: PlannedMachine, look: ClusterLook): readonly Need[] {
  const { vmid, source, grow, moreDisks, networkCards, way, begun } = machine;
  const own = pathsOf(plan, vmid);
  const config = [
    ...['CPU', 'Memory', 'Network', 'Options'],
    ...(grow === undefined && moreDisks.length === 0 ? [] : ['Disk']),
  ].map((name) => ({ privilege: `VM.Config.${name}`, paths: own }));
  const bridges = networkCards.map(({ bridge, vlan }) => ({
    privilege: 'SDN.Use',
    paths: [`/sdn/zones/localnetwork/${bridge}${vlan === undefined ? '' : `/${vlan}`}`],
  }));
  const storages = storagesOf(machine, look).map((storage) => ({
    privilege: 'Datastore.AllocateSpace',
    paths: [`/storage/${storage}`],
  }));
  return [
    ...(begun === undefined
      ? [
          { privilege: 'VM.Clone', paths: [`/vms/${source.vmid}`] },
          { privilege: 'VM.Allocate', paths: own },
          ...storages,
        ]
      : []),
    ...config,
    ...bridges,
    { privilege: 'VM.PowerMgmt', paths: own },
    ...(way === 'fullThenMoved' ? [{ privilege: 'VM.Migrate', paths: own }] : []),
    ...(plan.readiness === 'agent' ? [{ privilege: agentPrivilege(look), paths: own }] : []),
  ];
}

/** Where a clone allocates volumes: the storage that was asked for, else those of the template's disks. */
function storagesOf(
  { storage, source, moreDisks }: PlannedMachine,
  { copies }: ClusterLook,
): readonly string[] {
  const copy = copies.find(({ vmid }) => vmid === source.vmid);
  const drives = [...(copy?.keys ?? [])].flatMap(([key, value]) =>
    /^((scsi|virtio|ide|sata)\d+|efidisk0|tpmstate0)$/.test(key) && !value.startsWith('none')
      ? (value.split(':')[0] ?? [])
      : [],
  );
  return [
    ...new Set([...(storage === undefined ? drives : [storage]), ...moreDisks.map((it) => it.storage)]),
  ];
}

function needsOfRemoval(
  plan: PlanParts,
  { member: { vmid } }: PlannedRemoval,
  more: readonly string[],
): readonly Need[] {
  const paths = pathsOf(plan, vmid);
  return ['VM.PowerMgmt', 'VM.Config.Options', ...more].map((privilege) => ({ privilege, paths }));
}

/** A guest gets what is given on its pool besides its own entries. */
function pathsOf({ pool }: PlanParts, vmid: number): readonly string[] {
  return [`/vms/${vmid}`, ...(pool === undefined ? [] : [`/pool/${pool}`])];
}

/** 8 has VM.Monitor for it; one node of 8 is enough to need that. */
function agentPrivilege({ nodes }: ClusterLook): string {
  const isNew = nodes.every(({ version }) => version === undefined || Number.parseInt(version, 10) >= 9);
  return isNew ? 'VM.GuestAgent.Audit' : 'VM.Monitor';
}

function refused(profile: string, lacking: readonly { privilege: string; path: string }[]): ManagerError {
  const remedy = privilegeRemedy(
    lacking.map(({ privilege, path }) => ({ privileges: [privilege], path })),
    shown(lacking),
  );
  const failed = `the token lacks ${shown(lacking)}, without which no machine is made or deleted`;
  return new ManagerError(
    problem('PermissionMissing', { attempted: `plan the cluster ${profile}`, failed, remedy }),
  );
}

function shown(lacking: readonly { readonly privilege: string; readonly path: string }[]): string {
  return [...new Set(lacking.map(({ privilege, path }) => `${privilege} on ${path}`))].sort().join(', ');
}
