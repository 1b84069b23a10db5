import fc from 'fast-check';

import { facts, GiB, guest, listed, node, preconditions, settings, volume } from './given';
import type { EvacuationPlan } from '../../src/domain/evacuationPlan';
import type { ClusterFacts, GuestFacts, NodeView } from '../../src/planning/facts';
import { emptyLedger } from '../../src/planning/rules/ledger';
import { planEvacuation } from '../../src/planning/planMoves';

const names = ['pve02', 'pve03', 'pve04', 'pve05'];

const target = (name: string) =>
  fc
    .record({
      online: fc.boolean().map((flag) => flag || name === 'pve02'),
      haState: fc.constantFrom(undefined, 'online', 'maintenance'),
      totalGiB: fc.integer({ min: 8, max: 64 }),
      takenShare: fc.double({ min: 0, max: 1.1, noNaN: true }),
      diskGiB: fc.integer({ min: 0, max: 60 }),
      cpus: fc.integer({ min: 1, max: 16 }),
      version: fc.constantFrom('8.4.1', '9.2.11'),
      runs: fc.array(fc.constantFrom('web-9', 'db-9', 'x'), { maxLength: 3 }),
    })
    .map(({ haState, totalGiB, takenShare, diskGiB, runs, ...rest }) =>
      node(name, {
        ...rest,
        ...(haState === undefined ? {} : { haState }),
        memoryTotalBytes: totalGiB * GiB,
        memoryTakenBytes: Math.floor(totalGiB * takenShare * GiB),
        storages: [
          {
            storage: 'local-lvm',
            type: 'lvmthin',
            shared: false,
            usable: diskGiB > 3,
            takesImages: true,
            availableBytes: diskGiB * GiB,
          },
        ],
        guests: runs.map((guestName, at) => listed(900 + at, { name: guestName })),
      }),
    );

const guestOf = (vmid: number) =>
  fc
    .record({
      name: fc.constantFrom('web-1', 'web-2', 'db1', 'db2', 'mail'),
      running: fc.boolean(),
      memoryBytes: fc.integer({ min: 1, max: 24 }).map((size) => size * GiB),
      cpus: fc.integer({ min: 1, max: 8 }),
      template: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
      lock: fc.constantFrom(undefined, undefined, undefined, 'backup'),
      tags: fc.subarray(['prod', 'etcd']),
      allowedNodes: fc.subarray(names, { minLength: 1 }),
      disks: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 2 }),
    })
    .map(({ lock, allowedNodes, disks, ...rest }): GuestFacts => {
      const localVolumes = disks.map((size, at) =>
        volume(`local-lvm:vm-${vmid}-disk-${at}`, { sizeBytes: size * GiB }),
      );
      return guest(vmid, {
        ...rest,
        ...(lock === undefined ? {} : { lock }),
        preconditions: preconditions({ running: rest.running, allowedNodes, localVolumes }),
      });
    });

const clusters = fc
  .record({
    nodes: fc.tuple(...names.map(target)),
    guests: fc
      .integer({ min: 0, max: 14 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => guestOf(101 + at)))),
    sourceVersion: fc.constantFrom('8.4.1', '9.2.11'),
    leased: fc.option(fc.constantFrom(...names), { nil: undefined }),
    reservedGiB: fc.integer({ min: 0, max: 16 }),
  })
  .map(({ nodes, guests, sourceVersion, leased, reservedGiB }): ClusterFacts => {
    const lease = {
      holder: { workflowId: 'other', firstExecutionRunId: 'r' },
      since: '2026-11-25T00:00:00Z',
    };
    return facts({
      nodes: [node('pve01', { version: sourceVersion, guests }), ...nodes],
      guests,
      othersLeases: {
        ...emptyLedger(),
        nodes: leased === undefined ? [] : [{ ...lease, node: leased }],
        memory: [{ ...lease, vmid: 1, target: 'pve02', memoryBytes: reservedGiB * GiB }],
      },
    });
  });

const plan = (input: ClusterFacts) => planEvacuation({ facts: input, request: { node: 'pve01' }, settings });

function arrivalsOf(made: EvacuationPlan, name: string) {
  return made.moves.filter((move) => move.target === name);
}

