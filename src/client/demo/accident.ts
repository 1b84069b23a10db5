import type { OperationSnapshot } from '../operations/snapshot';
import type { Session } from '../session';
import type { ProgressView } from '../view/progressView';
import { scene } from './narration';
import { follow, type DemoOperation } from './operation';
import type { DemoStage } from './stage';

/** An operation whose worker is about to die while it follows tasks of Proxmox, or is in the middle of steps. */
export interface Accident<Task> {
  readonly stage: DemoStage;
  readonly operation: DemoOperation;
  readonly view: ProgressView;
  readonly workerPid: number;
  /** What is told once the worker is dead, before what it was following. */
  readonly happened: string;
  /** What it was following, asked once it is dead. */
  readonly following: () => Promise<readonly Task[]>;
  /** What that is and how far, in words. */
  readonly words: (task: Task) => string;
  /** True once the new worker is seen to go on with it. */
  readonly isTakenUp: (
    snapshot: OperationSnapshot,
    left: readonly Task[],
    newPid: number,
  ) => true | undefined | Promise<true | undefined>;
}

/** Kills the worker, starts another one, waits until that goes on, and returns what the first one was following. */
export async function replaceWorker<Task>(
  session: Session,
  accident: Accident<Task>,
): Promise<readonly Task[]> {
  const { stage, operation, view, workerPid } = accident;
  process.kill(workerPid, 'SIGKILL');
  view.pause();
  const left = await accident.following();
  scene(session, 'The accident', [
    `${accident.happened} Now the worker (pid ${workerPid}) is killed with SIGKILL. It was following:`,
    ...left.map((task) => `  ${accident.words(task)}`),
    'Proxmox goes on with what it has begun, Temporal remembers the rest. A new worker is started;',
    'it takes over once the old one has not been heard of for 10 seconds.',
  ]);
  const { pid } = await stage.startWorker();
  session.output.note(`The new worker runs (pid ${pid}).`);
  await follow(operation, view, (snapshot) => accident.isTakenUp(snapshot, left, pid));
  view.pause();
  return left;
}
