import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  workflowInfo,
} from '@temporalio/workflow';
import type { ClusterView } from '../domain/cluster/messages';
import { begin, freeIfLost } from './cluster/entity/begin';
import { dueAction, putOff, requestByItself, untilDueMs, type DueAction } from './cluster/entity/dues';
import { isFollowed, keeperChanged, keeperView, openKeeper, type Keeper } from './cluster/entity/keeper';
import { receiveClusterMessages } from './cluster/entity/receive';
import { isEmpty, type ClusterEntityRequest, type EntityState } from './cluster/entity/state';
import { carryWanted } from './shared/carry';

/** Whoever starts it by hand has this long to tell it what to do. */
const lingerMs = 60_000;
/** How often an operation that a former run started is looked for. */
const lookEveryMs = 600_000;
/** No wait is longer: it looks again then. */
const longestWaitMs = 30 * 86_400_000;

/**
 * Keeps one cluster of machines: who its members are, which operation is under way, when its time is over. Each action is
 * an update, so two can never run at once; the operation itself is a child, which tells of every machine as it goes. It
 * lives as long as there is a machine, or an operation; callers reach it by update-with-start.
 */
export function vmCluster(request: ClusterEntityRequest, carried?: EntityState): Promise<ClusterView> {
  const keeper = openKeeper(request, carried);
  const { state } = keeper;
  receiveClusterMessages(keeper);
  CancellationScope.current().cancelRequested.catch(() => {
    state.notice = `A cluster is not ended by cancelling what keeps it: pxm cluster destroy ${keeper.profile}`;
    keeperChanged(keeper);
  });
  return CancellationScope.nonCancellable(async () => {
    keeperChanged(keeper);
    const long = () => carryWanted(request.historyEventLimit);
    await condition(() => !isUnused(keeper) || long(), lingerMs, { summary: 'waits for its first message' });
    while (!isOver(keeper)) {
      if (long()) {
        await condition(allHandlersFinished);
        return continueAsNew<typeof vmCluster>(request, state);
      }
      await goOn(keeper, long);
    }
    return keeperView(keeper);
  });
}

/** Nothing to keep, and nobody is answered. */
function isOver({ state }: Keeper): boolean {
  return isEmpty(state) && allHandlersFinished();
}

function isUnused({ state, isUsed }: Keeper): boolean {
  return !isUsed && isEmpty(state);
}

/** Starts what is due; else waits until something is, or changes. Every time is of the cluster as it is now. */
async function goOn(keeper: Keeper, long: () => boolean): Promise<void> {
  const { state, changes } = keeper;
  const action = dueAction(state, Date.now());
  if (action !== undefined) return beginByItself(keeper, action);
  const isLookedFor = state.operation !== undefined && !isFollowed(keeper);
  const dueMs = isLookedFor ? lookEveryMs : untilDueMs(state, Date.now());
  const isWoken = () => keeper.changes !== changes || long() || isOver(keeper);
  if (dueMs === undefined) return condition(isWoken);
  const isChanged = await condition(isWoken, Math.min(dueMs, longestWaitMs), { summary: summaryOf(keeper) });
  if (isChanged) return;
  if (isLookedFor) await lookForOperation(keeper);
  keeperChanged(keeper);
}

/** A replacement was asked for by a person; for all else a time was over. */
async function beginByItself(keeper: Keeper, action: DueAction): Promise<void> {
  const { state, profile } = keeper;
  try {
    await begin(keeper, requestByItself(state, profile, action), action !== 'replace');
  } catch {
    putOff(state, action, Date.now());
    keeperChanged(keeper);
  }
}

async function lookForOperation(keeper: Keeper): Promise<void> {
  try {
    await freeIfLost(keeper);
  } catch {
    // It could not be looked up now; the next look, or the next message, asks again.
  }
}

function summaryOf({ state }: Keeper): string {
  return state.operation === undefined
    ? 'waits until a time of the cluster is over'
    : `looks whether ${workflowInfo().workflowId} still has its operation`;
}
