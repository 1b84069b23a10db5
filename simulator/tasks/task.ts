import { errorText } from '../http/errors';
import type { UpidParts } from './upid';
import type { TaskWorker } from './worker';

/** A task: running with a worker, or ended (its log stays). */
export class Task {
  /** Seconds since the epoch; undefined while it runs. */
  endTime: number | undefined;
  exitStatus: string | undefined;
  /** Resolves when it has ended, in whatever way; never rejects. */
  readonly finished: Promise<void>;
  private markFinished: () => void = () => undefined;

  constructor(
    readonly upid: string,
    readonly parts: UpidParts,
    readonly worker: TaskWorker,
  ) {
    this.finished = new Promise((resolve) => (this.markFinished = resolve));
  }

  get running(): boolean {
    return this.endTime === undefined;
  }

  /** The log's lines, without numbers. */
  get lines(): readonly string[] {
    return this.worker.lines;
  }

  /** The worker's code ended: without an error, or with one. Writes the last line of the log. */
  end(now: number, failure?: unknown): void {
    if (!this.running) return;
    const { worker } = this;
    if (failure !== undefined) {
      const text = errorText(failure);
      worker.log(`TASK ERROR: ${text}`);
      this.close(now, text.replace(/\n+/g, ' '));
    } else if (worker.warnings > 0) {
      worker.log(`TASK WARNINGS: ${worker.warnings}`);
      this.close(now, `WARNINGS: ${worker.warnings}`);
    } else {
      worker.log('TASK OK');
      this.close(now, 'OK');
    }
    worker.die(false);
  }

  /** SIGKILL: the log just ends, locks in configurations stay. */
  kill(now: number): void {
    if (!this.running) return;
    this.close(now, 'unexpected status');
    this.worker.die(true);
  }

  /** An ended task of the past, as a scenario lists it. */
  restoreEnd(endTime: number, exitStatus: string): void {
    this.close(endTime, exitStatus);
  }

  private close(now: number, exitStatus: string): void {
    this.endTime = Math.floor(now);
    this.exitStatus = exitStatus;
    this.markFinished();
  }
}

/** Newest start first, within a second by process id. */
export function byStart(one: Task, other: Task): number {
  return other.parts.starttime - one.parts.starttime || other.parts.pid - one.parts.pid;
}
