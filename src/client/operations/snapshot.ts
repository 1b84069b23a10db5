import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { Decision } from '../../domain/decision';
import type { PlaybookProgress } from '../../domain/ansible/run';
import type { OperationProgress, TaskProgress } from '../../domain/progress';
import { isPlaybookProgress, isTaskProgress } from '../shapes';
import { keywordOf } from './searchAttributes';
import { decodePayloads } from './payloads';
import { retriesOf, type Retry } from './retries';
import { readDecisions, readProgress } from './read';

/** An operation at one moment. */
export interface OperationSnapshot {
  readonly workflowId: string;
  /** The run that was looked at; it may go on in another one. */
  readonly runId: string;
  /** The run that it began with: tells it from another operation of this ID. */
  readonly firstRunId: string;
  /** Its workflow type, e.g. `evacuateNode`. */
  readonly type: string;
  readonly closed: boolean;
  /** Absent: no worker answers now. */
  readonly progress?: OperationProgress;
  readonly openDecisions: readonly Decision[];
  /** Running copies, from the heartbeats of their activities; also there while no worker answers queries. */
  readonly running: readonly TaskProgress[];
  /** Where the run of a playbook is, from the same source. */
  readonly playbook?: PlaybookProgress;
  /** What has failed and is tried again by itself; also there while no worker answers queries. */
  readonly retries: readonly Retry[];
  /** Search attribute PvePhase: what is known without a worker. */
  readonly lastKnownPhase?: string;
}

/** Looks at an operation once. Throws WorkflowNotFoundError if there is none. */
export async function takeSnapshot(client: Client, workflowId: string): Promise<OperationSnapshot> {
  const description = await client.workflow.getHandle(workflowId).describe();
  const told = await heartbeats(client, description);
  const running = told.filter(isTaskProgress);
  const playbook = told.find(isPlaybookProgress);
  const retries = retriesOf(client, description);
  const phase = keywordOf(description, 'PvePhase');
  const { runId } = description;
  const seen = {
    workflowId,
    runId,
    firstRunId: description.raw.workflowExecutionInfo?.firstRunId ?? runId,
    type: description.type,
    running,
    retries,
    ...(playbook === undefined ? {} : { playbook }),
    ...(phase === undefined ? {} : { lastKnownPhase: phase }),
  };
  if (description.status.name !== 'RUNNING') return { ...seen, closed: true, openDecisions: [] };
  const progress = await readProgress(client, workflowId, runId);
  if (progress === undefined) return { ...seen, closed: false, openDecisions: [] };
  const decisions = progress.openDecisions > 0 ? await readDecisions(client, workflowId, runId) : [];
  const openDecisions = (decisions ?? []).filter((decision) => decision.answer === undefined);
  return { ...seen, closed: false, progress, openDecisions };
}

async function heartbeats(
  client: Client,
  description: WorkflowExecutionDescription,
): Promise<readonly unknown[]> {
  const pending = description.raw.pendingActivities ?? [];
  const details = await Promise.all(
    pending.map((activity) => decodePayloads(client, activity.heartbeatDetails?.payloads ?? [])),
  );
  return details.map(([first]) => first);
}
