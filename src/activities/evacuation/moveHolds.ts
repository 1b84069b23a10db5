import { planningSettingsOf } from '../../planning/facts';
import { moveStillHolds } from '../../planning/planStillHolds';
import type { ActivityDependencies } from '../dependencies';
import { inspectMove } from '../inspection/inspectMove';
import type { ActivityAttempt } from '../shared/attempt';
import type { StartArguments } from './contract';

/** What fresh facts say of one planned move right before its changing request. */
export interface MoveCheck {
  /** Whether the guest is (still) on the source. */
  readonly onSource: boolean;
  /** What changed, in words; empty: it may be started. */
  readonly differences: readonly string[];
}

/** Looks again: hours may have passed since the plan was approved. */
export async function checkMove(
  { proxmox, config }: ActivityDependencies,
  { signal }: ActivityAttempt,
  { move, underWay }: Pick<StartArguments, 'move' | 'underWay'>,
): Promise<MoveCheck> {
  const facts = await inspectMove({ client: proxmox, now: () => new Date() }, { move, signal });
  return {
    onSource: facts.guests.length > 0,
    differences: moveStillHolds(move, facts, planningSettingsOf(config), underWay),
  };
}
