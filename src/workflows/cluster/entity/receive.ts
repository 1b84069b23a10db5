import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  log,
  setHandler,
} from '@temporalio/workflow';
import type { ClusterView, ExtendMessage } from '../../../domain/cluster/messages';
import { clusterActions, type ClusterAction, type ClusterRequest } from '../../../domain/cluster/request';
import { problem } from '../../../domain/errors';
import {
  actionDescriptions,
  actionUpdate,
  clusterQuery,
  extendDescription,
  extendUpdate,
  memberChangedSignal,
  operationEndedSignal,
  talosChangedSignal,
} from '../messages';
import { checkClusterRequest } from '../request';
import { refusal } from '../../shared/failures';
import { signals } from '../../shared/messages';
import { now } from '../../shared/operation';
import { isRecord } from '../../shared/requestFields';
import { begin } from './begin';
import { isMemberChanged, isOperationEnded, isTalosChanged } from './forms';
import { endAsked, senseless, underWay } from './judge';
import { isFollowed, keeperChanged, keeperView, misplaced, type Keeper } from './keeper';
import { takeTold } from './told';

/** Registers all handlers of the entity. Call it before the first await of the workflow. */
export function receiveClusterMessages(keeper: Keeper): void {
  setHandler(clusterQuery, () => keeperView(keeper), {
    description: 'Members, times, and the operation that is under way.',
  });
  for (const action of clusterActions) {
    setHandler(
      actionUpdate(action),
      (message) => lasting(() => begin(keeper, requestOf(keeper, action, message))),
      {
        validator: (message) => refuseAction(keeper, requestOf(keeper, action, message)),
        description: actionDescriptions[action],
      },
    );
  }
  setHandler(extendUpdate, (message) => lasting(() => extend(keeper, message)), {
    validator: (message) => void endOf(keeper, message),
    description: extendDescription,
  });
  setHandler(memberChangedSignal, (message: unknown) => {
    if (isMemberChanged(message)) takeTold(keeper, message, now());
    else ignore('memberChanged');
    keeperChanged(keeper);
  });
  setHandler(talosChangedSignal, (message: unknown) => {
    if (isTalosChanged(message)) takeTold(keeper, message, now());
    else ignore('talosChanged');
    keeperChanged(keeper);
  });
  setHandler(operationEndedSignal, (message: unknown) => {
    if (isOperationEnded(message)) takeTold(keeper, message, now());
    else ignore('operationEnded');
    keeperChanged(keeper);
  });
}

/** What an action's update asks for: the workflow itself says profile and action. Throws InputInvalid. */
function requestOf({ profile }: Keeper, action: ClusterAction, message: unknown): ClusterRequest {
  const given = message ?? {};
  if (!isRecord(given)) throw invalid(action, profile, 'it must be one JSON object, {} at the least');
  const request: unknown = { profile, action, ...given };
  checkClusterRequest(request);
  if (request.profile === profile && request.action === action) return request;
  throw invalid(action, profile, `it asks to ${request.action} ${request.profile}`);
}

/**
 * Refuses what would be refused anyway, before anything is written. An operation that a former run started may have been
 * lost: whether it is there still can't be found out here.
 */
function refuseAction(keeper: Keeper, request: ClusterRequest): void {
  const { state } = keeper;
  const elsewhere = misplaced(keeper);
  if (elsewhere !== undefined) throw refusal(elsewhere);
  if (state.operation !== undefined) {
    if (isFollowed(keeper)) throw refusal(underWay(state.operation, request));
    return;
  }
  const it = senseless(state, request);
  if (it !== undefined) throw refusal(it);
}

/** A destruction that the entity began because the time was over is taken back, unless somebody has approved it already. */
async function extend(keeper: Keeper, message: ExtendMessage): Promise<ClusterView> {
  const { state } = keeper;
  const { endsAt } = endOf(keeper, message);
  const { record, operation } = state;
  if (record === undefined) return keeperView(keeper);
  const { profile, instance, members, asideUntil, talos } = record;
  state.record = {
    ...{ profile, instance, members },
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(asideUntil === undefined ? {} : { asideUntil }),
    ...(talos === undefined ? {} : { talos }),
  };
  delete state.notBefore;
  delete state.notice;
  if (operation !== undefined) state.operation = { ...operation, isExtended: true };
  keeperChanged(keeper);
  if (operation?.isByItself === true && operation.action === 'destroy') {
    // One that is only being started can't be told anything yet.
    await condition(() => state.operation?.since !== operation.since || state.operation.run !== undefined);
    if (state.operation?.since === operation.since) await takeBack(operation.workflowId, message.by);
  }
  return keeperView(keeper);
}

async function takeBack(workflowId: string, by: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(signals.reject, {
      by,
      comment: 'the time to live was extended',
    });
  } catch (error) {
    // It has just ended: then there is nothing to take back.
    log.info('nothing to take back', { workflowId, reason: String(error) });
  }
}

/** The time that a message asks for. Throws a refusal. */
function endOf({ state, profile }: Keeper, message: unknown): { readonly endsAt?: string } {
  const asked = endAsked(state, profile, message, Date.now());
  if ('code' in asked) throw refusal(asked);
  return asked;
}

function ignore(signal: string): void {
  log.warn('signal ignored: it has another form', { signal });
}

function invalid(action: ClusterAction, profile: string, failed: string) {
  return refusal(problem('InputInvalid', { attempted: `${action} the cluster ${profile}`, failed }));
}

/** A cancel of the workflow ends none of its handlers. */
function lasting<T>(handle: () => Promise<T>): Promise<T> {
  return CancellationScope.nonCancellable(handle);
}
