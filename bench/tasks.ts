import type { SimulatorControl } from '../simulator';

/** A task of the simulator that has ended. */
export interface LastingTask {
  readonly type: string;
  /** Simulated seconds, on the simulator's clock. */
  readonly beganAt: number;
  readonly endedAt: number;
}

/** How long all of them last together. */
export function secondsOf(tasks: readonly LastingTask[]): number {
  return tasks.reduce((sum, { beganAt, endedAt }) => sum + endedAt - beganAt, 0);
}

const lookEveryMs = 5;

/** Notes all tasks from now on, in the order of their ends: the times that Proxmox tells are whole seconds. */
export function watchTasks({ cluster: { tasks, clock } }: SimulatorControl) {
  const begun = new Set<string>(tasks.all().map(({ upid }) => upid));
  const lasting: LastingTask[] = [];
  const timer = setInterval(() => {
    for (const { upid, parts, finished } of tasks.all()) {
      if (begun.has(upid)) continue;
      begun.add(upid);
      const beganAt = clock.now();
      void finished.then(() => lasting.push({ type: parts.type, beganAt, endedAt: clock.now() }));
    }
  }, lookEveryMs);
  return {
    stop: (): readonly LastingTask[] => {
      clearInterval(timer);
      return lasting;
    },
  };
}
