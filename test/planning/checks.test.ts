import { facts, GiB, guest, listed, node, preconditions, settings, volume } from './given';
import type { ClusterFacts } from '../../src/planning/facts';
import { planDifference } from '../../src/planning/planDifference';
import { planEvacuation } from '../../src/planning/planMoves';
import { moveStillHolds, planStillHolds } from '../../src/planning/planStillHolds';

const disk = volume('local-lvm:vm-102-disk-0');
const web = guest(101, { name: 'web' });
const db = guest(102, { name: 'db', preconditions: preconditions({ localVolumes: [disk] }) });
const template = guest(900, { name: 'base', template: true });
const guests = [web, db, template];
const request = { node: 'pve01', targets: ['pve02'] };
const plan = planEvacuation({ facts: facts({ guests }), request, settings });

function reasons(more: Partial<ClusterFacts>) {
  return planStillHolds(plan, facts({ guests, ...more }), settings);
}

function nodes(pve02: Parameters<typeof node>[1]) {
  return [node('pve01'), node('pve02', pve02), node('pve03')];
}

test('a plan holds against the facts it was made from, also without preconditions', () => {
  expect(reasons({})).toEqual([]);
  const bare = guests.map((it) => ({ ...listed(it.vmid, it), haManaged: false, backupRunning: false }));
  expect(reasons({ guests: bare, depth: 'nodes' })).toEqual([]);
});

test('a load figure that moved is no reason while there is room', () => {
  expect(reasons({ nodes: nodes({ memoryTakenBytes: 45 * GiB }) })).toEqual([]);
});

test.each<[string, Partial<ClusterFacts>, string]>([
  [
    'a guest that came',
    { guests: [...guests, guest(103, { name: 'new' })] },
    'VM 103 (new) has come to pve01 since the plan.',
  ],
  ['a guest that went', { guests: [web, template] }, 'VM 102 (db) is not on pve01 any more.'],
  ['a staying guest that went', { guests: [web, db] }, 'VM 900 (base) is not on pve01 any more.'],
  [
    'a guest that stopped',
    { guests: [{ ...web, running: false }, db, template] },
    'VM 101 (web) was running and is stopped now.',
  ],
  [
    'a lock',
    { guests: [{ ...web, lock: 'snapshot' }, db, template] },
    `VM 101 (web) can't move any more: it is locked (snapshot).`,
  ],
  [
    'more memory',
    { guests: [{ ...web, memoryBytes: 6 * GiB }, db, template] },
    'VM 101 (web) has 6 GiB of memory now, 4 GiB were planned.',
  ],
  [
    'a target that is offline',
    { nodes: nodes({ online: false }) },
    'pve02 is no target any more: it is offline.',
  ],
  [
    'a target that is gone',
    { nodes: [node('pve01'), node('pve03')] },
    'The target pve02 is not in the cluster any more.',
  ],
  [
    'memory that is gone',
    { nodes: nodes({ memoryTakenBytes: 50 * GiB }) },
    'pve02 has only 7.6 GiB of memory left below the limit, 8 GiB are needed.',
  ],
  [
    'no quorum',
    { quorum: { clustered: true, quorate: false, nodes: 3, online: 1 } },
    'The cluster has no quorum.',
  ],
  [
    'a storage that filled up',
    { nodes: nodes({ storages: node('pve02').storages.map((it) => ({ ...it, availableBytes: GiB })) }) },
    'Storage local-lvm of pve02 has only 1 GiB left, 8 GiB are needed.',
  ],
  [
    'a new ISO',
    {
      guests: [
        {
          ...web,
          preconditions: preconditions({
            localVolumes: [volume('local:iso/a.iso', { cdrom: true, drive: 'ide2' })],
          }),
        },
        db,
        template,
      ],
    },
    `VM 101 (web) can't move any more: ide2 holds the local image local:iso/a.iso.`,
  ],
  [
    'a new disk',
    {
      guests: [
        { ...web, preconditions: preconditions({ localVolumes: [volume('local-lvm:vm-101-disk-1')] }) },
        db,
        template,
      ],
    },
    'The local disks of VM 101 (web) have changed: local-lvm:vm-101-disk-1 has come.',
  ],
])('%s speaks against the plan', (_name, more, reason) => {
  expect(reasons(more)).toEqual([reason]);
});

