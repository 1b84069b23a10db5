import { condition } from '@temporalio/workflow';
import { Carried, carryWanted } from '../shared/carry';
import { isUnderWay, stepsUnderWay, type OpenStep } from '../shared/state';
import type { ClusterOperation } from './run';

/** Machines that are worked on at once; one that waits for a person is not counted. */
const atOnce = 32;

/**
 * Runs a pipeline for each item, in their order, several at once; those of which `waits` says that they wait for others are
 * not counted. One that fails, or asks, does not hold the others up. True if all of them went through. Once a person has
 * ended the operation nothing new is begun: only what a former run of the workflow has begun is gone on with, what is under
 * way first, as each pipeline ends it by itself.
 */
export async function inPipelines<Item extends { readonly vmid: number }>(
  { state, definition }: ClusterOperation,
  items: readonly Item[],
  pipeline: (item: Item) => Promise<boolean>,
  waits: (item: Item) => boolean = () => false,
): Promise<boolean> {
  const waiting = [...items];
  const running = new Set<Item>();
  const ended: { isWhole: boolean; isCarried: boolean; failure?: { readonly error: unknown } } = {
    isWhole: true,
    isCarried: false,
  };

  function start(item: Item): void {
    running.add(item);
    void pipeline(item)
      .then((isThrough) => {
        ended.isWhole &&= isThrough;
      })
      .catch((error: unknown) => {
        if (error instanceof Carried) ended.isCarried = true;
        else ended.failure = { error };
      })
      .finally(() => running.delete(item));
  }

  const hasStep = ({ vmid }: Item, isSo: (step: OpenStep) => boolean) =>
    state.steps.some((step) => step.vmid === vmid && isSo(step));
  const isParked = (item: Item) => hasStep(item, ({ phase }) => phase === 'deciding');
  const wantsCarry = () => ended.isCarried || carryWanted(definition.historyEventLimit);
  const isOver = () => state.cancel !== undefined;
  // What is through already is gone through once more: the phase after this one may have steps under way.
  const begunNext = () =>
    waiting.find((item) => hasStep(item, isUnderWay)) ??
    waiting.find((item) => hasStep(item, ({ phase }) => phase !== 'waiting'));
  const next = () => (isOver() ? begunNext() : waiting[0]);
  const mayStart = () =>
    ended.failure === undefined &&
    !wantsCarry() &&
    [...running].filter((item) => !isParked(item) && !waits(item)).length < atOnce &&
    next() !== undefined;

  for (;;) {
    await condition(() => mayStart() || running.size === 0);
    const item = mayStart() ? next() : undefined;
    if (item === undefined) break;
    waiting.splice(waiting.indexOf(item), 1);
    start(item);
  }
  if (ended.failure !== undefined) throw ended.failure.error;
  // What was unwound on its way is never left behind; what was not begun needs no other run if it may not begin any more.
  const isLeft = () => (isOver() ? stepsUnderWay(state) : waiting.length > 0);
  if (ended.isCarried || (wantsCarry() && isLeft())) throw new Carried();
  return ended.isWhole && waiting.length === 0;
}
