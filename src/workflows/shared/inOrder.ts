import { condition } from '@temporalio/workflow';
import { Carried, carryWanted } from './carry';
import type { Operation } from './operation';
import { forgetUnstarted, over, recordOf, type NewStep } from './records';
import { holdsBack, isUnderWay, type OpenStep, type OperationPlan } from './state';
import { stepRun, type StepRun } from './stepRun';

/** What runs one after the other: the items in their order, the step of each, and how it runs. */
export interface OrderedWork<Item, Result> {
  readonly items: readonly Item[];
  readonly stepOf: (item: Item) => NewStep;
  readonly run: (step: StepRun<Result>, item: Item) => Promise<void>;
}

/**
 * Runs steps one after the other: each builds on those before it, so nothing follows a step that is not done. While the
 * operation is held back (paused) nothing new starts; cancelled, or with a new plan wanted, it returns.
 */
export async function inOrder<Item, Result>(
  operation: Operation<OperationPlan, Result>,
  { items, stepOf, run }: OrderedWork<Item, Result>,
): Promise<void> {
  const { state, definition } = operation;
  const ended = () => state.cancel !== undefined || state.replanWanted;
  const carry = () => carryWanted(definition.historyEventLimit);
  const isNewPlan = state.planIsNew;
  const anew = (record: OpenStep) => isNewPlan && !ended() && over.has(record.phase);
  const wanted = items.map((item) => ({ item, step: stepOf(item) }));
  state.phase = 'running';
  forgetUnstarted(state.steps, new Set(wanted.map(({ step }) => step.id)));
  const entries = wanted.map(({ item, step }) => ({ item, record: recordOf(state.steps, step, anew) }));
  state.planIsNew = false;
  operation.changed();
  for (const { item, record } of entries) {
    if (record.phase === 'done') continue;
    if (over.has(record.phase)) return;
    if (!isUnderWay(record)) {
      await condition(() => !holdsBack(state) || ended() || carry());
      if (ended()) return;
      if (carry()) throw new Carried();
    }
    await run(stepRun(operation, record), item);
    if (!isDone(record)) return;
  }
}

function isDone({ phase }: OpenStep): boolean {
  return phase === 'done';
}
