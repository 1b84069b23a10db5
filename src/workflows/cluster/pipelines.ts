import { condition } from '@temporalio/workflow';
import { Carried, carryWanted } from '../shared/carry';
import type { ClusterOperation } from './run';

/** Machines that are worked on at once; one that waits for a person is not counted. */
const atOnce = 16;

/**
 * Runs a pipeline for each item, in their order, several at once. One that fails, or asks, does not hold the others up.
 * True if all of them went through. Nothing new is begun once a person has ended the operation.
 */
export async function inPipelines<Item extends { readonly vmid: number }>(
  { state, definition }: ClusterOperation,
  items: readonly Item[],
  pipeline: (item: Item) => Promise<boolean>,
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

  const isParked = ({ vmid }: Item) =>
    state.steps.some((step) => step.vmid === vmid && step.phase === 'deciding');
  const wantsCarry = () => ended.isCarried || carryWanted(definition.historyEventLimit);
  const isOver = () => ended.failure !== undefined || state.cancel !== undefined;
  const mayStart = () =>
    waiting.length > 0 &&
    !isOver() &&
    !wantsCarry() &&
    [...running].filter((item) => !isParked(item)).length < atOnce;

  for (;;) {
    await condition(() => mayStart() || running.size === 0);
    const next = mayStart() ? waiting.shift() : undefined;
    if (next === undefined) break;
    start(next);
  }
  if (ended.failure !== undefined) throw ended.failure.error;
  // What was unwound on its way is never left behind; what was not begun needs no other run if it may not begin any more.
  if (ended.isCarried || (wantsCarry() && waiting.length > 0 && !isOver())) throw new Carried();
  return ended.isWhole && waiting.length === 0;
}
