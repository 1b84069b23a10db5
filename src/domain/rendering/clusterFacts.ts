import type { ClusterMember } from '../cluster/member';
import type {
  CloneWay,
  ClusterPhase,
  ClusterPlan,
  MachineReadiness,
  PlannedMachine,
  PlannedRemoval,
} from '../cluster/plan';
import { doesNothing } from '../cluster/planned';
import type { ClusterAction } from '../cluster/request';
import { formatBytes, formatDuration } from './sizes';
import { count, printable } from './text';
import { playbookTerms } from './playbookTerms';
import { talosTerms } from './talosTerms';

const actions: Readonly<Record<ClusterAction, string>> = {
  create: 'create the cluster',
  scale: 'scale the cluster',
  replace: 'replace machines of the cluster',
  upgrade: 'bring the cluster to the newest version of its template',
  rebuild: 'delete all machines of the cluster and make them again:',
  destroy: 'destroy the cluster',
  purge: 'delete what is set aside of the cluster',
  undo: 'bring back the cluster',
  adopt: 'adopt machines into the cluster',
};

/** What a plan does, as its title says it. */
export function clusterTitle({ action, profile }: Pick<ClusterPlan, 'action' | 'profile'>): string {
  return `${actions[action]} ${profile}`;
}

/** How a machine's clone comes to its node. */
export const wayWords: Readonly<Record<CloneWay, string>> = {
  linked: 'linked clone',
  full: 'full clone',
  fullThenMoved: 'full clone, then moved',
};

/** When a machine counts as ready. */
export const machineReadinessWords: Readonly<Record<MachineReadiness, string>> = {
  agent: 'ready when its agent answers, cloud-init has finished and it has its address',
  talosApi: 'ready when it is a node of Kubernetes that is ready',
  running: 'ready when it runs and goes on running',
};

/** What a phase does, as the heading of its machines. */
export const phaseWords: Readonly<Record<ClusterPhase['kind'], string>> = {
  make: 'Made',
  setAside: 'Shut down and set aside',
  delete: 'DELETED',
  revive: 'Brought back and started',
  adopt: 'Marked as members',
};

/** Where a machine is cloned from and how, e.g. `linked clone of VM 900 on pve01`. */
export function cloneWords({ way, source, node, begun }: PlannedMachine): string {
  if (begun !== undefined) return 'begun before: what is there is finished';
  const from = source.node === node ? '' : ` on ${source.node}`;
  return `${wayWords[way]} of VM ${String(source.vmid)}${from}`;
}

/** Cores, memory and disks in one cell. */
export function sizeWords({ cores, memoryBytes, grow, moreDisks }: PlannedMachine): string {
  const disks = [
    ...(grow === undefined ? [] : [`${grow.disk} ${formatBytes(grow.toBytes)}`]),
    ...moreDisks.map((disk) => `${disk.key} ${formatBytes(disk.sizeBytes)} on ${disk.storage}`),
  ];
  return [count(cores, 'core'), formatBytes(memoryBytes), ...disks].join(', ');
}

/** Its address, or how it gets one, and the MAC address of its first network card. */
export function addressWords({ address, networkCards: [card] }: PlannedMachine): string {
  const ip = address === undefined ? 'DHCP' : `${address.address}/${String(address.prefixLength)}`;
  return card?.macAddress === undefined ? ip : `${ip} (${card.macAddress})`;
}

/** A SMBIOS uuid as far as it tells machines apart at a glance. */
export function shortUuid({ uuid }: Pick<ClusterMember, 'uuid'>): string {
  return uuid === undefined ? 'not read yet' : uuid.slice(0, 8);
}

/** What a removal is of and what goes with it. */
export function removalWords({ member, volumes, running }: PlannedRemoval): string {
  const state = running ? 'runs' : 'is off';
  const freed = volumes.length === 0 ? '' : `; ${volumes.join(', ')}`;
  return printable(`uuid ${shortUuid(member)}, ${state}${freed}`);
}

/** What the whole plan means in time and afterwards, a line each. */
export function clusterTerms(plan: ClusterPlan): readonly string[] {
  const { estimate, readiness, graceMs, phases, hardStop, shutdownTimeoutMs } = plan;
  const kinds = new Set(phases.map(({ kind }) => kind));
  const made = phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : [])).length;
  const within = formatDuration(shutdownTimeoutMs / 1000);
  return [
    ...(made === 0
      ? []
      : [
          `Clones take about ${formatDuration(estimate.clonesSeconds)}, until all is ready about ${formatDuration(estimate.readySeconds)}; a machine is ${machineReadinessWords[readiness]}.`,
        ]),
    ...talosTerms(plan),
    ...playbookTerms(plan),
    ...(plan.protection && kinds.has('make') ? ['Each is protected against removal once it is ready.'] : []),
    ...(kinds.has('setAside') || kinds.has('delete')
      ? [
          `Each is shut down first; what has not within ${within} ${hardStop ? 'is stopped hard' : 'is asked about'}.`,
        ]
      : []),
    ...(phases.some(isWaitedFor)
      ? [
          'Each that was ready before is waited for until it is again: Talos runs on it, else its agent answers and it has its address; without an agent it goes on running.',
        ]
      : []),
    ...(kinds.has('setAside') && graceMs !== undefined
      ? [
          `They can be brought back for ${formatDuration(graceMs / 1000)} (pxm cluster undo); deleting them then needs an approval of its own.`,
        ]
      : []),
  ];
}

function isWaitedFor(phase: ClusterPhase): boolean {
  return phase.kind === 'revive' && phase.removals.some(({ readiness }) => readiness !== undefined);
}

/** How many machines each phase is about, e.g. `3 machines made, 1 machine deleted`. */
export function clusterCounts(plan: Pick<ClusterPlan, 'phases' | 'talos' | 'leftAlone'>): string {
  const { phases, leftAlone } = plan;
  if (doesNothing(plan)) {
    return leftAlone.some(({ wasMeant }) => wasMeant === true)
      ? 'Nothing can be done.'
      : 'Nothing has to be done.';
  }
  if (phases.length === 0) return 'No machine is changed.';
  const words = {
    make: 'made',
    setAside: 'set aside',
    delete: 'deleted',
    revive: 'brought back',
    adopt: 'adopted',
  };
  const totals = Object.entries(words).flatMap(([kind, word]) => {
    const amount = phases
      .filter((phase) => phase.kind === kind)
      .reduce((sum, phase) => sum + sizeOf(phase), 0);
    return amount === 0 ? [] : [`${count(amount, 'machine')} ${word}`];
  });
  return `${totals.join(', ')}.`;
}

function sizeOf(phase: ClusterPhase): number {
  switch (phase.kind) {
    case 'make':
      return phase.machines.length;
    case 'adopt':
      return phase.adoptions.length;
    default:
      return phase.removals.length;
  }
}
