import { facts, GiB, guest, node, preconditions, settings, unknownNetwork, volume } from './given';
import { planEvacuation } from '../../src/planning/planMoves';
import type { ClusterFacts, PlanningRequest, PlanningSettings } from '../../src/planning/facts';

function plan(
  input: Partial<ClusterFacts>,
  request: Partial<PlanningRequest> = {},
  more: Partial<PlanningSettings> = {},
) {
  return planEvacuation({
    facts: facts(input),
    request: { node: 'pve01', ...request },
    settings: { ...settings, ...more },
  });
}

test('the plan holds bytes, times and the memory of every node before and after', () => {
  const disk = volume('local-lvm:vm-102-disk-0');
  const guests = [
    guest(101, { memoryBytes: 4 * GiB }),
    guest(102, { memoryBytes: 8 * GiB, preconditions: preconditions({ localVolumes: [disk] }) }),
    guest(103, { template: true }),
  ];
  const result = plan({ guests, nodes: [node('pve01', { memoryTakenBytes: 12 * GiB }), node('pve02')] });
  expect(result.moves).toMatchObject([
    { vmid: 102, ramBytes: 8 * GiB, diskBytes: 8 * GiB, estimatedSeconds: 38, mode: 'live' },
    { vmid: 101, ramBytes: 4 * GiB, diskBytes: 0, estimatedSeconds: 14 },
  ]);
  expect(result.nodes).toEqual([
    {
      node: 'pve01',
      online: true,
      memoryTotalBytes: 64 * GiB,
      beforeBytes: 12 * GiB,
      afterBytes: 0,
      guestsBefore: 3,
      guestsAfter: 1,
    },
    {
      node: 'pve02',
      online: true,
      memoryTotalBytes: 64 * GiB,
      beforeBytes: 8 * GiB,
      afterBytes: 20 * GiB,
      guestsBefore: 0,
      guestsAfter: 2,
    },
  ]);
  expect(result.totals).toEqual({ guests: 2, ramBytes: 12 * GiB, diskBytes: 8 * GiB, estimatedSeconds: 38 });
  expect(result.roomBytes).toEqual({ pve02: Math.floor(64 * GiB * 0.9) - 8 * GiB });
  expect(result.reservations).toEqual([
    { vmid: 102, target: 'pve02', memoryBytes: 8 * GiB },
    { vmid: 101, target: 'pve02', memoryBytes: 4 * GiB },
  ]);
});

test('the longest move comes first', () => {
  const guests = [
    guest(101, { memoryBytes: GiB }),
    guest(102, { memoryBytes: 9 * GiB }),
    guest(103, { memoryBytes: 3 * GiB }),
  ];
  expect(plan({ guests }).moves.map((move) => move.vmid)).toEqual([102, 103, 101]);
});

test('a load figure that moves does not change the hash; what would be done does', () => {
  const guests = [guest(101)];
  const first = plan({ guests });
  const busier = plan({
    guests,
    nodes: [
      node('pve01'),
      node('pve02', { memoryTakenBytes: 9 * GiB }),
      node('pve03', { memoryTakenBytes: 11 * GiB }),
    ],
  });
  expect(busier.moves[0]?.target).toBe(first.moves[0]?.target);
  expect(busier.hash).toBe(first.hash);
  const others = [
    plan({ guests }, { targets: ['pve03'] }),
    plan({ guests: [guest(101, { running: false })] }),
    plan({ guests }, { concurrency: 1 }),
    plan({ guests }, { bandwidthLimitBytesPerSecond: 1e6 }),
    plan({
      guests: [
        guest(101, { preconditions: preconditions({ localVolumes: [volume('local-lvm:vm-101-disk-0')] }) }),
      ],
    }),
  ];
  expect(new Set([first.hash, ...others.map((it) => it.hash)]).size).toBe(6);
  expect(first.hash).toMatch(/^[0-9a-f]{64}$/);
});

test('the number of lanes is what was asked for, else what fills the link, else learned', () => {
  expect(plan({}, { concurrency: 4 }).lanes).toEqual({ kind: 'fixed', lanes: 4 });
  expect(plan({}, {}, { concurrency: 1 }).lanes).toEqual({ kind: 'fixed', lanes: 1 });
  expect(plan({}).lanes).toEqual({ kind: 'bandwidth', lanes: 3, setupSeconds: 3 });
  expect(plan({}, { bandwidthLimitBytesPerSecond: 0.11 * GiB }).lanes).toMatchObject({
    kind: 'bandwidth',
    lanes: 10,
  });
  const learning = planEvacuation({ facts: facts(), request: { node: 'pve01' }, settings: unknownNetwork });
  expect(learning.lanes).toMatchObject({ kind: 'learning', setupSeconds: 3 });
});

test('a speed that is not configured is said to be assumed', () => {
  const input = { facts: facts({ guests: [guest(101)] }), request: { node: 'pve01' } };
  const said = (warnings: readonly string[]) => warnings.filter((text) => text.includes('times assume'));
  expect(said(planEvacuation({ ...input, settings: unknownNetwork }).warnings)).toHaveLength(1);
  expect(said(planEvacuation({ ...input, settings }).warnings)).toHaveLength(0);
});

test('one at a time takes the sum, lanes that fill the link take less', () => {
  const guests = Array.from({ length: 12 }, (_, at) => guest(101 + at));
  const one = plan({ guests }, { concurrency: 1 }).totals.estimatedSeconds;
  const link = plan({ guests }).totals.estimatedSeconds;
  expect(one).toBe(12 * (6 + 8));
  const bound = (12 * 4) / 1.1 + 6;
  expect(link).toBeGreaterThanOrEqual(Math.floor(bound));
  expect(link).toBeLessThan(bound * 1.15);
});

test('a cluster that loses its quorum with the node is warned about', () => {
  const two = [node('pve01'), node('pve02')];
  const [warning] = plan({ nodes: two, guests: [guest(101)] }).warnings;
  expect(warning).toContain('Without pve01 1 of 2 votes are left and 2 are needed');
  expect(plan({ guests: [guest(101)] }).warnings).toEqual([]);
});

test('files that a guest needs at its next start are named where the storage is not shared', () => {
  const config = {
    storages: ['shared'],
    neededFiles: ['local-lvm:snippets/a.yaml', 'shared:snippets/b.yaml'],
  };
  const { moves, warnings } = plan({ guests: [guest(101, { name: 'web', config })] });
  expect(warnings).toEqual([
    `VM 101 (web) needs local-lvm:snippets/a.yaml at its next start: copy it to ${moves[0]?.target ?? ''}.`,
  ]);
});

test('an older target of the same major version is warned about for live moves', () => {
  const nodes = [node('pve01', { version: '8.4.10' }), node('pve02', { version: '8.4.9' })];
  expect(plan({ nodes, guests: [guest(101)] }).warnings.join()).toContain(
    'pve02 runs Proxmox VE 8.4.9, older than 8.4.10',
  );
  expect(plan({ nodes, guests: [guest(101, { running: false })] }).warnings.join()).not.toContain('older');
});
