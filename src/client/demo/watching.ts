import { setTimeout as delay } from 'node:timers/promises';
import { evacuationWorkflowId } from '../../domain/names';
import type { EvacuationPlan } from '../../domain/evacuationPlan';
import type { TaskProgress } from '../../domain/progress';
import { readPlan } from '../operations/read';
import { takeSnapshot, type OperationSnapshot } from '../operations/snapshot';
import type { DemoStage } from './stage';

/** The node that the demo empties. */
export const demoNode = 'pve01';
const lookEveryMs = 400;

/** The one operation of the demo. */
export function demoWorkflowId({ config }: DemoStage): string {
  return evacuationWorkflowId(config.cluster.name, demoNode);
}

/** Looks once. */
export function look(stage: DemoStage): Promise<OperationSnapshot> {
  return takeSnapshot(stage.temporal.client, demoWorkflowId(stage));
}

/** Looks again and again, until `seen` finds something; undefined once the operation has closed. */
export async function watchUntil<T>(
  stage: DemoStage,
  seen: (snapshot: OperationSnapshot) => T | undefined,
): Promise<T | undefined> {
  for (;;) {
    const snapshot = await look(stage);
    const found = seen(snapshot);
    if (found !== undefined) return found;
    if (snapshot.closed) return undefined;
    await delay(lookEveryMs);
  }
}

/** The plan, once it waits for approval. Undefined: the operation closed without one. */
export async function planOf(stage: DemoStage): Promise<EvacuationPlan | undefined> {
  await watchUntil(stage, ({ progress }) => (progress?.waitingFor === 'approval' ? true : undefined));
  return (await readPlan(stage.temporal.client, demoWorkflowId(stage))) ?? undefined;
}

/** All that is being copied, once the longest of it is seen to be half done. */
export function halfCopied({ running }: OperationSnapshot): readonly TaskProgress[] | undefined {
  const byLength = running.toSorted((one, other) => other.totalBytes - one.totalBytes);
  const [longest] = byLength;
  return longest !== undefined && longest.copiedBytes >= longest.totalBytes / 2 ? byLength : undefined;
}

/** Whether a worker answers again and each of these copies is followed further, in the same task, or was proven. */
export function takenUp(
  { progress, running }: OperationSnapshot,
  before: readonly TaskProgress[],
): true | undefined {
  if (progress === undefined) return undefined;
  const all = before.every((task) => {
    const now = running.find(({ upid }) => upid === task.upid);
    const step = progress.steps.find(({ vmid }) => vmid === task.vmid);
    return step?.phase === 'done' || (now !== undefined && now.copiedBytes > task.copiedBytes);
  });
  return all ? true : undefined;
}
