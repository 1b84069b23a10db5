import { evacuationWorkflowId } from '../../domain/names';
import type { TaskProgress } from '../../domain/progress';
import type { OperationSnapshot } from '../operations/snapshot';
import type { DemoOperation } from './operation';
import type { DemoStage } from './stage';

/** The node that the demo empties. */
export const demoNode = 'pve01';

/** The one evacuation of the demo. */
export function evacuationOf({ temporal, config }: DemoStage): DemoOperation {
  return { client: temporal.client, workflowId: evacuationWorkflowId(config.cluster.name, demoNode) };
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
