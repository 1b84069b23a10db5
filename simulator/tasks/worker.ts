import type { SimulatedClock } from '../clock';
import { ApiError } from '../http/errors';

/**
 * The worker process of a task, as the code that runs in it sees it. All waiting goes through it:
 * a SIGTERM makes the current (or next) wait throw once; after a SIGKILL no wait ever returns, so
 * neither the rest of the code nor its clean-up runs, as in a killed process.
 */
export class TaskWorker {
  readonly lines: string[] = [];
  warnings = 0;
  private isKilled = false;
  private interruptPending = false;
  private interruptsDelayed = 0;
  private readonly interruption = new AbortController();
  private readonly interruptWaits = new Set<() => void>();
  private readonly onDeath = new Set<() => void>();

  constructor(
    readonly node: string,
    readonly upid: string,
    readonly pid: number,
    private readonly clock: SimulatedClock,
    /** What the wait throws on SIGTERM, e.g. `received interrupt`. */
    private readonly interruptText: string,
  ) {}

  /** Adds a line (or several) to the task's log. */
  log(text: string): void {
    if (!this.isKilled) this.lines.push(...text.replace(/\n$/, '').split('\n'));
  }

  /** Adds a line with the time in front, as migrations write them. */
  logWithTime(text: string): void {
    const time = new Date(this.clock.epochSeconds() * 1000).toISOString().slice(0, 19).replace('T', ' ');
    this.log(`${time} ${text}`);
  }

  /** Adds `WARN: <text>` and makes the task end with `WARNINGS: <n>`. */
  warn(text: string): void {
    this.warnings += 1;
    this.log(`WARN: ${text}`);
  }

  /** Waits for simulated seconds. */
  sleep(seconds: number): Promise<void> {
    return this.wait(this.clock.sleep(seconds));
  }

  /** Waits for anything else; see the class for signals. */
  wait<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.catch(() => undefined);
      if (this.isKilled) return;
      const interrupt = (): void => {
        this.interruptWaits.delete(interrupt);
        this.interruptPending = false;
        reject(new ApiError(500, this.interruptText));
      };
      if (this.interruptPending && this.interruptsDelayed === 0) {
        interrupt();
        return;
      }
      if (this.interruptsDelayed === 0) this.interruptWaits.add(interrupt);
      const unlessKilled = (settle: () => void): void => {
        this.interruptWaits.delete(interrupt);
        if (!this.isKilled) settle();
      };
      promise.then(
        (value) => unlessKilled(() => resolve(value)),
        (error: unknown) =>
          unlessKilled(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
    });
  }

  /** Runs a part that SIGTERM doesn't break off; it is noticed by the next wait after it. */
  async delayingInterrupts<T>(part: () => Promise<T>): Promise<T> {
    this.interruptsDelayed += 1;
    try {
      return await part();
    } finally {
      this.interruptsDelayed -= 1;
    }
  }

  /** Aborted at the first SIGTERM, also while interrupts are delayed. */
  get interrupted(): AbortSignal {
    return this.interruption.signal;
  }

  /** Runs `action` when the process is gone, however it ended: what a kernel cleans up. Returns how to withdraw it. */
  whenGone(action: () => void): () => void {
    this.onDeath.add(action);
    return () => this.onDeath.delete(action);
  }

  /** SIGTERM. */
  interrupt(): void {
    if (this.isKilled) return;
    this.interruptPending = true;
    this.interruption.abort(new ApiError(500, this.interruptText));
    for (const interruptWait of [...this.interruptWaits]) interruptWait();
  }

  /** The process is gone: by SIGKILL (`killed`) or because its code ended. */
  die(killed: boolean): void {
    this.isKilled = killed || this.isKilled;
    for (const action of [...this.onDeath]) action();
    this.onDeath.clear();
  }
}
