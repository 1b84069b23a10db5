import { ManagerError } from '../../../src/domain/errors';
import type { ClusterOutlineInput } from '../../../src/planning/cluster/planInput';
import { printMemberMarker } from '../../../src/planning/cluster/marker';
import { isMember, mismatchOf } from '../../../src/planning/rules/clusterIdentity';
import {
  aside,
  input,
  look,
  lookWith,
  machinesOf,
  markerOf,
  member,
  planOf,
  removalsOf,
  seen,
  storyOf,
  uuidOf,
  workers,
} from './given';
import { without } from '../template/given';
import { lackingTrust } from './traps';

const cluster = { profile: 'lab', instance: 'instance-1' };

test('a member is told by VMID, marker, uuid and name together, wherever it was moved', () => {
  for (const it of workers) expect(mismatchOf(seen(it), it, cluster)).toBeUndefined();
  const [first] = workers;
  if (first === undefined) throw new Error('no worker');
  expect(isMember(seen(first, {}, { node: 'pve03' }), first, cluster)).toBe(true);
  const shouted = { ...first, uuid: uuidOf(1001).toUpperCase() };
  expect(isMember(seen(first), shouted, cluster)).toBe(true);
});

test('a member that nobody has read yet is told by the rest, and its uuid is in the plan that deletes it', () => {
  const unread = without(member('worker', 1, 1001, 'pve01', { state: 'made' }), 'uuid');
  expect(isMember(seen(unread), unread, cluster)).toBe(true);
  const plan = planOf(input({ action: 'destroy', now: true }, { members: [unread] }));
  expect(removalsOf(plan).map((it) => it.member.uuid)).toEqual([uuidOf(1001)]);
});

test('a member whose uuid is missing by now is doubtful: it stays in the record', () => {
  const facts = lookWith(workers.map((it) => seen(it, it.vmid === 1002 ? { smbios1: undefined } : {})));
  const plan = planOf(input({ action: 'destroy', now: true }, { members: workers, facts }));
  expect(plan.keeps.map(({ vmid }) => vmid)).toEqual([1002]);
  expect(plan.warnings.join('\n')).toMatch(/VM 1002 is not known for certain as lab-worker-2/);
  expect(plan.warnings.join('\n')).not.toContain('dropped');
});

test('a member that nobody has read yet stays in the record as long as its own marker is there', () => {
  const unread = without(member('worker', 1, 1001, 'pve01', { state: 'made' }), 'uuid');
  const planWith = (keys: Parameters<typeof seen>[1]) =>
    planOf(input({ action: 'destroy' }, { members: [unread], facts: lookWith([seen(unread, keys)]) }));
  const renamed = planWith({ name: 'database' });
  expect(removalsOf(renamed)).toEqual([]);
  expect(renamed.keeps).toEqual([unread]);
  expect(renamed.leftAlone).toMatchObject([{ vmid: 1001, name: 'database' }]);
  expect(planWith({ name: 'database', description: 'mine' }).keeps).toEqual([]);
});

test('what has the marker of the cluster and is no member is named, with what makes it one, also of a former cluster', () => {
  const late = member('worker', 3, 2003, 'pve03', { run: 'run-2' });
  const former = member('worker', 4, 2004, 'pve01');
  const facts = lookWith([
    ...workers.slice(0, 2).map((it) => seen(it)),
    seen(late),
    seen(former, { description: printMemberMarker(markerOf(former, { instance: 'instance-0' })) }),
  ]);
  const plan = planOf(input({ action: 'destroy' }, { members: workers.slice(0, 2), facts }));
  expect(plan.leftAlone).toMatchObject([
    { vmid: 2003, because: expect.stringContaining('pxm cluster adopt lab lab-worker-3=2003') as string },
    { vmid: 2004, because: expect.stringContaining('a former cluster of this name') as string },
  ]);
  const adopting = { members: workers.slice(0, 2), facts };
  expect(storyOf(planOf(input({ action: 'adopt', adopt: { 'lab-worker-3': 2003 } }, adopting)))).toEqual([
    'adopt 2003 as lab-worker-3',
  ]);
});

