import { setTimeout as delay } from 'node:timers/promises';
import { ManagerError, problem } from '../../domain/errors';
import { evacuationWorkflowId } from '../../domain/names';
import type { EvacuationPlan } from '../../domain/evacuationPlan';
import type { TaskProgress } from '../../domain/progress';
import { isEvacuationPlan } from '../shapes';
import { readPlan } from '../operations/read';
import { takeSnapshot, type OperationSnapshot } from '../operations/snapshot';
import type { DemoStage } from './stage';

/** The node that the demo empties. */
export const demoNode = 'pve01';
const lookEveryMs = 400;
const absencePatienceMs = 60_000;

/** The one operation of the demo. */
export function demoWorkflowId({ config }: DemoStage): string {
  return evacuationWorkflowId(config.cluster.name, demoNode);
}

/** Looks once. */
export function look(stage: DemoStage): Promise<OperationSnapshot> {
  return takeSnapshot(stage.temporal.client, demoWorkflowId(stage));
}

/**
 * Looks again and again, until `seen` finds something; undefined once the operation has closed. Throws
 * ManagerError NoWorker if no worker has answered for a minute.
 */
export async function watchUntil<T>(
  stage: DemoStage,
  seen: (snapshot: OperationSnapshot) => T | undefined,
): Promise<T | undefined> {
  let answeredAt = Date.now();
  for (;;) {
    const snapshot = await look(stage);
    if (snapshot.progress !== undefined) answeredAt = Date.now();
    else if (Date.now() - answeredAt > absencePatienceMs) throw absent();
    const found = seen(snapshot);
    if (found !== undefined) return found;
    if (snapshot.closed) return undefined;
    await delay(lookEveryMs);
  }
}

/** The plan, once it waits for approval. Undefined: the operation closed without one. */
export async function planOf(stage: DemoStage): Promise<EvacuationPlan | undefined> {
  await watchUntil(stage, ({ progress }) => (progress?.waitingFor === 'approval' ? true : undefined));
  const plan = await readPlan(stage.temporal.client, demoWorkflowId(stage));
  return isEvacuationPlan(plan) ? plan : undefined;
}

/** The longest copy, once it is seen to be half done. */
export function halfCopied({ running }: OperationSnapshot): TaskProgress | undefined {
  const [longest] = running.toSorted((one, other) => other.totalBytes - one.totalBytes);
  return longest !== undefined && longest.copiedBytes >= longest.totalBytes / 2 ? longest : undefined;
}

/** Once a worker answers again and this copy is further on in the same task; true if its guest is proven already. */
export function takenUp({ progress, running }: OperationSnapshot, task: TaskProgress): true | undefined {
  if (progress === undefined) return undefined;
  const further = running.some((now) => now.upid === task.upid && now.copiedBytes > task.copiedBytes);
  const step = progress.steps.find(({ vmid }) => vmid === task.vmid);
  return further || step?.phase === 'done' ? true : undefined;
}

function absent(): ManagerError {
  const failed = 'the worker has not answered for a minute';
  return new ManagerError(problem('NoWorker', { attempted: 'follow the operation', failed }));
}
