import { changeClusterWorkflowId } from '../../../domain/names';
import type { Step } from '../../../domain/step';
import type { OperationSnapshot } from '../../operations/snapshot';
import { worksOn, type DemoOperation } from '../operation';
import type { DemoStage } from '../stage';
import { demoProfile } from './profile';

/** The newest change of the demo's cluster. */
export function changeOf({ temporal, config }: DemoStage): DemoOperation {
  return {
    client: temporal.client,
    workflowId: changeClusterWorkflowId(config.cluster.name, demoProfile),
  };
}

/** Where the simulator is asked for the truth. */
export function controlUrlOf({ simulator }: DemoStage): string {
  return simulator.controlUrl ?? '';
}

/** The steps that were begun and are not over. */
export function stepsUnderWay({ progress }: OperationSnapshot): readonly Step[] {
  const isOver = ({ phase }: Step) => ['waiting', 'done', 'skipped', 'failed'].includes(phase);
  return progress?.steps.filter((step) => !isOver(step)) ?? [];
}

/** What a step does, and the task that it follows. */
export function stepWords({ title, upid }: Step): string {
  return upid === undefined ? title : `${title}, task ${upid}`;
}

/** How far steps that a dead worker was in have come by now. */
export function stepsNow({ progress }: OperationSnapshot, left: readonly Step[]): readonly string[] {
  return left.map(({ id, title }) => {
    const now = progress?.steps.find((step) => step.id === id);
    return `${title}: ${now?.phase === 'done' ? 'done meanwhile' : 'gone on with'}`;
  });
}

/** Once a worker of that process is busy with the operation, or all of these steps are done. */
export async function isTakenUp(
  operation: DemoOperation,
  { progress }: OperationSnapshot,
  left: readonly Step[],
  pid: number,
): Promise<true | undefined> {
  if (progress === undefined) return undefined;
  const isDone = ({ id }: Step) => progress.steps.some((step) => step.id === id && step.phase === 'done');
  return left.every(isDone) || (await worksOn(operation, pid)) ? true : undefined;
}