test('an undo that was not heard of to its end is gone on with: the machine may have its own name already', () => {
  const facts = lookWith(aside.map((it, at) => seen(it, at === 0 ? { name: 'lab-worker-1' } : {})));
  const plan = planOf(input({ action: 'undo' }, { members: aside, facts }));
  expect(removalsOf(plan).map(({ member: { name }, nameThen }) => [name, nameThen])).toEqual([
    ['lab-worker-1', 'lab-worker-1'],
    ['lab-worker-2-aside', 'lab-worker-2'],
    ['lab-worker-3-aside', 'lab-worker-3'],
  ]);
});

test('a destruction that was not heard of to its end is gone on with: what has its other name and tag is aside', () => {
  const away = { name: 'lab-worker-1-aside', tags: 'pxm-aside' };
  const withFirst = (keys: Parameters<typeof seen>[1]) =>
    lookWith(workers.map((it, at) => seen(it, at === 0 ? keys : {})));
  const plan = planOf(input({ action: 'destroy' }, { members: workers, facts: withFirst(away) }));
  expect(removalsOf(plan).map(({ member: { vmid } }) => vmid)).not.toContain(1001);
  expect(plan.keeps).toMatchObject([{ vmid: 1001, name: 'lab-worker-1-aside', state: 'aside' }]);
  expect(plan.leftAlone).toEqual([]);
  const now = planOf(input({ action: 'destroy', now: true }, { members: workers, facts: withFirst(away) }));
  expect(removalsOf(now).map(({ member: { vmid } }) => vmid)).toContain(1001);
  const called = planOf(
    input({ action: 'destroy' }, { members: workers, facts: withFirst({ name: away.name }) }),
  );
  expect(called.leftAlone).toMatchObject([{ vmid: 1001 }]);
});

describe.each(lackingTrust)(
  'a stranger in the place of a member: $title',
  ({ stranger, says, others = [] }) => {
    const [first, second, third] = workers;
    if (first === undefined || second === undefined || third === undefined) throw new Error('no workers');
    const there = [seen(first), stranger(second), seen(third), ...others.map((make) => make(second))];

    const strangers = [stranger(second), ...others.map((make) => make(second))];

    test.each([{ action: 'destroy', now: true } as const, { action: 'destroy' } as const])(
      'the others go, it is named and lives (%o)',
      (request) => {
        const plan = planOf(input(request, { members: workers, facts: lookWith(there) }));
        const touched = removalsOf(plan).map((it) => it.member.vmid);
        expect(touched.toSorted((a, b) => a - b)).toEqual([1001, 1003]);
        for (const { vmid, name, node } of strangers) {
          expect(plan.leftAlone).toContainEqual(expect.objectContaining({ vmid, name, node }));
        }
        expect(plan.leftAlone.map(({ because }) => because).join('\n')).toMatch(says);
      },
    );

    test.each([
      { action: 'rebuild' } as const,
      { action: 'replace', machines: ['lab-worker-2'] } as const,
      { action: 'scale', counts: { worker: 1 } } as const,
      { action: 'upgrade' } as const,
      { action: 'create' } as const,
    ])('whatever else is done to the cluster, it is not touched (%o)', (request) => {
      const copies = look().copies.map((it) => ({ ...it, generation: 2 }));
      const given = input(request, { members: workers, facts: lookWith(there, { copies }) });
      const touched = touchedBy(given);
      for (const { vmid } of strangers) expect(touched).not.toContain(vmid);
    });

    test('it is not brought back by an undo', () => {
      const aside = workers.map((it) => ({ ...it, name: `${it.name}-aside`, state: 'aside' as const }));
      const [one, two, three] = aside;
      if (one === undefined || two === undefined || three === undefined) throw new Error('no workers');
      const facts = lookWith([seen(one), stranger(two), seen(three)]);
      expect(touchedBy(input({ action: 'undo' }, { members: aside, facts }))).not.toContain(1002);
    });
  },
);

/** VMIDs that a plan touches or makes; a plan that is refused touches nothing. */
function touchedBy(given: ClusterOutlineInput): readonly number[] {
  try {
    const plan = planOf(given);
    return [
      ...removalsOf(plan).map(({ member: { vmid } }) => vmid),
      ...machinesOf(plan).map(({ vmid }) => vmid),
    ];
  } catch (error) {
    if (error instanceof ManagerError && error.problem.code === 'InputInvalid') return [];
    throw error;
  }
}
