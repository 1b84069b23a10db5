import { workflowInfo } from '@temporalio/workflow';
import type {
  ClusterView,
  MemberChangedMessage,
  OperationEndedMessage,
  TalosChangedMessage,
} from '../../../domain/cluster/messages';
import { problem, type Problem } from '../../../domain/errors';
import { clusterOfTaskQueue, clusterWorkflowId } from '../../../domain/names';
import { checkFields, eventLimit, text, type RequestFields } from '../../shared/requestFields';
import { reminder } from './dues';
import { showCluster } from './show';
import { viewOf, type ClusterEntityRequest, type EntityState } from './state';

/** The entity as it runs: whose it is, what it remembers, and what only this run of it knows. */
export interface Keeper {
  readonly cluster: string;
  readonly profile: string;
  readonly state: EntityState;
  /** How often anything has changed: whoever waits looks again. */
  changes: number;
  /** It was told something to do. */
  isUsed: boolean;
  /** First run of the operation whose end Temporal tells this run of; those that a former run started are looked for. */
  followed?: string;
  /** First runs of operations whose end Temporal will tell this run of, and has not yet: one tells of its end itself before it has ended. */
  readonly ending: Set<string>;
  /** What was told while an operation was being started: it may be the new one's, or a former one's. */
  readonly early: (MemberChangedMessage | TalosChangedMessage | OperationEndedMessage)[];
}

const fields: RequestFields<ClusterEntityRequest> = {
  profile: text,
  cluster: text,
  historyEventLimit: eventLimit,
};

/** Checks what the entity was started with. Throws InputInvalid. */
export function openKeeper(request: ClusterEntityRequest, carried: EntityState | undefined): Keeper {
  checkFields<ClusterEntityRequest>(request, fields, '{"profile":"plain-lab"}', ['profile']);
  const { profile, cluster = clusterOfTaskQueue(workflowInfo().taskQueue) ?? '' } = request;
  const isUsed = carried !== undefined;
  return { cluster, profile, state: { ...carried }, changes: 0, isUsed, ending: new Set(), early: [] };
}

/**
 * Why this workflow may not keep the cluster: it has another ID than the one that keeps it, or waits for the workers of
 * another Proxmox cluster. Asked before each message; not at the start, for a replay has neither ID nor queue.
 */
export function misplaced({ cluster, profile }: Keeper): Problem | undefined {
  const { taskQueue, workflowId } = workflowInfo();
  const wanted = clusterWorkflowId(clusterOfTaskQueue(taskQueue) ?? cluster, profile);
  if (workflowId === wanted && wanted === clusterWorkflowId(cluster, profile)) return undefined;
  return problem('InputInvalid', {
    attempted: `keep the cluster ${profile} of ${cluster}`,
    failed: `the workflow has the ID ${workflowId} on the task queue ${taskQueue}`,
    remedy: `A cluster has one workflow that keeps it: ${wanted} on the queue of its workers. Terminate this one.`,
  });
}

/** What people and programs see of it. */
export function keeperView({ cluster, profile, state }: Keeper): ClusterView {
  const notice = state.notice ?? reminder(state, profile, Date.now());
  return viewOf({ ...state, ...(notice === undefined ? {} : { notice }) }, { cluster, profile });
}

/** Call it after each change of the state. */
export function keeperChanged(keeper: Keeper): void {
  keeper.changes += 1;
  showCluster(keeperView(keeper));
}

/** Whether Temporal tells this run when the operation under way ends. */
export function isFollowed({ state: { operation }, followed }: Keeper): boolean {
  return operation !== undefined && (operation.run === undefined || operation.run === followed);
}
