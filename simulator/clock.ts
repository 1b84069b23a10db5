/** The longest delay that `setTimeout` accepts, in milliseconds. */
const longestTimeoutMs = 2 ** 31 - 1;

/** How often a repeating action may run at most, whatever the speed (real milliseconds). */
const shortestPeriodMs = 20;

/** Something ordered for later; cancelling it twice is harmless. */
export interface ScheduledAction {
  cancel(): void;
}

/** What a clock starts with. */
export interface ClockOptions {
  /** Simulated seconds per real second. */
  readonly speed: number;
  /** Simulated time at the start, in seconds since the epoch; the real time by default. */
  readonly startEpochSeconds?: number;
}

/** Simulated time: everything in the simulator that waits, waits on this clock. */
export class SimulatedClock {
  readonly speed: number;
  private readonly startEpochSeconds: number;
  private readonly startedAtMs = performance.now();
  private readonly pending = new Set<ScheduledAction>();

  constructor({ speed, startEpochSeconds }: ClockOptions) {
    this.speed = speed;
    this.startEpochSeconds = startEpochSeconds ?? Date.now() / 1000;
  }

  /** Simulated seconds since the epoch, with fractions. */
  now(): number {
    return this.startEpochSeconds + ((performance.now() - this.startedAtMs) / 1000) * this.speed;
  }

  /** Whole simulated seconds since the epoch, as Proxmox writes times. */
  epochSeconds(): number {
    return Math.floor(this.now());
  }

  /** Runs `action` once after `seconds` of simulated time, unless cancelled. */
  after(seconds: number, action: () => void): ScheduledAction {
    const dueAt = this.now() + seconds;
    let timer: NodeJS.Timeout;
    const scheduled: ScheduledAction = {
      cancel: () => {
        clearTimeout(timer);
        this.pending.delete(scheduled);
      },
    };
    const arm = (): void => {
      const remainingMs = ((dueAt - this.now()) / this.speed) * 1000;
      timer = setTimeout(
        () => {
          if (this.now() < dueAt - 1e-6) return arm();
          this.pending.delete(scheduled);
          action();
        },
        Math.min(Math.max(Math.ceil(remainingMs), 0), longestTimeoutMs),
      );
    };
    this.pending.add(scheduled);
    arm();
    return scheduled;
  }

  /** Runs `action` every `seconds` of simulated time, the first time after one period. */
  every(seconds: number, action: () => void): ScheduledAction {
    const periodSeconds = Math.max(seconds, (shortestPeriodMs / 1000) * this.speed);
    let current: ScheduledAction;
    const arm = (): void => {
      current = this.after(periodSeconds, () => {
        arm();
        action();
      });
    };
    arm();
    return { cancel: () => current.cancel() };
  }

  /** Resolves after `seconds` of simulated time; rejects with the signal's reason when aborted. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        timer.cancel();
        reject(abortReason(signal));
      };
      const timer = this.after(seconds, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Cancels everything that is still ordered. Sleeps that are pending never end. */
  close(): void {
    for (const scheduled of [...this.pending]) scheduled.cancel();
  }
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted');
}
