import type { SimulatedClock } from '../clock';
import { fail } from '../http/errors';
import type { GuestType } from '../cluster/guests';
import type { TaskWorker } from './worker';

/** How a lock is waited for. */
export interface LockOptions {
  /** The worker that takes it: it logs the waiting, and its death frees the lock. */
  readonly worker?: TaskWorker;
  /** Simulated seconds; 10 by default (behaviour.md 3.4). */
  readonly timeoutSeconds?: number;
}

interface Turn {
  /** True when the lock is the waiter's, false when its time was up. */
  readonly taken: Promise<boolean>;
  /** The waiter is gone: it leaves the queue, or passes the lock on. */
  readonly giveUp: () => void;
}

/** flock on files of one node each: not the `lock` key of a configuration. */
export class FileLocks {
  /** By node and file: who waits for a lock that is held. */
  private readonly held = new Map<string, (() => void)[]>();

  constructor(private readonly clock: SimulatedClock) {}

  /**
   * Runs `action` while holding the lock on `file` of `node`. Fails with "can't lock file '<file>' - got timeout" when
   * another holds it for too long.
   */
  async hold<T>(node: string, file: string, options: LockOptions, action: () => Promise<T>): Promise<T> {
    const release = await this.acquire(node, file, options);
    try {
      return await action();
    } finally {
      release();
    }
  }

  /** True if somebody holds the lock now. */
  isHeld(node: string, file: string): boolean {
    return this.held.has(`${node}:${file}`);
  }

  /** Takes the lock; the caller must call what it returns to free it. */
  async acquire(
    node: string,
    file: string,
    { worker, timeoutSeconds = 10 }: LockOptions,
  ): Promise<() => void> {
    const key = `${node}:${file}`;
    if (this.held.has(key)) {
      worker?.log('trying to acquire lock...');
      const acquired = await this.waitForTurn(key, timeoutSeconds, worker);
      if (!acquired) fail(`can't lock file '${file}' - got timeout`);
      worker?.log(' OK');
    } else {
      this.held.set(key, []);
    }
    return this.releaser(key, worker);
  }

  private async waitForTurn(
    key: string,
    timeoutSeconds: number,
    worker: TaskWorker | undefined,
  ): Promise<boolean> {
    const turn = this.enqueue(key, timeoutSeconds);
    if (worker === undefined) return turn.taken;
    const forget = worker.whenGone(turn.giveUp);
    try {
      return await worker.wait(turn.taken);
    } catch (interruption) {
      turn.giveUp();
      throw interruption;
    } finally {
      forget();
    }
  }

  private enqueue(key: string, timeoutSeconds: number): Turn {
    const queue = this.held.get(key) ?? [];
    let state: 'waiting' | 'taken' | 'gone' = 'waiting';
    let settle: (taken: boolean) => void = () => undefined;
    const taken = new Promise<boolean>((resolve) => (settle = resolve));
    const take = (): void => {
      timer.cancel();
      state = 'taken';
      settle(true);
    };
    const leave = (): void => {
      timer.cancel();
      state = 'gone';
      queue.splice(queue.indexOf(take), 1);
    };
    const timer = this.clock.after(timeoutSeconds, () => {
      leave();
      settle(false);
    });
    queue.push(take);
    const giveUp = (): void => {
      if (state === 'waiting') leave();
      else if (state === 'taken') this.passOn(key);
      state = 'gone';
    };
    return { taken, giveUp };
  }

  private releaser(key: string, worker: TaskWorker | undefined): () => void {
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      forget?.();
      this.passOn(key);
    };
    const forget = worker?.whenGone(release);
    return release;
  }

  private passOn(key: string): void {
    const next = this.held.get(key)?.shift();
    if (next === undefined) this.held.delete(key);
    else next();
  }
}

/** The lock file of a guest's configuration. */
export function guestLockFile(type: GuestType, vmid: number): string {
  return type === 'qemu'
    ? `/var/lock/qemu-server/lock-${vmid}.conf`
    : `/run/lock/lxc/pve-config-${vmid}.lock`;
}
