import type { ClusterPlan, PlannedMachine, PlannedRemoval } from '../../domain/cluster/plan';
import type { ClusterLook } from '../../planning/cluster/facts';
import { clusterSettingsOf } from '../../planning/cluster/planInput';
import { patchReasons } from '../../planning/cluster/patches';
import { sharedAddressReasons } from '../../planning/cluster/sharedAddress';
import { snippetReasons } from '../../planning/cluster/snippets';
import { clusterPlanStillHolds } from '../../planning/cluster/stillHolds';
import type { GuestPlace } from '../../proxmox/api/guests';
import { tasksOfGuests } from '../guests/tasksBefore';
import type { ActivityAttempt } from '../shared/attempt';
import type { ClusterCheck, ClusterCheckArguments } from './contract';
import type { ClusterDependencies } from './dependencies';
import { lookForChange } from './lookForChange';
import { firstNodeOf } from './machine';
import { playbookReasons } from './playbooks';
import { profileIfReadable } from './profile';
import { seeSnippets } from './snippets';
import { wishOf } from './wish';

/**
 * Whether an approved plan still holds, by a fresh look: the profile is the same, the machines that go are still who they
 * were, and what is made still has its place. What changes later each step sees for itself.
 */
export async function checkClusterPlan(
  dependencies: ClusterDependencies,
  { signal, tell }: Pick<ActivityAttempt, 'signal' | 'tell'>,
  { change, plan, holder }: ClusterCheckArguments,
): Promise<ClusterCheck> {
  const { profile, warnings } = profileIfReadable(dependencies, plan.profile);
  const machines = machinesOf(plan);
  const places = placesOf(plan);
  const vmids = places.map(({ vmid }) => vmid);
  const wish = { ...wishOf(change, profile, vmids), holder };
  const onProgress = (done: number, total: number) => tell({ done, total });
  const look = await lookForChange(dependencies, wish, { signal, onProgress });
  const cloned = machines.map(({ source }) => source);
  return {
    changes: [
      ...(machines.length > 0 ? warnings : []),
      ...(profile === undefined ? [] : patchReasons(plan, profile.patchFiles ?? [])),
      ...clusterPlanStillHolds(plan, look, profile?.sha256, clusterSettingsOf(dependencies.config)),
      ...sharedAddressReasons(plan, profile, look),
      ...snippetReasons(await seeSnippets(dependencies.client, plan, look, { signal })),
      ...(await playbookReasons(dependencies, plan, signal)),
    ],
    knownTasks: await tasksOfGuests(
      dependencies.client,
      [...places, ...placesMeanwhile(plan, look)],
      { cloned },
      signal,
    ),
  };
}

function machinesOf({ phases }: Pick<ClusterPlan, 'phases'>): readonly PlannedMachine[] {
  return phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
}

function removalsOf({ phases }: Pick<ClusterPlan, 'phases'>): readonly PlannedRemoval[] {
  return phases.flatMap((phase) => ('removals' in phase ? phase.removals : []));
}

/** Where the tasks of a plan's machines are, and were. */
function placesOf(plan: ClusterPlan): readonly GuestPlace[] {
  const made = machinesOf(plan).flatMap((machine) => [
    { node: machine.node, vmid: machine.vmid },
    { node: firstNodeOf(machine), vmid: machine.vmid },
  ]);
  const gone = removalsOf(plan).map(({ member: { node, vmid } }) => ({ node, vmid }));
  const adopted = plan.phases.flatMap((phase) =>
    phase.kind === 'adopt' ? phase.adoptions.map(({ node, vmid }) => ({ node, vmid })) : [],
  );
  return [...made, ...gone, ...adopted];
}

/**
 * Where what goes may be by its turn, on any node that answers: a shutdown that it had there before, which perhaps failed,
 * is not taken for the one that is asked for then.
 */
function placesMeanwhile(plan: ClusterPlan, { nodes }: Pick<ClusterLook, 'nodes'>): readonly GuestPlace[] {
  const answering = nodes.filter(({ online }) => online).map(({ name }) => name);
  return removalsOf(plan).flatMap(({ member: { vmid } }) => answering.map((node) => ({ node, vmid })));
}
