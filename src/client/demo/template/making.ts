import { templateWorkflowId } from '../../../domain/names';
import type { OperationSnapshot } from '../../operations/snapshot';
import { worksOn, type DemoOperation } from '../operation';
import type { DemoStage } from '../stage';
import { readTasks, type DemoTask } from '../truth';
import { templateRunbook } from './furnish';

/** The one template that the demo makes. */
export function makingOf({ temporal, config }: DemoStage): DemoOperation {
  const workflowId = templateWorkflowId(config.cluster.name, templateRunbook);
  return { client: temporal.client, workflowId };
}

/** So much of the image is in its disk when the worker is killed: enough to see, and most is still to come. */
const killAtPercent = 5;

/** The task that makes the virtual machine, once the worker follows it and the image is on its way into the disk. */
export async function importing(
  { simulator }: DemoStage,
  { progress }: OperationSnapshot,
): Promise<DemoTask | undefined> {
  const followed = progress?.steps.find(({ upid = '' }) => upid.includes(':qmcreate:'))?.upid;
  if (followed === undefined) return undefined;
  const task = (await readTasks(simulator.controlUrl)).find(({ upid }) => upid === followed);
  return task !== undefined && (importedPercent(task) ?? 0) >= killAtPercent ? task : undefined;
}

/** How far the import is: Proxmox's own line. */
export function importWords({ id, running, lastLine }: DemoTask): string {
  return `VM ${id}: ${running ? lastLine : 'imported meanwhile'}`;
}

/** Once a worker of that process waits on the task that the operation follows, or the task was seen to have ended. */
export async function isTakenUp(
  operation: DemoOperation,
  { progress }: OperationSnapshot,
  left: readonly DemoTask[],
  pid: number,
): Promise<true | undefined> {
  if (progress === undefined) return undefined;
  const steps = progress.steps.filter(({ upid }) => left.some((task) => task.upid === upid));
  if (steps.every(({ taskEnded }) => taskEnded === true)) return true;
  return (await worksOn(operation, pid)) ? true : undefined;
}

/** Of the image: the disk of the firmware's variables, which comes before, has no GiB. */
function importedPercent({ lastLine }: DemoTask): number | undefined {
  const percent = /^transferred .* of [\d.]+ GiB \(([\d.]+)%\)$/.exec(lastLine)?.[1];
  return percent === undefined ? undefined : Number(percent);
}
