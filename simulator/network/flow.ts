import type { Stream } from './fair-share';

/** What is to be carried from one node to another. */
export interface FlowSpec extends Stream {
  /** A disk's bytes, or the memory that a guest uses. */
  readonly bytes: number;
  /** How fast the guest writes memory again, in bytes per second; 0 for a disk. */
  readonly dirtyBytesPerSecond: number;
  /**
   * How long the guest may stand still at the end, in seconds; undefined for what is copied without a guest that runs.
   * QEMU begins with 0.1 s; Proxmox doubles it whenever the copy makes no progress (behaviour.md 8.5).
   */
  readonly downtimeLimitSeconds: number | undefined;
}

/** The limit that Proxmox gives QEMU at first, in seconds (recordings d2: "migration downtime limit: 100 ms"). */
export const firstDowntimeLimitSeconds = 0.1;

/** How long a copy makes no progress until its downtime limit is doubled: six looks, one a second. */
const stalledSecondsPerStep = 6;

type Phase = 'copying' | 'standing-still' | 'done';

/** One transfer under way. The rate is set from outside and is constant between two events. */
export class Flow {
  remainingBytes: number;
  transferredBytes = 0;
  rateBytesPerSecond = 0;
  downtimeLimitSeconds: number;
  /** When the next event of this flow lies, on the network's scale of time; set together with the rate. */
  dueAt = Infinity;
  /** How long the guest stood still, in seconds; known when done. */
  downtimeSeconds = 0;
  private phase: Phase = 'copying';
  private stalledSeconds = 0;

  constructor(readonly spec: FlowSpec) {
    this.remainingBytes = spec.bytes;
    this.downtimeLimitSeconds = spec.downtimeLimitSeconds ?? 0;
    if (spec.bytes <= 0) this.phase = 'done';
  }

  get done(): boolean {
    return this.phase === 'done';
  }

  /** Seconds until something changes by itself at the present rate; Infinity if nothing will. */
  secondsToNextEvent(): number {
    const { remainingBytes, rateBytesPerSecond: rate } = this;
    if (this.phase === 'done') return 0;
    if (rate <= 0) return Infinity;
    if (this.phase === 'standing-still') return remainingBytes / rate;
    const toCopy = remainingBytes - rate * this.downtimeLimitSeconds;
    if (toCopy <= 0) return 0;
    const progress = rate - this.spec.dirtyBytesPerSecond;
    return progress > 0 ? toCopy / progress : stalledSecondsPerStep - this.stalledSeconds;
  }

  /** Lets time pass in which no event lies. */
  pass(seconds: number): void {
    if (this.phase === 'done' || seconds <= 0) return;
    const carried = this.rateBytesPerSecond * seconds;
    this.transferredBytes += carried;
    const dirtied = this.phase === 'copying' ? this.spec.dirtyBytesPerSecond * seconds : 0;
    const remaining = this.remainingBytes - carried + (this.rateBytesPerSecond > 0 ? dirtied : 0);
    this.remainingBytes = Math.min(Math.max(remaining, 0), this.spec.bytes);
    if (this.phase === 'standing-still') this.downtimeSeconds += seconds;
    else if (this.isStalled()) this.stalledSeconds += seconds;
  }

  /** The event that `secondsToNextEvent` announced is there. */
  step(): void {
    if (this.phase === 'done') return;
    if (this.phase === 'standing-still') this.finish();
    else if (this.canStop()) this.stopGuest();
    else if (this.isStalled()) this.allowLongerDowntime();
    else this.stopGuest();
  }

  private isStalled(): boolean {
    return this.rateBytesPerSecond > 0 && this.rateBytesPerSecond <= this.spec.dirtyBytesPerSecond;
  }

  private canStop(): boolean {
    return this.remainingBytes <= this.rateBytesPerSecond * this.downtimeLimitSeconds;
  }

  private allowLongerDowntime(): void {
    this.stalledSeconds = 0;
    this.downtimeLimitSeconds *= 2;
  }

  /** Without a guest there is nothing left to copy now. */
  private stopGuest(): void {
    this.phase = 'standing-still';
    if (this.spec.downtimeLimitSeconds === undefined) this.finish();
  }

  private finish(): void {
    this.phase = 'done';
    this.transferredBytes += this.remainingBytes;
    this.remainingBytes = 0;
  }
}