test('a move is checked alone, right before it begins', () => {
  const [move] = plan.moves.filter((it) => it.vmid === 102);
  if (move === undefined) throw new Error('no move');
  const about = (more: Partial<ClusterFacts>) =>
    moveStillHolds(move, facts({ guests: [db], nodes: [node('pve02')], ...more }), settings, []);
  expect(about({})).toEqual([]);
  expect(about({ guests: [] })).toEqual(['VM 102 (db) is not on pve01 any more.']);
  expect(about({ nodes: [node('pve02', { memoryTakenBytes: 55 * GiB })] })).toHaveLength(1);
  const refusedNodes = [
    { node: 'pve02', missingStorages: ['local-lvm'], missingResources: [], blockingResources: [] },
  ];
  const refused = { ...db, preconditions: preconditions({ localVolumes: [disk], refusedNodes }) };
  expect(about({ guests: [refused] })).toEqual([
    `VM 102 (db) can't go to pve02 any more: storage local-lvm is missing.`,
  ]);
});

test('a move is checked beside what the same operation has under way to its target, until that is listed there', () => {
  const [move] = plan.moves.filter((it) => it.vmid === 102);
  if (move === undefined) throw new Error('no move');
  const about = (coming: number, target: string, more: Parameters<typeof node>[1] = {}) =>
    moveStillHolds(move, facts({ guests: [db], nodes: [node('pve02', more)] }), settings, [
      { vmid: 101, target, memoryBytes: coming },
    ]);
  expect(about(55 * GiB, 'pve02')).toEqual([
    expect.stringMatching(/^pve02 has only .* beside 55.* that are on their way there/),
  ]);
  expect(about(55 * GiB, 'pve03')).toEqual([]);
  expect(about(1 * GiB, 'pve02')).toEqual([]);
  expect(about(55 * GiB, 'pve02', { guests: [listed(101)] })).toEqual([]);
});

test('what was copied for a move under way does not count twice: as used and as coming', () => {
  const [move] = plan.moves.filter((it) => it.vmid === 102);
  if (move === undefined) throw new Error('no move');
  const copied = 20 * GiB;
  const target = node('pve02', { memoryTakenBytes: 33 * GiB + copied });
  const underWay = [{ vmid: 101, target: 'pve02', memoryBytes: copied }];
  expect(moveStillHolds(move, facts({ guests: [db], nodes: [target] }), settings, underWay)).toEqual([]);
});

describe('the difference between two plans', () => {
  const made = (input: Partial<ClusterFacts>, more: object = {}) =>
    planEvacuation({ facts: facts({ guests, ...input }), request: { ...request, ...more }, settings });

  test('is empty for the same plan', () => {
    expect(planDifference(plan, made({}))).toEqual([]);
  });

  test('names targets, modes, arrivals, departures and options', () => {
    const after = made(
      { guests: [{ ...web, running: false }, guest(104, { name: 'new' }), { ...template, template: false }] },
      { targets: ['pve03'], concurrency: 2 },
    );
    expect(planDifference(plan, after)).toEqual([
      'VM 101 (web) goes to pve03 instead of pve02.',
      'VM 101 (web) is stopped now: it moves offline.',
      'VM 102 (db) is not on pve01 any more.',
      'VM 104 (new) is new on the node and moves to pve03 now.',
      'VM 900 (base) stayed before and moves to pve03 now.',
      `Copies at once: 2 (fixed) instead of 3 (from the link's speed, setup 3 s).`,
    ]);
  });

  test('names a guest that can not move any more, with the reason', () => {
    const after = made({ guests: [{ ...web, lock: 'backup', backupRunning: true }, db, template] });
    expect(planDifference(plan, after)).toEqual([
      'VM 101 (web) was to move to pve02 and stays now: a backup of it is running.',
    ]);
  });

  test('is never empty where the hashes differ', () => {
    const bigger = made({ guests: [{ ...web, memoryBytes: 30 * GiB }, db, template] });
    expect(bigger.hash).not.toBe(plan.hash);
    expect(planDifference(plan, bigger)).toEqual(['The order of the moves has changed.']);
  });
});
