import type { EvacuationPlan, PlannedMove } from '../domain/evacuationPlan';
import type { MemoryReservation } from '../domain/lease';
import type { Step } from '../domain/step';
import { isUnderWay } from './shared/state';

/** What the other moves to the same target will take there, as far as their migrations may run. */
export function underWayBeside(
  own: Step,
  steps: readonly Step[],
  plan: Pick<EvacuationPlan, 'moves'>,
  { target }: Pick<PlannedMove, 'target'>,
): MemoryReservation[] {
  const moving = new Set(steps.filter((step) => step !== own && mayTakeMemory(step)).map(({ vmid }) => vmid));
  return plan.moves
    .filter((move) => move.target === target && moving.has(move.vmid) && move.reservedMemoryBytes > 0)
    .map(({ vmid, reservedMemoryBytes }) => ({ vmid, target, memoryBytes: reservedMemoryBytes }));
}

/** A step that asks takes none unless its task still runs: if it is retried, it is checked itself beside the others. */
function mayTakeMemory(step: Step): boolean {
  if (step.phase === 'deciding') return step.upid !== undefined && step.taskEnded !== true;
  return isUnderWay(step);
}
