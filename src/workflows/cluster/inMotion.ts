import type { ClusterPhase, ClusterPlan } from '../../domain/cluster/plan';
import type { Step } from '../../domain/step';

/**
 * VMIDs of the machines that an operation has begun with and is not through with; those that wait for an answer are among
 * them. From one step of a machine to the next nothing changes, or the search attribute would fill the history.
 */
export function machinesInMotion(
  plan: Pick<ClusterPlan, 'phases' | 'protection'> | undefined,
  steps: readonly Pick<Step, 'id' | 'vmid' | 'phase'>[],
): readonly number[] {
  const last = new Map((plan?.phases ?? []).flatMap((phase) => lastSteps(phase, plan?.protection === true)));
  const begun = new Set<number>();
  const over = new Set<number>();
  for (const { id, vmid, phase } of steps) {
    if (vmid === undefined || phase === 'waiting') continue;
    begun.add(vmid);
    const isOver = phase === 'failed' || phase === 'skipped' || (phase === 'done' && last.get(vmid) === id);
    if (isOver) over.add(vmid);
  }
  return [...begun].filter((vmid) => !over.has(vmid));
}

/** The step with which each machine of a phase is through. */
function lastSteps(phase: ClusterPhase, isProtected: boolean): readonly (readonly [number, string])[] {
  switch (phase.kind) {
    case 'make':
      return phase.machines.map(({ vmid }) => [vmid, `${isProtected ? 'protect' : 'ready'}-${vmid}`]);
    case 'adopt':
      return phase.adoptions.map(({ vmid }) => [vmid, `adopt-${vmid}`]);
    case 'revive':
      // Plans from before it was waited for have no readiness.
      return phase.removals.map(({ member: { vmid }, readiness }) => [
        vmid,
        `${readiness === undefined ? 'start' : 'ready'}-${vmid}`,
      ]);
    default:
      return phase.removals.map(({ member: { vmid } }) => [vmid, `${removalEnds[phase.kind]}-${vmid}`]);
  }
}

const removalEnds = { setAside: 'aside', delete: 'delete' } as const;
