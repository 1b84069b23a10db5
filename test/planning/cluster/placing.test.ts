import fc from 'fast-check';
import { storagePlace } from '../../../src/domain/buildLease';
import { ManagerError } from '../../../src/domain/errors';
import type { ClusterRole } from '../../../src/domain/cluster/profile';
import type { ClusterLook } from '../../../src/planning/cluster/facts';
import type { ClusterOutlineInput } from '../../../src/planning/cluster/planInput';
import { emptyLedger } from '../../../src/planning/rules/ledger';
import {
  copy,
  GiB,
  input,
  look,
  lookWith,
  machinesOf,
  member,
  node,
  planOf,
  profile,
  role,
  seen,
  storage,
  storyOf,
  talosProfile,
} from './given';

const names = ['pve01', 'pve02', 'pve03', 'pve04'];

const nodes = (name: string) =>
  fc
    .record({
      online: fc.integer({ min: 0, max: 9 }).map((it) => it > 0),
      haState: fc.constantFrom(undefined, undefined, 'online', 'maintenance'),
      totalGiB: fc.integer({ min: 16, max: 96 }),
      takenShare: fc.double({ min: 0, max: 0.8, noNaN: true }),
      cpus: fc.integer({ min: 2, max: 16 }),
      diskGiB: fc.integer({ min: 2, max: 80 }),
    })
    .map(({ online, haState, totalGiB, takenShare, cpus, diskGiB }) =>
      node(name, {
        ...{ online, cpus, memoryTotalBytes: totalGiB * GiB },
        ...(haState === undefined ? {} : { haState }),
        memoryTakenBytes: Math.floor(totalGiB * takenShare * GiB),
        storages: [storage('local-lvm', 'lvmthin', { availableBytes: diskGiB * GiB })],
      }),
    );

const roles = (name: string): fc.Arbitrary<ClusterRole> =>
  fc
    .record({
      count: fc.integer({ min: 0, max: 6 }),
      cores: fc.integer({ min: 1, max: 8 }),
      memoryGiB: fc.integer({ min: 1, max: 16 }),
      strategy: fc.constantFrom('spread' as const, 'pack' as const, 'pinned' as const),
      antiAffinity: fc.constantFrom('hard' as const, 'soft' as const, 'none' as const),
      only: fc.option(fc.shuffledSubarray(names, { minLength: 1 }), { nil: undefined }),
    })
    .map(({ count, cores, memoryGiB, strategy, antiAffinity, only }) =>
      role(name, count, {
        ...{ cores, memoryBytes: memoryGiB * GiB },
        placement: {
          ...{ strategy, antiAffinity },
          ...(strategy === 'pinned' ? { nodes: only ?? names } : only === undefined ? {} : { nodes: only }),
        },
      }),
    );

const changes: fc.Arbitrary<ClusterOutlineInput> = fc
  .record({
    all: fc.tuple(...names.map(nodes)),
    wanted: fc.tuple(roles('db'), roles('web')),
    withCopies: fc.subarray(names, { minLength: 1 }),
    emptied: fc.option(fc.constantFrom(...names), { nil: undefined }),
    reservedGiB: fc.integer({ min: 0, max: 16 }),
    reservedDiskGiB: fc.integer({ min: 0, max: 16 }),
    kept: fc.option(fc.constantFrom(...names), { nil: undefined }),
  })
  .map(({ all, wanted, withCopies, emptied, reservedGiB, reservedDiskGiB, kept }) => {
    const lease = {
      holder: { workflowId: 'other', firstExecutionRunId: 'r' },
      since: '2026-11-26T00:00:00Z',
    };
    const members = kept === undefined ? [] : [member('db', 9, 1001, kept)];
    const facts = lookWith(
      members.map((it) => seen(it)),
      {
        nodes: all,
        copies: withCopies.map((name, at) => copy(name, 101 + at)),
        othersLeases: {
          ...emptyLedger(),
          nodes: emptied === undefined ? [] : [{ ...lease, node: emptied }],
          memory: [{ ...lease, vmid: 1, target: 'pve01', memoryBytes: reservedGiB * GiB }],
          storage: [
            {
              ...{ ...lease, purpose: 'image', node: 'pve02', storage: 'local-lvm', shared: false },
              bytes: reservedDiskGiB * GiB,
            },
          ],
        },
      },
    );
    return input({ action: 'create' }, { profile: profile({ roles: wanted }), facts, members });
  });

