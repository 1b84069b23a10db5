import { firstDowntimeLimitSeconds, type Flow } from './flow';
import { FluidNetwork, type FluidLinks } from './fluid';

/** A migration as the physics sees it. */
export interface VirtualMigration {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  /** Memory that the guest uses, in bytes. */
  readonly memoryBytes: number;
  readonly dirtyBytesPerSecond: number;
  /** Local disks, copied one after another before the memory. */
  readonly diskBytes: readonly number[];
  readonly setupSeconds: number;
  readonly teardownSeconds: number;
  readonly streamBytesPerSecond: number;
  readonly diskBytesPerSecond: number;
}

/** A migration under way. */
export interface VirtualProgress {
  readonly migration: VirtualMigration;
  readonly phase: 'setup' | 'copy' | 'teardown';
  /** When the phase ends: exactly for setup and teardown, at the present rates for a copy. */
  readonly phaseEndsAt: number;
}

/** What a start policy may look at. Times are seconds since the beginning. */
export interface VirtualView {
  readonly now: number;
  /** Not started yet, in the order given. */
  readonly waiting: readonly VirtualMigration[];
  readonly underWay: readonly VirtualProgress[];
}

/** Which migrations begin now; `lookAgainAt` asks to be called at that time even if nothing happens before. */
export interface StartDecision {
  readonly start: readonly VirtualMigration[];
  readonly lookAgainAt?: number;
}

/** Decides at the beginning, and whenever a migration changes its phase. */
export type StartPolicy = (view: VirtualView) => StartDecision;

/** What came out. */
export interface VirtualResult {
  /** From the beginning to the end of the last teardown, in seconds. */
  readonly makespanSeconds: number;
  /** Sum of the times that guests spent in migration. */
  readonly guestSeconds: number;
  /** By id. */
  readonly finishedAt: ReadonlyMap<string, number>;
}

/** In the order given, never more than `most` under way. */
export function atMostAtATime(most: number): StartPolicy {
  return ({ waiting, underWay }) => ({ start: waiting.slice(0, Math.max(most - underWay.length, 0)) });
}

/** Runs migrations in virtual time on the simulator's physics. Throws if the policy stops starting them. */
export function runMigrations(
  migrations: readonly VirtualMigration[],
  links: FluidLinks,
  policy: StartPolicy,
): VirtualResult {
  return new VirtualRun(migrations, links, policy).run();
}

interface UnderWay {
  readonly migration: VirtualMigration;
  readonly startedAt: number;
  phase: 'setup' | 'copy' | 'teardown';
  /** End of setup or teardown; unused while copying. */
  endsAt: number;
  /** What is still to be copied after `flow`: disks, then the memory. */
  disksLeft: number[];
  memoryLeft: boolean;
  flow: Flow | undefined;
}

class VirtualRun {
  private readonly network: FluidNetwork;
  private waiting: readonly VirtualMigration[];
  private readonly underWay = new Set<UnderWay>();
  private readonly finishedAt = new Map<string, number>();
  private guestSeconds = 0;
  private lookAgainAt = Infinity;

  constructor(
    migrations: readonly VirtualMigration[],
    links: FluidLinks,
    private readonly policy: StartPolicy,
  ) {
    this.waiting = migrations;
    this.network = new FluidNetwork(links);
  }

  run(): VirtualResult {
    this.decide();
    while (this.waiting.length > 0 || this.underWay.size > 0) {
      const next = this.nextTime();
      if (!Number.isFinite(next)) throw new Error('nothing moves, and the policy starts nothing');
      const completed = new Set(this.network.advance(next).map(({ flow }) => flow));
      for (const one of [...this.underWay]) this.move(one, completed);
      this.decide();
    }
    const makespanSeconds = Math.max(0, ...this.finishedAt.values());
    return { makespanSeconds, guestSeconds: this.guestSeconds, finishedAt: this.finishedAt };
  }

  private nextTime(): number {
    const timers = [...this.underWay].map((one) => (one.phase === 'copy' ? Infinity : one.endsAt));
    return Math.min(this.network.nextEvent(), this.lookAgainAt, ...timers);
  }

  private move(one: UnderWay, completed: ReadonlySet<Flow>): void {
    const { now } = this.network;
    if (one.phase === 'setup' && one.endsAt <= now) this.copyNext(one);
    else if (one.phase === 'copy' && one.flow !== undefined && completed.has(one.flow)) this.copyNext(one);
    else if (one.phase === 'teardown' && one.endsAt <= now) {
      this.underWay.delete(one);
      this.finishedAt.set(one.migration.id, now);
      this.guestSeconds += now - one.startedAt;
    }
  }

  private copyNext(one: UnderWay): void {
    const { source, target, streamBytesPerSecond, diskBytesPerSecond, ...migration } = one.migration;
    const disk = one.disksLeft.shift();
    one.phase = 'copy';
    if (disk !== undefined) {
      const cap = { capBytesPerSecond: diskBytesPerSecond, dirtyBytesPerSecond: 0 };
      one.flow = this.network.start({ source, target, bytes: disk, ...cap, downtimeLimitSeconds: undefined });
    } else if (one.memoryLeft) {
      one.memoryLeft = false;
      one.flow = this.network.start({
        source,
        target,
        bytes: migration.memoryBytes,
        capBytesPerSecond: streamBytesPerSecond,
        dirtyBytesPerSecond: migration.dirtyBytesPerSecond,
        downtimeLimitSeconds: firstDowntimeLimitSeconds,
      });
    } else {
      one.flow = undefined;
      one.phase = 'teardown';
      one.endsAt = this.network.now + migration.teardownSeconds;
    }
  }

  private decide(): void {
    const { start, lookAgainAt = Infinity } = this.policy({
      now: this.network.now,
      waiting: this.waiting,
      underWay: [...this.underWay].map((one) => this.progressOf(one)),
    });
    this.lookAgainAt = lookAgainAt > this.network.now ? lookAgainAt : Infinity;
    const started = new Set(start);
    this.waiting = this.waiting.filter((migration) => !started.has(migration));
    for (const migration of started) {
      this.underWay.add({
        migration,
        startedAt: this.network.now,
        phase: 'setup',
        endsAt: this.network.now + migration.setupSeconds,
        disksLeft: [...migration.diskBytes],
        memoryLeft: true,
        flow: undefined,
      });
    }
  }

  private progressOf(one: UnderWay): VirtualProgress {
    const { migration, phase, flow } = one;
    return { migration, phase, phaseEndsAt: flow === undefined ? one.endsAt : this.copyEnd(one, flow) };
  }

  private copyEnd({ migration, disksLeft, memoryLeft }: UnderWay, flow: Flow): number {
    this.network.nextEvent();
    const rate = flow.rateBytesPerSecond;
    const { dirtyBytesPerSecond, memoryBytes } = migration;
    const disks = disksLeft.reduce((sum, bytes) => sum + bytes, 0);
    const memoryRate = Math.max(rate - dirtyBytesPerSecond, rate / 100);
    const current = flow.remainingBytes / Math.max(rate - flow.spec.dirtyBytesPerSecond, rate / 100);
    return this.network.now + current + disks / rate + (memoryLeft ? memoryBytes / memoryRate : 0);
  }
}