function nodeOf(input: ClusterFacts, name: string): NodeView {
  const found = input.nodes.find((it) => it.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

test('every guest is in the plan exactly once', () => {
  fc.assert(
    fc.property(clusters, (input) => {
      const made = plan(input);
      const vmids = [...made.moves, ...made.stays].map((it) => it.vmid).sort((a, b) => a - b);
      expect(vmids).toEqual(input.guests.map((it) => it.vmid));
    }),
  );
});

test('no target ever exceeds its memory limit, others’ reservations included', () => {
  fc.assert(
    fc.property(clusters, (input) => {
      const made = plan(input);
      for (const name of names) {
        const it = nodeOf(input, name);
        const planned = arrivalsOf(made, name).reduce((sum, move) => sum + move.reservedMemoryBytes, 0);
        const reserved = input.othersLeases.memory
          .filter((lease) => lease.target === name)
          .reduce((sum, lease) => sum + lease.memoryBytes, 0);
        if (planned > 0)
          expect(it.memoryTakenBytes + reserved + planned).toBeLessThanOrEqual(it.memoryTotalBytes * 0.9);
      }
    }),
  );
});

test('no target storage is ever given more than its room', () => {
  fc.assert(
    fc.property(clusters, (input) => {
      const made = plan(input);
      for (const name of names) {
        const bytes = arrivalsOf(made, name).reduce((sum, move) => sum + move.diskBytes, 0);
        expect(bytes).toBeLessThanOrEqual(nodeOf(input, name).storages[0]?.availableBytes ?? 0);
      }
    }),
  );
});

test('no guest goes to an excluded node', () => {
  fc.assert(
    fc.property(clusters, (input) => {
      const source = nodeOf(input, 'pve01');
      for (const move of plan(input).moves) {
        const it = nodeOf(input, move.target);
        const moved = input.guests.find((one) => one.vmid === move.vmid);
        expect(it.online).toBe(true);
        expect([undefined, 'online']).toContain(it.haState);
        expect(input.othersLeases.nodes.map((lease) => lease.node)).not.toContain(it.name);
        expect(Number.parseInt(it.version ?? '')).toBeGreaterThanOrEqual(
          Number.parseInt(source.version ?? ''),
        );
        expect(moved?.preconditions?.allowedNodes).toContain(it.name);
        expect(moved?.template === true || moved?.lock !== undefined).toBe(false);
        if (moved?.running === true) expect(moved.cpus).toBeLessThanOrEqual(it.cpus);
      }
    }),
  );
});

const shuffled = (input: ClusterFacts) =>
  fc.record({
    nodes: fc.shuffledSubarray([...input.nodes], { minLength: input.nodes.length }),
    guests: fc.shuffledSubarray([...input.guests], { minLength: input.guests.length }),
  });

test('the same facts in another order give the same plan', () => {
  const pairs = clusters.chain((input) => shuffled(input).map((order) => ({ input, order })));
  fc.assert(
    fc.property(pairs, ({ input, order }) => {
      const reversed = order.guests.map((it) => ({
        ...it,
        ...(it.preconditions === undefined
          ? {}
          : {
              preconditions: {
                ...it.preconditions,
                localVolumes: [...it.preconditions.localVolumes].reverse(),
              },
            }),
      }));
      expect(plan({ ...input, nodes: order.nodes, guests: reversed })).toEqual(plan(input));
    }),
  );
});

/** The lowest peak over all assignments, by trying them. */
function lowestPeak(nodes: readonly NodeView[], sizes: readonly number[]): number {
  const shares = nodes.map((it) => it.memoryTakenBytes);
  const search = (at: number): number => {
    const size = sizes[at];
    if (size === undefined)
      return Math.max(...nodes.map((it, index) => (shares[index] ?? 0) / it.memoryTotalBytes));
    let best = Infinity;
    for (const index of nodes.keys()) {
      shares[index] = (shares[index] ?? 0) + size;
      best = Math.min(best, search(at + 1));
      shares[index] -= size;
    }
    return best;
  };
  return search(0);
}

test('small plans come near the lowest peak of all assignments', () => {
  const cases = fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 7 }),
    totals: fc.array(
      fc.record({ total: fc.integer({ min: 200, max: 400 }), taken: fc.integer({ min: 0, max: 40 }) }),
      { minLength: 2, maxLength: 3 },
    ),
  });
  fc.assert(
    fc.property(cases, ({ sizes, totals }) => {
      const nodes = totals.map(({ total, taken }, at) =>
        node(`pve0${at + 2}`, { memoryTotalBytes: total * GiB, memoryTakenBytes: taken * GiB }),
      );
      const guests = sizes.map((size, at) =>
        guest(101 + at, {
          memoryBytes: size * GiB,
          name: `n${at}x`,
          preconditions: preconditions({ allowedNodes: names }),
        }),
      );
      const made = plan(facts({ nodes: [node('pve01'), ...nodes], guests }));
      const peak = Math.max(...made.nodes.slice(1).map((it) => it.afterBytes / it.memoryTotalBytes));
      expect(made.moves).toHaveLength(sizes.length);
      expect(peak).toBeLessThanOrEqual(
        lowestPeak(
          nodes,
          sizes.map((size) => size * GiB),
        ) *
          1.15 +
          1e-9,
      );
    }),
    { numRuns: 200, seed: 1 },
  );
});