/** The plan, or undefined where it is refused because there is no place. */
function planned(given: ClusterOutlineInput) {
  try {
    return planOf(given);
  } catch (error) {
    if (error instanceof ManagerError && error.problem.code === 'InputInvalid') return undefined;
    throw error;
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test('hard rules hold: nodes that can be places, those that are named, cores, hard anti-affinity', () => {
  fc.assert(
    fc.property(changes, (given) => {
      const plan = planned(given);
      if (plan === undefined) return;
      const { nodes: all, othersLeases } = given.facts;
      for (const machine of machinesOf(plan)) {
        const view = all.find(({ name }) => name === machine.node);
        const wanted = given.profile?.roles.find(({ name }) => name === machine.role);
        expect(view?.online).toBe(true);
        expect([undefined, 'online']).toContain(view?.haState);
        expect(othersLeases.nodes.map((it) => it.node)).not.toContain(machine.node);
        expect(machine.cores).toBeLessThanOrEqual(view?.cpus ?? 0);
        if (wanted?.placement.nodes !== undefined) expect(wanted.placement.nodes).toContain(machine.node);
        if (wanted?.placement.antiAffinity !== 'hard') continue;
        const there = [...machinesOf(plan), ...plan.keeps].filter(
          (it) => it.role === machine.role && it.node === machine.node,
        );
        expect(there).toHaveLength(1);
      }
    }),
  );
});

test('memory never exceeds the limit, nor storage its room, reservations of others included', () => {
  fc.assert(
    fc.property(changes, (given) => {
      const plan = planned(given);
      if (plan === undefined) return;
      const { nodes: all, othersLeases } = given.facts;
      for (const view of all) {
        const coming = sum(machinesOf(plan).flatMap((it) => (it.node === view.name ? it.memoryBytes : [])));
        const others = sum(
          othersLeases.memory.flatMap((it) => (it.target === view.name ? it.memoryBytes : [])),
        );
        const limit = view.memoryTotalBytes * 0.9;
        if (coming > 0) expect(view.memoryTakenBytes + others + coming).toBeLessThanOrEqual(limit);
        expect(plan.reservations.filter(({ target }) => target === view.name)).toHaveLength(
          machinesOf(plan).filter((it) => it.node === view.name).length,
        );
      }
      for (const place of new Set(plan.storageReservations.map(storagePlace))) {
        const at = (it: Parameters<typeof storagePlace>[0]) => storagePlace(it) === place;
        const needed = sum(plan.storageReservations.filter(at).map(({ bytes }) => bytes));
        const others = sum(othersLeases.storage.filter(at).map(({ bytes }) => bytes));
        expect(needed + others).toBeLessThanOrEqual(plan.storageRoomBytes[place] ?? 0);
      }
      const purposes = plan.storageReservations.map(({ purpose }) => purpose);
      expect(new Set(purposes).size).toBe(purposes.length);
    }),
  );
});

test('the same facts in another order give the same plan', () => {
  const pairs = changes.chain((given) =>
    fc
      .record({
        nodes: fc.shuffledSubarray([...given.facts.nodes], { minLength: given.facts.nodes.length }),
        copies: fc.shuffledSubarray([...given.facts.copies], { minLength: given.facts.copies.length }),
      })
      .map((order) => [given, { ...given, facts: { ...given.facts, ...order } }] as const),
  );
  fc.assert(
    fc.property(pairs, ([one, other]) => {
      expect(planned(other)).toEqual(planned(one));
    }),
  );
});

test('a place is found wherever there is one: machines that came first make room', () => {
  const cases = fc.record({
    takenGiB: fc.tuple(...names.map(() => fc.integer({ min: 0, max: 16 }))),
    pins: fc.array(fc.option(fc.constantFrom(...names), { nil: undefined }), { minLength: 1, maxLength: 4 }),
    cores: fc.tuple(...names.map(() => fc.integer({ min: 1, max: 4 }))),
    wanted: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(cases, ({ takenGiB, pins, cores, wanted }) => {
      const all = names.map((name, at) =>
        node(name, {
          ...{ cpus: cores[at] ?? 1, memoryTotalBytes: 20 * GiB },
          memoryTakenBytes: (takenGiB[at] ?? 0) * GiB,
        }),
      );
      const machines = Object.fromEntries(
        pins.flatMap((pin, at) => (pin === undefined ? [] : [[String(at + 1), { node: pin, patches: [] }]])),
      );
      const apart = role('db', pins.length, {
        ...{ machines, cores: wanted, placement: { strategy: 'spread', antiAffinity: 'hard' } },
      });
      const able = all
        .filter((it) => it.cpus >= wanted && it.memoryTakenBytes <= 14 * GiB)
        .map((it) => it.name);
      const facts = look({ nodes: all, copies: names.map((name, at) => copy(name, 101 + at)) });
      const plan = planned(input({ action: 'create' }, { facts, profile: profile({ roles: [apart] }) }));
      expect(plan !== undefined).toBe(canBeMatched(pins, able));
    }),
  );
});

/** Whether everybody gets an able node of its own, by trying. */
function canBeMatched(pins: readonly (string | undefined)[], able: readonly string[]): boolean {
  const [pin, ...rest] = pins;
  if (pins.length === 0) return true;
  return able.some(
    (name) =>
      (pin ?? name) === name &&
      canBeMatched(
        rest,
        able.filter((it) => it !== name),
      ),
  );
}

function placed(roles_: readonly ClusterRole[], facts: Partial<ClusterLook> = {}) {
  return storyOf(
    planOf(input({ action: 'create' }, { profile: profile({ roles: roles_ }), facts: look(facts) })),
  );
}

test('spread: evenly, the emptiest node first; machines of other roles do not count, memory does', () => {
  const facts = { nodes: [node('pve01', { memoryTakenBytes: 40 * GiB }), node('pve02'), node('pve03')] };
  expect(placed([role('db', 1), role('web', 4)], facts)).toEqual([
    'make lab-db-1@pve02 lab-web-1@pve03 lab-web-2@pve02 lab-web-3@pve01 lab-web-4@pve03',
  ]);
});

test('pack: as few nodes as possible, and soft anti-affinity only as long as another node is free', () => {
  const packed = { strategy: 'pack' as const, antiAffinity: 'none' as const };
  expect(placed([role('web', 3, { placement: packed })])).toEqual([
    'make lab-web-1@pve01 lab-web-2@pve01 lab-web-3@pve01',
  ]);
  const soft = { ...packed, antiAffinity: 'soft' as const };
  expect(placed([role('web', 4, { placement: soft })])).toEqual([
    'make lab-web-1@pve01 lab-web-2@pve02 lab-web-3@pve03 lab-web-4@pve01',
  ]);
});

test('pinned: in turn on the nodes named; a machine with a node of its own is there', () => {
  const placement = { strategy: 'pinned' as const, nodes: ['pve03', 'pve01'], antiAffinity: 'none' as const };
  expect(placed([role('web', 3, { placement })])).toEqual([
    'make lab-web-1@pve03 lab-web-2@pve01 lab-web-3@pve03',
  ]);
  const machines = { 2: { node: 'pve02', patches: [] } };
  expect(placed([role('web', 2, { placement, machines })])).toEqual(['make lab-web-1@pve03 lab-web-2@pve02']);
});

test('control planes are made first, and what has no place is said node by node', () => {
  const made = planOf(input({ action: 'create' }, { profile: talosProfile() }));
  expect(
    machinesOf(made)
      .map(({ name }) => name)
      .slice(0, 3),
  ).toEqual(['lab-cp-1', 'lab-cp-2', 'lab-cp-3']);
  const nodes_ = [
    node('pve01', { online: false }),
    node('pve02', { cpus: 1 }),
    node('pve03', { memoryTakenBytes: 57 * GiB }),
    node('pve04', { storages: [] }),
    node('pve05'),
  ];
  const facts = look({ nodes: nodes_, copies: [copy('pve05', 105)] });
  const given = input({ action: 'create' }, { profile: talosProfile(), facts });
  expect(() => planOf(given)).toThrow(ManagerError);
  for (const words of [
    'pve01: it is offline',
    'pve02: 2 cores are more than its 1 CPUs',
    'pve03: 4 GiB of memory needed, 614 MiB left below the limit',
    'pve04: the storage local-lvm is not usable there',
    'pve05: a cp of this cluster is there already',
  ]) {
    expect(() => planOf(given)).toThrow(words);
  }
});
