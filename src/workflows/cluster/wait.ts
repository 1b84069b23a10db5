import type { ReadyReport } from '../../domain/cluster/step';
import { problem, type Problem } from '../../domain/errors';
import { failedFrame, interruption, isCancelled, type FrameStep } from '../shared/frameStep';
import type { StepFailure } from '../shared/stepRun';
import type { ClusterRun } from './run';
import { frameStepOf, whenFailed, type ClusterWork } from './step';

/** What is waited for, and what helps where it does not come. */
export interface Waiting {
  /** What of it is not so, e.g. `it is not ready`. */
  readonly lacking: string;
  readonly remedy: string;
  /** What a tool has said of it before, and which. */
  readonly said?: Pick<Problem, 'proxmoxSaid' | 'saidBy'>;
  readonly call: (options: { readonly summary: string }) => Promise<ReadyReport>;
}

/** A step that waits in an activity that only reads. True once what is waited for is so. */
export function waitStep(run: ClusterRun, work: ClusterWork, waiting: Waiting): Promise<boolean> {
  return frameStepOf(run, work, 'read', (step) => watch(run, step, waiting, work.choices ?? whenFailed));
}

async function watch(
  run: ClusterRun,
  step: FrameStep,
  { call, lacking, remedy, said = {} }: Waiting,
  choices: StepFailure['choices'],
): Promise<StepFailure | undefined> {
  const { title } = step.record;
  step.phase('running');
  const watched = await step.wait(
    title,
    () => call({ summary: title.slice(0, 180) }),
    () => isCancelled(run),
  );
  if (watched === 'interrupted') return failedFrame(run, step, interruption(title), choices);
  if (!watched.ok) return failedFrame(run, step, watched.problem, choices);
  const { ready, seen, address, digest } = watched.value;
  const captures = {
    ready,
    ...(address === undefined ? {} : { address }),
    ...(digest === undefined ? {} : { digest }),
  };
  step.keep({ outcome: 'done', output: seen.join('\n'), captures });
  if (ready) return undefined;
  const failed = `${lacking}: ${seen.join('; ')}`;
  return failedFrame(
    run,
    step,
    problem('NotAsExpected', { attempted: title, failed, remedy, ...said }),
    choices,
  );
}
