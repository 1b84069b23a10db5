import { condition } from '@temporalio/workflow';
import type { LaneRule } from '../../domain/evacuationPlan';
import { laneEnded, laneStarted, mayStartNext } from '../../planning/rules/lanes';
import { Carried, carryWanted } from './carry';
import type { Operation } from './operation';
import { holdsBack, stepsUnderWay, type OpenStep, type OperationPlan } from './state';
import { forgetUnstarted, over, recordOf, type NewStep } from './records';
import { stepRun, type StepRun } from './stepRun';

/** A step on a guest, before it starts. */
export type NewLaneStep = NewStep & { readonly vmid: number };

/** What runs in lanes: the items in the order of their start, the step of each, and how it runs. */
export interface LaneWork<Item, Result> {
  readonly items: readonly Item[];
  readonly stepOf: (item: Item) => NewLaneStep;
  readonly rule: LaneRule;
  readonly run: (step: StepRun<Result>, item: Item) => Promise<void>;
}

/**
 * Runs steps in lanes: what a former run had under way is taken up first, then the next starts whenever the rule
 * allows one more. While the operation is held back (paused, cancelled, a decision open, a new plan wanted)
 * nothing new starts and what runs goes on. Returns when everything that was started is over and nothing may
 * start any more.
 */
export async function inLanes<Item, Result>(
  operation: Operation<OperationPlan, Result>,
  work: LaneWork<Item, Result>,
): Promise<void> {
  const { state, definition } = operation;
  state.phase = 'running';
  const wanted = work.items.map((item) => ({ item, step: work.stepOf(item) }));
  forgetUnstarted(state.steps, new Set(wanted.map(({ step }) => step.id)));
  const ended = () => state.cancel !== undefined || state.replanWanted;
  const isNewPlan = state.planIsNew;
  const anew = (record: OpenStep) => isNewPlan && !ended() && over.has(record.phase);
  const entries = wanted.map(({ item, step }) => ({
    item,
    vmid: step.vmid,
    record: recordOf(state.steps, step, anew),
  }));
  state.planIsNew = false;
  type Entry = (typeof entries)[number];
  const running = new Set<Entry>();
  let carried = false;
  let failure: { readonly error: unknown } | undefined;

  function start(entry: Entry): void {
    const { record, item, vmid } = entry;
    running.add(entry);
    state.lanes = laneStarted(state.lanes, vmid);
    void work
      .run(stepRun(operation, record), item)
      .catch((error: unknown) => {
        if (error instanceof Carried) carried = true;
        else failure = { error };
      })
      .finally(() => {
        running.delete(entry);
        state.lanes = laneEnded(state.lanes, vmid);
      });
  }

  const wantsCarry = () => carried || carryWanted(definition.historyEventLimit);
  const stopped = () => failure !== undefined || wantsCarry();
  const next = () => entries.find((entry) => entry.record.phase === 'waiting' && !running.has(entry));
  const mayStart = () => !holdsBack(state) && mayStartNext(work.rule, state.lanes) && next() !== undefined;

  operation.changed();
  for (const entry of entries) {
    if (entry.record.phase !== 'waiting' && !over.has(entry.record.phase)) start(entry);
  }
  for (;;) {
    await condition(
      () => stopped() || mayStart() || (running.size === 0 && (ended() || next() === undefined)),
    );
    if (stopped()) break;
    const entry = mayStart() ? next() : undefined;
    if (entry === undefined) break;
    start(entry);
  }
  await condition(() => running.size === 0);
  if (failure !== undefined) throw failure.error;
  // What was unwound on its way is never left behind; what was not begun needs no other run if it may not start any more.
  if (wantsCarry() && (stepsUnderWay(state) || (!ended() && next() !== undefined))) throw new Carried();
}
