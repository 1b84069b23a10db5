import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { ManagerError, problem } from '../../domain/errors';
import type { AnyPlan } from '../../domain/operation';
import { questionOf } from '../operations/questions';
import { readPlan } from '../operations/read';
import { takeSnapshot, type OperationSnapshot } from '../operations/snapshot';
import type { ProgressView } from '../view/progressView';

/** An operation of a demo. */
export interface DemoOperation {
  readonly client: Client;
  readonly workflowId: string;
}

/** What is looked for: undefined as long as it is not there. */
type Sight<T> = (snapshot: OperationSnapshot) => T | undefined | Promise<T | undefined>;

const lookEveryMs = 400;
const absencePatienceMs = 60_000;

/** Looks once. */
export function look({ client, workflowId }: DemoOperation): Promise<OperationSnapshot> {
  return takeSnapshot(client, workflowId);
}

/**
 * Looks again and again, until `seen` finds something; undefined once the operation has closed. Throws
 * ManagerError NoWorker if no worker has answered for a minute, and whatever made the operation ask for a decision:
 * nothing in a demo should.
 */
export async function watchUntil<T>(operation: DemoOperation, seen: Sight<T>): Promise<T | undefined> {
  let answeredAt = Date.now();
  for (;;) {
    const snapshot = await look(operation);
    if (snapshot.progress !== undefined) answeredAt = Date.now();
    else if (Date.now() - answeredAt > absencePatienceMs) throw absent();
    const [decision] = snapshot.openDecisions;
    if (decision !== undefined) throw new ManagerError(decision.problem);
    const found = await seen(snapshot);
    if (found !== undefined) return found;
    if (snapshot.closed) return undefined;
    await delay(lookEveryMs);
  }
}

/** Whether a worker of that process is busy with it. */
export async function worksOn({ client, workflowId }: DemoOperation, pid: number): Promise<boolean> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const workers = (raw.pendingActivities ?? []).map(({ lastWorkerIdentity }) => lastWorkerIdentity ?? '');
  return workers.some((identity) => identity.startsWith(`${pid}@`));
}

/**
 * Shows progress until `seen` finds something; undefined once the operation has closed. Throws ManagerError PlanDrifted
 * where another plan waits for approval than the one that was approved: nobody would answer.
 */
export function follow<T>(
  operation: DemoOperation,
  view: ProgressView,
  seen: Sight<T>,
): Promise<T | undefined> {
  return watchUntil(operation, (snapshot) => {
    if (questionOf(snapshot)?.kind === 'approval') throw remade();
    view.update(snapshot);
    return seen(snapshot);
  });
}

/** The plan, once it waits for approval. Undefined: the operation closed without one. */
export async function planOf<Plan extends AnyPlan>(
  operation: DemoOperation,
  isSuch: (plan: AnyPlan) => plan is Plan,
): Promise<Plan | undefined> {
  await watchUntil(operation, ({ progress }) => (progress?.waitingFor === 'approval' ? true : undefined));
  const plan = await readPlan(operation.client, operation.workflowId);
  return plan != null && isSuch(plan) ? plan : undefined;
}

function remade(): ManagerError {
  const failed = 'the approved plan did not hold any more, and another one was made';
  return new ManagerError(problem('PlanDrifted', { attempted: 'follow the operation', failed }));
}

function absent(): ManagerError {
  const failed = 'the worker has not answered for a minute';
  return new ManagerError(problem('NoWorker', { attempted: 'follow the operation', failed }));
}
