import type { ClusterLook } from '../../../src/planning/cluster/facts';
import type { ClusterPlan } from '../../../src/domain/cluster/plan';
import { clusterPlanDifference } from '../../../src/planning/cluster/difference';
import { clusterPlanStillHolds } from '../../../src/planning/cluster/stillHolds';
import { frameOf } from '../../../src/planning/rules/clusterFrame';
import { emptyLedger } from '../../../src/planning/rules/ledger';
import {
  copy,
  GiB,
  input,
  listed,
  look,
  lookWith,
  machinesOf,
  markerOf,
  member,
  node,
  planOf,
  profile,
  role,
  seen,
  settings,
  storage,
  uuidOf,
  workers,
} from './given';
import { without } from '../template/given';
import { printMemberMarker } from '../../../src/planning/cluster/marker';

const sha = 'a'.repeat(64);
const lease = { holder: { workflowId: 'other', firstExecutionRunId: 'r' }, since: '2026-11-26T00:00:00Z' };
const holds = (plan: ClusterPlan, facts: ClusterLook, sha256: string | undefined = sha) =>
  clusterPlanStillHolds(plan, facts, sha256, settings);

describe('a plan that makes machines', () => {
  const plan = planOf(input({ action: 'create' }));
  const [first] = machinesOf(plan);
  if (first === undefined) throw new Error('nothing is made');

  test('holds as long as nothing has changed, or only load that leaves the room', () => {
    expect(holds(plan, look())).toEqual([]);
    const nodes = ['pve01', 'pve02', 'pve03'].map((name) => node(name, { memoryTakenBytes: 50 * GiB }));
    expect(holds(plan, look({ nodes }))).toEqual([]);
  });

  test('its own machines are no reason: a VMID that ours has is not taken', () => {
    const ours = { ...member('worker', 1, first.vmid, 'pve01'), run: 'run-2' };
    expect(holds(plan, lookWith([seen(ours, { description: printMemberMarker(markerOf(ours)) })]))).toEqual(
      [],
    );
  });

  test.each<readonly [string, Partial<ClusterLook>, string]>([
    [
      'a node that went offline',
      { nodes: [node('pve01', { online: false }), node('pve02'), node('pve03')] },
      'pve01 can',
    ],
    ['a node that went', { nodes: [node('pve02'), node('pve03')] }, 'pve01 can'],
    [
      'a node that is being emptied',
      { othersLeases: { ...emptyLedger(), nodes: [{ ...lease, node: 'pve02' }] } },
      'pve02 can',
    ],
    ['a copy that went', { copies: [copy('pve02', 102), copy('pve03', 103)] }, 'VM 101 on pve01'],
    [
      'another version',
      { copies: [1, 2, 3].map((at) => copy(`pve0${at}`, 100 + at, { generation: 2 })) },
      'version 2',
    ],
    [
      'a VMID that somebody took',
      { guests: [listed(seen(member('x', 1, 2001, 'pve03', { name: 'db' })))] },
      'VMID 2001, meant for lab-worker-1, was taken meanwhile, by a guest on pve03',
    ],
    [
      'a name that somebody took',
      { guests: [listed(seen(member('x', 1, 9000, 'pve03', { name: 'lab-worker-1' })))] },
      'The name lab-worker-1 was taken meanwhile',
    ],
    [
      'memory that is gone',
      { nodes: [node('pve01', { memoryTakenBytes: 56 * GiB }), node('pve02'), node('pve03')] },
      'pve01 has only 1.6 GiB of memory left',
    ],
    [
      'memory that others have reserved',
      {
        othersLeases: {
          ...emptyLedger(),
          memory: [{ ...lease, vmid: 1, target: 'pve03', memoryBytes: 52 * GiB }],
        },
      },
      'pve03 has only 1.6 GiB of memory left',
    ],
    [
      'a storage that is full',
      {
        nodes: ['pve01', 'pve02', 'pve03'].map((name) =>
          node(name, { storages: [storage('local-lvm', 'lvmthin', { availableBytes: 2 ** 20 })] }),
        ),
      },
      'local-lvm@pve01 has no room',
    ],
  ])('does not hold with %s', (_title, more, words) => {
    expect(holds(plan, look(more)).join('\n')).toContain(words);
  });

  test('does not hold once the profile has changed, or is gone', () => {
    expect(holds(plan, look(), 'b'.repeat(64))).toEqual(['The file of the profile lab has changed.']);
    expect(clusterPlanStillHolds(plan, look(), undefined, settings)).toHaveLength(1);
  });
});

describe('a plan that deletes', () => {
  const plan = planOf(input({ action: 'destroy', now: true }, { members: workers }));
  const changed = (keys: Record<string, string | undefined>, place: object = {}) =>
    lookWith(workers.map((it) => (it.vmid === 1002 ? seen(it, keys, place) : seen(it))));

  test('holds whatever the profile says now', () => {
    expect(holds(plan, lookWith(workers.map((it) => seen(it))), 'b'.repeat(64))).toEqual([]);
  });

  test.each([
    ['another uuid', changed({ smbios1: `uuid=${uuidOf(7)}` }), 'is not the member any more'],
    ['another name', changed({ name: 'db' }), 'it is called db'],
    ['another node', changed({}, { node: 'pve01' }), 'is on pve01 now, not on pve02'],
    ['a machine that stopped', changed({}, { running: false }), 'is stopped now'],
    ['a volume that came', changed({ scsi1: 'local-lvm:vm-1002-disk-1,size=1G' }), 'vm-1002-disk-1'],
    ['a snapshot that came', changed({ parent: 'before' }), 'is before now, not none'],
    ['a lock', changed({ lock: 'backup' }), 'is locked (backup)'],
    [
      'one that is gone',
      lookWith([workers[0], workers[2]].flatMap((it) => (it === undefined ? [] : [seen(it)]))),
      "can't be seen",
    ],
    [
      'HA',
      lookWith(
        workers.map((it) => seen(it)),
        { haManaged: [1002] },
      ),
      'managed by HA',
    ],
  ])('does not hold with %s', (_title, facts, words) => {
    const reasons = holds(plan, facts);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toContain(words);
  });
});

