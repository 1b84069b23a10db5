import type { RequestRecord, ScenarioInput } from '../simulator';
import type { EvacuationPlan } from '../src/domain/evacuationPlan';
import type { EvacuationReport } from '../src/domain/report';
import { defaultPollEveryMs } from '../src/proxmox/tasks/poller';
import { setStage } from '../test/e2e/support/stage';
import { sharedGuest, smallCluster } from '../test/e2e/support/scenario';
import { evacuationBound } from './bound';
import { benchGuests, GiB, MiB, physics, type BenchGuest } from './guests';
import { unasked } from '../test/e2e/support/unasked';

/** The bound lasts at least 120 s of wall time; a little more, so that rounding can't make it less. */
const boundWallSeconds = 122;

/** How the product learns of the network: from its configuration, or not at all. */
export type Knowledge = 'configured' | 'learning';

/** One evacuation that was run to its end. */
export interface EvacuationRun {
  readonly guests: readonly BenchGuest[];
  readonly plan: EvacuationPlan;
  readonly report: EvacuationReport;
  readonly requests: readonly RequestRecord[];
  /** Simulated seconds a real second. */
  readonly speed: number;
  /** From the approval until the last task had ended, simulated seconds. */
  readonly seconds: number;
  readonly boundSeconds: number;
}

/** A source with the guests and three targets, on the network of the bound. */
function benchCluster(guests: readonly BenchGuest[]): ScenarioInput {
  const targets = ['pve02', 'pve03', 'pve04'].map((name) => ({ name, memory: 384 * GiB, cpus: 64 }));
  const machines = guests.map(({ vmid, memoryBytes, dirtyBytesPerSecond }) => {
    const shared = sharedGuest(vmid);
    return {
      ...shared,
      memory_used: memoryBytes,
      dirty_rate: dirtyBytesPerSecond,
      config: { ...shared.config, memory: memoryBytes / MiB },
    };
  });
  return smallCluster('9', machines, {
    nodes: [{ name: 'pve01', memory: 1024 * GiB, cpus: 64 }, ...targets],
    network: { link: physics.linkBytesPerSecond, stream: physics.streamBytesPerSecond },
    timings: { migration_setup: physics.setupSeconds, migration_teardown: physics.teardownSeconds },
  });
}

/** The product lives in real time: what takes 3 s of simulated time takes less of its own, and links are faster. */
function migrationSettings(knowledge: Knowledge, speed: number): string {
  const rate = (bytesPerSecond: number) => `${((bytesPerSecond * speed) / MiB).toFixed(0)}MiB/s`;
  const setup = `setup_time: ${((physics.setupSeconds / speed) * 1000).toFixed(0)}ms`;
  const network = [
    `network_speed: ${rate(physics.linkBytesPerSecond)}`,
    `stream_cap: ${rate(physics.streamBytesPerSecond)}`,
  ];
  const settings = knowledge === 'configured' ? [setup, ...network] : [setup];
  return ['migration:', ...settings.map((setting) => `  ${setting}`)].join('\n');
}

/** Evacuates the forty guests end to end: simulator, Temporal server, worker, workflow, as in production. */
export async function benchEvacuation(knowledge: Knowledge): Promise<EvacuationRun> {
  const guests = benchGuests(40, 1);
  const speed = evacuationBound(guests, () => undefined) / boundWallSeconds;
  const stage = await setStage({
    scenario: benchCluster(guests),
    speed,
    config: migrationSettings(knowledge, speed),
    pollEveryMs: defaultPollEveryMs,
  });
  try {
    const evacuation = await stage.evacuate({ node: 'pve01' });
    const plan = await unasked(evacuation, evacuation.plan());
    const beganAtMs = Date.now();
    await evacuation.approve(plan);
    const report = await unasked(evacuation, evacuation.report());
    const endedAtMs = Date.now();
    const targets = new Map(plan.moves.map(({ vmid, target }) => [vmid, target]));
    return {
      guests,
      plan,
      report,
      requests: stage.simulator.control.requests(),
      speed,
      seconds: ((endedAtMs - beganAtMs) / 1000) * speed,
      boundSeconds: evacuationBound(guests, (vmid) => targets.get(vmid)),
    };
  } finally {
    await stage.close();
  }
}
