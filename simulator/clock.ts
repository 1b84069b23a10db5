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
  /** Simulated seconds per real second; 0: it stands still, and only `step` moves it. */
  readonly speed: number;
  /** Simulated time at the start, in seconds since the epoch; the real time by default. */
  readonly startEpochSeconds?: number;
}

interface PendingAction extends ScheduledAction {
  /** Simulated seconds since the epoch. */
  readonly dueAt: number;
  /** Sets the real timer anew, for a changed speed. */
  rearm(): void;
  /** Runs the action, unless it is not due yet. */
  readonly fire: () => void;
}

/** Simulated time: everything in the simulator that waits, waits on this clock. */
export class SimulatedClock {
  private currentSpeed: number;
  private simulatedAnchor: number;
  private realAnchorMs = performance.now();
  private readonly pending = new Set<PendingAction>();

  constructor({ speed, startEpochSeconds }: ClockOptions) {
    this.currentSpeed = speed;
    this.simulatedAnchor = startEpochSeconds ?? Date.now() / 1000;
  }

  /** Simulated seconds per real second. */
  get speed(): number {
    return this.currentSpeed;
  }

  /** Changes the speed from now on; what is ordered keeps its simulated time. */
  setSpeed(speed: number): void {
    this.simulatedAnchor = this.now();
    this.realAnchorMs = performance.now();
    this.currentSpeed = speed;
    for (const action of this.pending) action.rearm();
  }

  /** Simulated seconds since the epoch, with fractions. */
  now(): number {
    return this.simulatedAnchor + ((performance.now() - this.realAnchorMs) / 1000) * this.currentSpeed;
  }

  /** Whole simulated seconds since the epoch, as Proxmox writes times. */
  epochSeconds(): number {
    return Math.floor(this.now());
  }

  /** Runs `action` once after `seconds` of simulated time, unless cancelled. */
  after(seconds: number, action: () => void): ScheduledAction {
    const dueAt = this.now() + seconds;
    let timer: NodeJS.Timeout | undefined;
    const scheduled: PendingAction = {
      dueAt,
      cancel: () => {
        clearTimeout(timer);
        this.pending.delete(scheduled);
      },
      rearm: () => {
        clearTimeout(timer);
        if (this.currentSpeed === 0) return;
        const remainingMs = ((dueAt - this.now()) / this.currentSpeed) * 1000;
        timer = setTimeout(scheduled.fire, Math.min(Math.max(Math.ceil(remainingMs), 0), longestTimeoutMs));
      },
      fire: () => {
        if (this.now() < dueAt - 1e-6) {
          scheduled.rearm();
          return;
        }
        const first = this.next();
        if (first !== undefined && first.dueAt < dueAt) {
          // Node's timers lose their order when the machine pauses.
          first.fire();
          scheduled.rearm();
          return;
        }
        scheduled.cancel();
        action();
      },
    };
    this.pending.add(scheduled);
    scheduled.rearm();
    return scheduled;
  }

  /** Runs `action` every `seconds` of simulated time, the first time after one period. */
  every(seconds: number, action: () => void): ScheduledAction {
    let current: ScheduledAction;
    const arm = (): void => {
      const periodSeconds = Math.max(seconds, (shortestPeriodMs / 1000) * this.currentSpeed);
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
      if (signal?.aborted === true) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /**
   * Moves a clock that stands still: to the next ordered action, which is run, and true is returned; or to `until` (epoch
   * seconds) where none is due before, and false is returned. What follows from an action may need turns of the event
   * loop: let them pass before the next step.
   */
  step(until: number): boolean {
    if (this.currentSpeed !== 0) throw new Error('the clock runs by itself');
    const next = this.next();
    const isDue = next !== undefined && next.dueAt <= until;
    this.simulatedAnchor = Math.max(this.simulatedAnchor, isDue ? next.dueAt : until);
    if (isDue) next.fire();
    return isDue;
  }

  /** Cancels everything that is still ordered. Sleeps that are pending never end. */
  close(): void {
    for (const scheduled of [...this.pending]) scheduled.cancel();
  }

  /** Of those due at the same moment, the one that was ordered first. */
  private next(): PendingAction | undefined {
    let next: PendingAction | undefined;
    for (const action of this.pending) if (next === undefined || action.dueAt < next.dueAt) next = action;
    return next;
  }
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted');
}
