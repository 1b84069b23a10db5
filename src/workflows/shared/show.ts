import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { clusterOfTaskQueue, searchAttributeVmidLimit, type SearchAttributeName } from '../../domain/names';
import type { OperationPhase, WaitingFor } from '../../domain/progress';
import type { Step } from '../../domain/step';
import { describeOperation } from './details';
import type { Operation } from './operation';
import { openDecisions, type OperationPlan, type OperationState } from './state';

/** Whom or what the operation waits for. */
export function waitingFor(state: OperationState<OperationPlan, unknown>): WaitingFor {
  const open = openDecisions(state);
  if (open.some((decision) => decision.kind === 'credentials')) return 'credentials';
  if (open.length > 0) return 'decision';
  if (state.phase === 'waitingForApproval') return 'approval';
  if (state.paused) return 'resume';
  return 'nothing';
}

/** The phase as shown: a paused operation says so. */
export function shownPhase(state: OperationState<OperationPlan, unknown>): OperationPhase {
  return state.paused && state.phase === 'running' ? 'paused' : state.phase;
}

const inMotion: ReadonlySet<Step['phase']> = new Set([
  'starting',
  'copying',
  'ending',
  'proving',
  'deciding',
]);

function vmidsInMotion(steps: readonly Step[]): readonly number[] {
  return steps
    .filter((step) => inMotion.has(step.phase))
    .flatMap(({ vmid }) => (vmid === undefined ? [] : [vmid]));
}

/** Sets the details that the Web UI shows, and the search attributes where they changed (each upsert is an event). */
export function show<Plan extends OperationPlan>(operation: Operation<Plan, unknown>): void {
  const { state, definition } = operation;
  setCurrentDetails(describeOperation(operation));
  const { typedSearchAttributes: current, taskQueue } = workflowInfo();
  // Known before any plan: one that waits in its planning is found by its cluster too.
  const cluster = state.plan?.cluster ?? clusterOfTaskQueue(taskQueue);
  const keywords = [
    { key: keys.operation, value: definition.type },
    ...(definition.node === undefined ? [] : [{ key: keys.node, value: definition.node }]),
    { key: keys.phase, value: shownPhase(state) },
    { key: keys.waitingFor, value: waitingFor(state) },
    ...(cluster === undefined ? [] : [{ key: keys.cluster, value: cluster }]),
  ].filter(({ key, value }) => current.get(key) !== value);
  const moving = definition.vmidsInMotion?.(state) ?? vmidsInMotion(state.steps);
  const vmids = moving.slice(0, searchAttributeVmidLimit).map(String);
  const vmidsChanged = String(current.get(keys.vmids) ?? []) !== String(vmids);
  if (keywords.length > 0 || vmidsChanged)
    upsertSearchAttributes([...keywords, ...(vmidsChanged ? [{ key: keys.vmids, value: vmids }] : [])]);
}

const keyword = (name: SearchAttributeName) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);

const keys = {
  cluster: keyword('PveCluster'),
  node: keyword('PveNode'),
  operation: keyword('PveOperation'),
  phase: keyword('PvePhase'),
  waitingFor: keyword('PveWaitingFor'),
  vmids: defineSearchAttributeKey('PveVmids', SearchAttributeType.KEYWORD_LIST),
};

export { keys as searchAttributeKeys };
