import { performance } from 'node:perf_hooks';

import type { ClusterFacts, GuestFacts, NodeView, PlanningSettings } from '../src/planning/facts';
import { emptyLedger } from '../src/planning/rules/ledger';
import { planEvacuation } from '../src/planning/planMoves';
import { logNormal, randomFrom } from './random';

const GiB = 2 ** 30;

/** Result of the planning benchmark. */
export interface PlanningBenchmark {
  readonly guests: number;
  readonly nodes: number;
  /** Wall time, best of the repetitions: others on the machine only make it longer. */
  readonly seconds: number;
  /** Processor time of the first plan, before anything is compiled. */
  readonly firstProcessorSeconds: number;
  readonly peakShare: number;
  /** Largest of total load / total room, the largest guest, the highest share a target has already. */
  readonly boundShare: number;
  /** peakShare / boundShare: at most 1.02. */
  readonly ratio: number;
  readonly moved: number;
}

/** A cluster in which one node has all the guests: RAM log-normal around 6 GiB, targets of different size and load. */
export function largeCluster(nodeCount: number, guestCount: number, seed: number): ClusterFacts {
  const random = randomFrom(seed);
  const names = Array.from({ length: nodeCount }, (_, at) => `pve${String(at + 1).padStart(2, '0')}`);
  const guests = Array.from({ length: guestCount }, (_, at): GuestFacts => {
    const sizeGiB = Math.min(256, Math.max(0.5, logNormal(random, 6, 0.9)));
    return {
      vmid: 1000 + at,
      name: `${['web', 'db', 'cache', 'app', 'job'][at % 5] ?? 'vm'}-${Math.floor(at / 5) % 400}`,
      kind: 'qemu',
      running: true,
      memoryBytes: Math.round(sizeGiB * 1024) * 2 ** 20,
      cpus: 4,
      tags: at % 3 === 0 ? ['prod'] : [],
      template: false,
      haManaged: false,
      backupRunning: false,
      config: { storages: ['shared'], neededFiles: [] },
      preconditions: {
        running: true,
        allowedNodes: names,
        refusedNodes: [],
        localVolumes: [],
        localResources: [],
        resourcesNotLive: [],
      },
    };
  });
  const nodes = names.map((name, at): NodeView => {
    const totalBytes = (at % 2 === 0 ? 2048 : 4096) * GiB;
    return {
      name,
      online: true,
      memoryTotalBytes: totalBytes,
      memoryTakenBytes: Math.floor(totalBytes * 0.2 * random()),
      cpus: 128,
      version: '9.2.11',
      storages: [
        {
          storage: 'shared',
          type: 'rbd',
          shared: true,
          usable: true,
          takesImages: true,
          availableBytes: 1e15,
        },
      ],
      guests: [],
    };
  });
  return {
    cluster: 'bench',
    node: 'pve01',
    takenAt: '2026-01-01T00:00:00.000Z',
    depth: 'everything',
    nodes,
    guests,
    quorum: { clustered: true, quorate: true, nodes: nodeCount, online: nodeCount },
    othersLeases: emptyLedger(),
    warnings: [],
  };
}

const settings: PlanningSettings = {
  targetMemoryShare: 0.9,
  networkSpeedBytesPerSecond: 1.1 * GiB,
  streamCapBytesPerSecond: 0.5 * GiB,
  setupTimeMs: 3000,
  stallAfterMs: 300_000,
  approvalExpiresAfterMs: 86_400_000,
  remindEveryMs: 14_400_000,
};

/** Plans 10,000 guests over 64 nodes; time and peak against the bound that no plan can beat. */
export function benchPlanning(repetitions = 7, nodeCount = 64, guestCount = 10_000): PlanningBenchmark {
  const facts = largeCluster(nodeCount, guestCount, 1);
  const request = { node: facts.node };
  let seconds = Infinity;
  const before = process.cpuUsage();
  let plan = planEvacuation({ facts, request, settings });
  const used = process.cpuUsage(before);
  for (let at = 0; at < repetitions; at += 1) {
    const begin = performance.now();
    plan = planEvacuation({ facts, request, settings });
    seconds = Math.min(seconds, (performance.now() - begin) / 1000);
  }
  const targets = plan.nodes.filter((node) => node.node !== facts.node);
  const totalBytes = targets.reduce((sum, node) => sum + node.memoryTotalBytes, 0);
  const loadBytes =
    targets.reduce((sum, node) => sum + node.beforeBytes, 0) +
    facts.guests.reduce((sum, guest) => sum + guest.memoryBytes, 0);
  const largestBytes = Math.max(...facts.guests.map((guest) => guest.memoryBytes));
  const boundShare = Math.max(
    loadBytes / totalBytes,
    largestBytes / Math.max(...targets.map((node) => node.memoryTotalBytes)),
    ...targets.map((node) => node.beforeBytes / node.memoryTotalBytes),
  );
  const peakShare = Math.max(...targets.map((node) => node.afterBytes / node.memoryTotalBytes));
  return {
    guests: guestCount,
    nodes: nodeCount,
    seconds,
    firstProcessorSeconds: (used.user + used.system) / 1e6,
    peakShare,
    boundShare,
    ratio: peakShare / boundShare,
    moved: plan.moves.length,
  };
}