test('an adoption holds only for the very machine that was shown', () => {
  const byHand = member('worker', 1, 500, 'pve02', { name: 'old-box' });
  const there = seen(byHand, { description: 'made by Ada' });
  const plan = planOf(
    input({ action: 'adopt', adopt: { 'lab-worker-1': 500 } }, { facts: lookWith([there]) }),
  );
  expect(holds(plan, lookWith([there]))).toEqual([]);
  expect(holds(plan, look())).toEqual(['VM 500, which is to be lab-worker-1, is not there any more.']);
  const other = lookWith([seen({ ...byHand, uuid: uuidOf(501) }, {})]);
  expect(holds(plan, other).join()).toContain('its SMBIOS uuid has changed');
});

describe('hash and difference', () => {
  const plan = planOf(input({ action: 'create' }));

  test('load, times of day, and another instance are no part of what is approved', () => {
    const nodes = ['pve01', 'pve02', 'pve03'].map((name) => node(name, { memoryTakenBytes: 8 * GiB }));
    const later = input(
      { action: 'create' },
      { facts: look({ nodes }), now: new Date('2026-11-27T08:00:00Z') },
    );
    const { change } = later;
    const again = planOf({
      ...later,
      change: { ...change, entity: { ...change.entity, instance: 'instance-2' } },
    });
    expect(again.madeAt).not.toBe(plan.madeAt);
    expect(again.hash).toBe(plan.hash);
    expect(clusterPlanDifference(plan, again)).toEqual([]);
  });

  test.each<readonly [string, Parameters<typeof input>, string]>([
    [
      'a machine more',
      [{ action: 'create' }, { profile: profile({ roles: [role('worker', 4)] }) }],
      'lab-worker-4 is made too',
    ],
    [
      'another node',
      [
        { action: 'create' },
        { facts: look({ nodes: [node('pve01'), node('pve02'), node('pve03', { online: false })] }) },
      ],
      'lab-worker-3: node pve01 instead of pve03, source VM 101 on pve01, version 1 instead of VM 103 on pve03, version 1.',
    ],
    [
      'other settings',
      [{ action: 'create' }, { profile: profile({ roles: [role('worker', 3, { cores: 4 })] }) }],
      'The settings of lab-worker-1 have changed.',
    ],
    [
      'another file',
      [{ action: 'create' }, { profile: profile({ sha256: 'b'.repeat(64) }) }],
      'The file of the profile',
    ],
    [
      'no protection',
      [{ action: 'create' }, { profile: profile({ protection: false }) }],
      'Protection: off, was on.',
    ],
    [
      'another action',
      [{ action: 'destroy' }, { members: workers }],
      'lab-worker-1 (VM 1001) is set aside too.',
    ],
  ])('%s makes another plan, and is said', (_title, given, words) => {
    const other = planOf(input(...given));
    expect(other.hash).not.toBe(plan.hash);
    expect(clusterPlanDifference(plan, other).join('\n')).toContain(words);
  });

  test('what is deleted is told by its identity, volumes and snapshots', () => {
    const destroyed = planOf(input({ action: 'destroy', now: true }, { members: workers }));
    const facts = lookWith(
      workers.map((it) => seen(it, it.vmid === 1002 ? { unused0: 'local-lvm:vm-1002-disk-9' } : {})),
    );
    const other = planOf(input({ action: 'destroy', now: true }, { members: workers, facts }));
    expect(clusterPlanDifference(destroyed, other)).toEqual([
      'The volumes of lab-worker-2 are local-lvm:vm-1002-cloudinit, local-lvm:vm-1002-disk-0, local-lvm:vm-1002-disk-9 now.',
    ]);
    const snapshots = lookWith(workers.map((it) => seen(it, it.vmid === 1002 ? { parent: 'before' } : {})));
    const kept = planOf(input({ action: 'destroy', now: true }, { members: workers, facts: snapshots }));
    expect(clusterPlanDifference(destroyed, kept)).toEqual([
      'The newest snapshot of lab-worker-2 is before now.',
    ]);
    expect(holds(kept, snapshots)).toEqual([]);
    const staged = planOf(input({ action: 'destroy' }, { members: workers }));
    expect(clusterPlanDifference(destroyed, staged)).toContain(
      'lab-worker-1 is set aside instead of deleted.',
    );
    expect(destroyed.hash).not.toBe(staged.hash);
  });

  test('the frame is the plan without its lists', () => {
    const rest = without(plan, 'phases', 'keeps', 'leftAlone', 'warnings');
    expect(frameOf(plan)).toEqual(rest);
  });
});
