import {
  callOf,
  failedFrame,
  isCancelled,
  oneTask,
  runStepOfFrame,
  type BeginTask,
  type FrameStep,
  type FrameWork,
} from '../shared/frameStep';
import { stepRun, type StepFailure } from '../shared/stepRun';
import type { ClusterOperation, ClusterRun } from './run';

/** A machine that fails is left as it is, or the whole operation is ended; the others go on meanwhile. */
export const whenFailed: StepFailure['choices'] = ['retry', 'skip', 'abort'];

/** A step on a machine: its id is the name with the VMID behind it. */
export interface MachineWork extends Pick<FrameWork, 'title' | 'vmid'> {
  /** e.g. `clone` */
  readonly name: string;
  readonly vmid: number;
  /** What a person can answer where it fails. Default: {@link whenFailed}. */
  readonly choices?: StepFailure['choices'];
}

/** A step on a machine, or one for the whole cluster: then `name` is its id. */
export type ClusterWork = Omit<MachineWork, 'vmid'> & Partial<Pick<MachineWork, 'vmid'>>;

/** The id of a step on a machine. */
export function stepId(name: string, vmid: number): string {
  return `${name}-${vmid}`;
}

/** Runs a step on a machine. True if it is done: what follows builds on it, so one that is passed over ends the machine's. */
export function machineStep(
  run: ClusterRun,
  work: MachineWork,
  kind: FrameWork['kind'],
  tryOnce: FrameWork['tryOnce'],
): Promise<boolean> {
  return frameStepOf(run, work, kind, tryOnce);
}

/** The same, also for the whole cluster. */
export async function frameStepOf(
  run: ClusterRun,
  { name, title, vmid }: ClusterWork,
  kind: FrameWork['kind'],
  tryOnce: FrameWork['tryOnce'],
): Promise<boolean> {
  const subject = vmid === undefined ? { id: name } : { id: stepId(name, vmid), vmid };
  const work = { ...subject, title, kind, tryOnce, ended: () => isCancelled(run) };
  return (await runStepOfFrame(run, work)) === 'done';
}

/** A step that begins a task, or finds its goal reached, and follows it to its end. */
export function taskStep(run: ClusterRun, work: MachineWork, begin: BeginTask): Promise<boolean> {
  return machineStep(run, work, 'change', (step) =>
    oneTask(run, step, callOf(step, begin), work.choices ?? whenFailed),
  );
}

/** A step that is one call; what it answered is for `keep`. */
export function callStep<T>(
  run: ClusterRun,
  work: ClusterWork,
  call: (options: { readonly summary: string }) => Promise<T>,
  {
    kind = 'change',
    keep = () => undefined,
  }: { readonly kind?: FrameWork['kind']; readonly keep?: (step: FrameStep, value: T) => void } = {},
): Promise<boolean> {
  return frameStepOf(run, work, kind, async (step) => {
    const { title } = step.record;
    const answer = await step.attempt(title, () => call({ summary: title.slice(0, 180) }));
    if (!answer.ok) return failedFrame(run, step, answer.problem, work.choices ?? whenFailed);
    keep(step, answer.value);
    return undefined;
  });
}

/** A step that was begun and came to nothing, to look once what there is all the same; undefined: there is nothing to look after. */
export function stepToLookAfter(operation: ClusterOperation, id: string): FrameStep | undefined {
  const record = operation.state.steps.find((step) => step.id === id);
  if (record === undefined || record.phase === 'waiting') return undefined;
  return operation.state.results[id] === undefined ? stepRun(operation, record) : undefined;
}
