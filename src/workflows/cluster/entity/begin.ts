import {
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  ParentClosePolicy,
  proxyActivities,
  sleep,
  startChild,
  uuid4,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { TerminatedFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { LedgerActivities } from '../../../activities/ledger/contract';
import type { ActionStarted, OperationUnderWay } from '../../../domain/cluster/messages';
import type { ClusterReport } from '../../../domain/cluster/report';
import type { ClusterChange, ClusterRequest } from '../../../domain/cluster/request';
import type { Problem } from '../../../domain/errors';
import { changeClusterWorkflowId, workflowTypes } from '../../../domain/names';
import type { changeCluster } from '../../changeCluster';
import { refusal } from '../../shared/failures';
import { now } from '../../shared/operation';
import { isUnderWay, operationEnded, operationLost } from './changes';
import { senseless, startedElsewhere, underWay } from './judge';
import { isFollowed, keeperChanged, type Keeper } from './keeper';
import { membersOf } from './state';
import { forgetUnstarted, takeEarly } from './told';

const { closedHolders } = proxyActivities<LedgerActivities>({
  startToCloseTimeout: '30s',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '10s', maximumAttempts: 5 },
});

/**
 * The operation before tells of its end a moment before it has ended. Temporal tells of that, but not where a former run
 * of the entity has started it: then it is tried so often.
 */
const startTries = 10;
const startAgainAfter = '1s';

/**
 * Starts the operation that a request asks for. Throws a refusal while another one is under way, and where the request
 * makes no sense for the cluster as it is.
 */
export async function begin(
  keeper: Keeper,
  request: ClusterRequest,
  isByItself = false,
): Promise<ActionStarted> {
  const { state } = keeper;
  if (state.operation !== undefined && !isFollowed(keeper)) await freeIfLost(keeper);
  if (state.operation !== undefined) throw refusal(underWay(state.operation, request));
  refuse(senseless(state, request));
  const operation = newOperation(keeper, request, isByItself);
  const change = changeOf(keeper, request);
  state.operation = operation;
  keeper.isUsed = true;
  keeperChanged(keeper);
  try {
    const child = await startPatiently(keeper, change, operation);
    const run = child.firstExecutionRunId;
    state.operation = { ...operation, ...state.operation, run };
    keeper.followed = run;
    if (request.dryRun !== true) delete state.replacement;
    follow(keeper, child, run);
    takeEarly(keeper, now());
    keeperChanged(keeper);
    return { workflowId: child.workflowId, firstExecutionRunId: run };
  } catch (error) {
    forgetUnstarted(keeper);
    keeperChanged(keeper);
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      throw refusal(startedElsewhere(operation.workflowId, request));
    }
    throw error;
  }
}

/** Finds out whether the operation under way, which a former run of the entity started, is still there. */
export async function freeIfLost(keeper: Keeper): Promise<void> {
  const { workflowId, run } = keeper.state.operation ?? {};
  if (workflowId === undefined || run === undefined) return;
  const closed = await closedHolders({ holders: [{ workflowId, firstExecutionRunId: run }] });
  if (closed.length === 0) return;
  operationLost(keeper.state, run, 'it is not there any more', now());
  keeperChanged(keeper);
}

function refuse(it: Problem | undefined): void {
  if (it !== undefined) throw refusal(it);
}

function newOperation(
  { cluster, profile }: Keeper,
  { action, requestedBy, graceMs }: ClusterRequest,
  isByItself: boolean,
): OperationUnderWay {
  return {
    ...{ action, workflowId: changeClusterWorkflowId(cluster, profile), since: now() },
    ...(requestedBy === undefined ? {} : { requestedBy }),
    ...(isByItself ? { isByItself } : {}),
    ...(graceMs === undefined ? {} : { graceMs }),
  };
}

/** A cluster that has no members is another one than any before it: it gets an instance of its own. */
function changeOf({ state, profile }: Keeper, request: ClusterRequest): ClusterChange {
  const { record } = state;
  const hasMembers = record !== undefined && membersOf(state).length > 0;
  const instance = hasMembers ? record.instance : uuid4();
  if (!hasMembers) {
    state.record = { profile, instance, members: [] };
    delete state.notBefore;
  }
  const entity = { workflowId: workflowInfo().workflowId, instance };
  return { request, ...(hasMembers ? { record } : {}), entity };
}

async function startPatiently(
  { cluster, profile, ending }: Keeper,
  change: ClusterChange,
  { workflowId, requestedBy }: OperationUnderWay,
): Promise<ChildWorkflowHandle<typeof changeCluster>> {
  const { action } = change.request;
  for (let tries = 1; ; tries += 1) {
    try {
      return await CancellationScope.nonCancellable(() =>
        startChild<typeof changeCluster>(workflowTypes.changeCluster, {
          args: [change],
          workflowId,
          parentClosePolicy: ParentClosePolicy.ABANDON,
          cancellationType: ChildWorkflowCancellationType.ABANDON,
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          staticSummary: `${action} ${profile} (${cluster}), asked by ${requestedBy ?? 'somebody'}`.slice(
            0,
            100,
          ),
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (ending.size > 0) await condition(() => ending.size === 0);
      else if (tries >= startTries) throw error;
      else await sleep(startAgainAfter);
    }
  }
}

/** It says itself how it ended; where it could not, its result does, or that it was terminated. */
function follow(keeper: Keeper, child: ChildWorkflowHandle<typeof changeCluster>, run: string): void {
  const { state, ending } = keeper;
  const lost = (because: string) => operationLost(state, run, because, now());
  ending.add(run);
  void child
    .result()
    .then(
      (report: ClusterReport) => {
        operationEnded(state, { ...report, run }, now());
        if (isUnderWay(state, run)) lost('its report is not of this cluster');
      },
      (error: unknown) => lost(reasonOf(error)),
    )
    .then(() => {
      ending.delete(run);
      keeperChanged(keeper);
    });
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof TerminatedFailure) return 'it was terminated';
  return cause instanceof Error ? cause.message : String(error);
}
