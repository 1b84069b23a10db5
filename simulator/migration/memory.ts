import { guestMemoryBytes } from '../cluster/figures';
import { firstDowntimeLimitSeconds } from '../network/flow';
import type { Transfer } from '../network/live';
import { carry, requireIncomingProcess, requireSourceProcess } from './carry';
import type { MigrationRun } from './run';
import { renderBytes } from './text';

const mebibyte = 1024 ** 2;
/** Video memory and firmware, which are migrated too (recordings d2: 80.6 MiB for a guest of 64 MiB). */
const deviceMemoryBytes = 16.6 * mebibyte;

/** Copies the guest's memory while it runs (behaviour.md 8.5). When it returns the guest stands still. */
export async function migrateMemory(run: MigrationRun): Promise<void> {
  const { cluster, guest, source, target, options } = run;
  const limit = options.bandwidthLimitBytesPerSecond;
  logStart(run);
  const startedAt = cluster.clock.now();
  const total = guestMemoryBytes(guest) + deviceMemoryBytes;
  const progress = new MemoryProgress(run, total);
  const end = await carry(run, {
    spec: {
      source: source.name,
      target: target.name,
      bytes: guest.behaviour.memoryUsedBytes,
      capBytesPerSecond: Math.min(cluster.network.streamBytesPerSecond, limit ?? Infinity),
      dirtyBytesPerSecond: guest.behaviour.dirtyBytesPerSecond,
      downtimeLimitSeconds: firstDowntimeLimitSeconds,
    },
    everySeconds: 1,
    look: (transfer) => {
      requireQemus(run);
      progress.look(transfer);
    },
  });
  requireQemus(run);
  const seconds = Math.max(end.at - startedAt, 1);
  const downtimeMs = Math.max(Math.round(end.downtimeSeconds * 1000), 1);
  run.log(`average migration speed: ${renderBytes(total / seconds)}/s - downtime ${downtimeMs} ms`);
  run.log(`migration completed, transferred ${renderBytes(end.transferredBytes)} VM-state`);
  run.log('migration status: completed');
}

function requireQemus(run: MigrationRun): void {
  requireSourceProcess(run, 'query-migrate');
  requireIncomingProcess(
    run,
    'migration status error: failed - Unable to write to socket: Connection reset by peer',
  );
}

function logStart(run: MigrationRun): void {
  const { guest, vmid, options } = run;
  const limit = options.bandwidthLimitBytesPerSecond;
  const socket = `unix:/run/qemu-server/${vmid}.migrate`;
  run.log(`starting online/live migration on ${socket}`);
  run.log('set migration capabilities');
  if (limit !== undefined) run.log(`migration speed limit: ${renderBytes(limit)}/s`);
  run.log('migration downtime limit: 100 ms');
  run.log(`migration cachesize: ${renderBytes(cacheBytes(guestMemoryBytes(guest)))}`);
  run.log('set migration parameters');
  run.log(`start migrate command to ${socket}`);
}

/** A tenth of the memory, rounded up to a power of two (recordings d2: 8.0 MiB for 64 MiB). */
function cacheBytes(memoryBytes: number): number {
  return 2 ** Math.ceil(Math.log2(memoryBytes / 10));
}

/** The lines that tell of a copy under way, one for each look. */
class MemoryProgress {
  private lastBytes = 0;
  private lastAt: number;
  private lastDowntimeLimit = firstDowntimeLimitSeconds;

  constructor(
    private readonly run: MigrationRun,
    private readonly totalBytes: number,
  ) {
    this.lastAt = run.cluster.clock.now();
  }

  look(transfer: Transfer): void {
    const [bytes, at, limit] = [
      transfer.transferredBytes(),
      this.run.cluster.clock.now(),
      transfer.downtimeLimitSeconds(),
    ];
    const rate = (bytes - this.lastBytes) / Math.max(at - this.lastAt, 0.001);
    const carried = `transferred ${renderBytes(bytes)} of ${renderBytes(this.totalBytes)} VM-state`;
    this.run.log(`migration active, ${carried}, ${renderBytes(rate)}/s${this.dirtyText(rate)}`);
    if (limit > this.lastDowntimeLimit) {
      this.run.log(`auto-increased downtime to continue migration: ${Math.round(limit * 1000)} ms`);
    }
    this.lastBytes = bytes;
    this.lastAt = at;
    this.lastDowntimeLimit = limit;
  }

  /** Said while the guest writes faster than the copy goes (behaviour.md 8.5). */
  private dirtyText(bytesPerSecond: number): string {
    const dirty = this.run.guest.behaviour.dirtyBytesPerSecond;
    if (bytesPerSecond <= 0 || dirty < bytesPerSecond) return '';
    return `, VM dirties lots of memory: ${renderBytes(dirty)}/s`;
  }
}
