import { condition } from '@temporalio/workflow';
import { Carried, carryWanted } from './carry';
import type { Operation } from './operation';
import { isUnderWay, openDecisions, type OpenStep, type OperationPlan } from './state';

/**
 * A step that is under way goes on at once; a new one waits while the operation is held back: paused, or with an open
 * question, unless `isHeld` says otherwise. False: it may not begin.
 */
export async function mayBegin(
  { state, definition }: Operation<OperationPlan, unknown>,
  record: OpenStep,
  ended: () => boolean,
  isHeld: () => boolean = () =>
    (state.paused && state.cancel === undefined) || openDecisions(state).length > 0,
): Promise<boolean> {
  if (isUnderWay(record)) return true;
  const carry = () => carryWanted(definition.historyEventLimit);
  await condition(() => !isHeld() || ended() || carry());
  if (ended()) return false;
  if (carry()) throw new Carried();
  return true;
}
