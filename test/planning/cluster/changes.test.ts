import type { ClusterMember } from '../../../src/domain/cluster/member';
import { doesNothing } from '../../../src/domain/cluster/planned';
import { clusterTerms } from '../../../src/domain/rendering/clusterFacts';
import type { ClusterOutlineInput } from '../../../src/planning/cluster/planInput';
import { clusterPlanStillHolds } from '../../../src/planning/cluster/stillHolds';
import {
  copy,
  GiB,
  input,
  localLvm,
  lookWith,
  machinesOf,
  member,
  node,
  planOf,
  profile,
  refusalOf,
  removalsOf,
  role,
  seen,
  settings,
  storage,
  storyOf,
  talos,
  talosMembers,
  talosProfile,
  talosRecord,
  workers,
} from './given';
import { without } from '../template/given';

const newVersion = ['pve01', 'pve02', 'pve03'].map((name, at) => copy(name, 201 + at, { generation: 2 }));
const look3 = (running: readonly number[]) =>
  lookWith(talosMembers.map((it) => seen(it, {}, { running: running.includes(it.vmid) })));

describe('scale', () => {
  test('up takes the lowest free ordinals, down the highest ones', () => {
    const scaled = (count: number, members = workers) =>
      storyOf(planOf(input({ action: 'scale', counts: { worker: count } }, { members })));
    expect(scaled(5)).toEqual(['make lab-worker-4@pve01 lab-worker-5@pve02']);
    expect(scaled(4, workers.slice(1))).toEqual(['make lab-worker-1@pve01 lab-worker-4@pve02']);
    expect(scaled(1)).toEqual(['delete 1003 1002']);
    expect(scaled(3)).toEqual([]);
  });

  test('control planes go one by one, never the one that etcd was bootstrapped on, and stay odd', () => {
    const asked = (count: number, more: object = {}) =>
      input({ action: 'scale', counts: { cp: count } }, { ...talos, ...more });
    const scaled = (count: number, more: object = {}) => planOf(asked(count, more));
    expect(storyOf(scaled(1))).toEqual(['delete 1003', 'delete 1002']);
    const last = { recorded: { talos: { ...talosRecord.talos, bootstrapOn: 1003 } } };
    expect(storyOf(scaled(1, last))).toEqual(['delete 1002', 'delete 1001']);
    refused(asked(2)).toMatch(/2 control planes: etcd needs an odd number.*Ask for 3 or 1/s);
    refused(asked(0)).toMatch('the last control plane never goes');
    expect(() => scaled(1, { facts: look3([1001, 1002]) })).not.toThrow();
    expect(() => scaled(1, { facts: look3([1001, 1003]) })).toThrow(
      'etcd would lose its quorum: 1 of 2 would run',
    );
  });

  test('what can not be touched is left alone, the others go', () => {
    const there = workers.map((it) => seen(it, it.vmid === 1003 ? { lock: 'backup' } : {}));
    const facts = lookWith(there, { haManaged: [1002] });
    const plan = planOf(input({ action: 'scale', counts: { worker: 0 } }, { members: workers, facts }));
    expect(storyOf(plan)).toEqual(['delete 1001']);
    expect(plan.leftAlone).toMatchObject([
      { vmid: 1003, wasMeant: true, because: expect.stringMatching(/locked.*qm unlock 1003/s) as string },
      { vmid: 1002, wasMeant: true, because: expect.stringContaining('ha-manager remove vm:1002') as string },
    ]);
    expect(plan.keeps.map(({ vmid }) => vmid)).toEqual([1002, 1003]);
  });

  test.each([
    [{ counts: { db: 1 } }, 'the profile has no role db'],
    [{ counts: { worker: 1.5 } }, 'is no number of machines'],
    [{}, 'no role is named'],
  ])('%o is refused', (request, words) => {
    refused(input({ action: 'scale', ...request }, { members: workers })).toMatch(words);
  });
});

describe('replace, upgrade, rebuild', () => {
  test('each goes before its successor is made, which gets its name and ordinal and a new VMID', () => {
    const plan = planOf(
      input({ action: 'replace', machines: ['lab-worker-3', 'lab-worker-1'] }, { members: workers }),
    );
    expect(storyOf(plan)).toEqual([
      'delete 1003',
      'make lab-worker-3@pve03',
      'delete 1001',
      'make lab-worker-1@pve01',
    ]);
    expect(machinesOf(plan).map(({ vmid }) => vmid)).toEqual([2001, 2002]);
    expect(removalsOf(plan)[0]).toMatchObject({
      ...{ running: true, asideName: 'lab-worker-3-aside' },
      volumes: ['local-lvm:vm-1003-cloudinit', 'local-lvm:vm-1003-disk-0'],
    });
    refused(input({ action: 'replace', machines: ['db'] }, { members: workers })).toMatch(
      'it has no machine db',
    );
  });

  test('what is not there is made where that is asked for, before anything goes', () => {
    const asked = (more: object, members = workers.slice(0, 2)) =>
      input({ action: 'replace', machines: ['lab-worker-2', 'lab-worker-3'], ...more }, { members });
    expect(storyOf(planOf(asked({ orMissing: true })))).toEqual([
      'make lab-worker-3@pve03',
      'delete 1002',
      'make lab-worker-2@pve02',
    ]);
    expect(storyOf(planOf(asked({ orMissing: true }, [])))).toHaveLength(1);
    refused(asked({})).toMatch('it has no machine lab-worker-3');
    refused(asked({ orMissing: true, machines: ['lab-db-1'] })).toMatch('it has no machine lab-db-1');
  });

  test('a machine is meant by its place first: an adopted one may be called like that of another', () => {
    const adopted = { ...member('worker', 4, 1004, 'pve01'), name: 'lab-worker-2' };
    const facts = lookWith([seen(adopted), ...workers.map((it) => seen(it))]);
    const replacing = (name: string) =>
      input({ action: 'replace', machines: [name] }, { members: [adopted, ...workers], facts });
    expect(removalsOf(planOf(replacing('lab-worker-4'))).map((it) => it.member.vmid)).toEqual([1004]);
    // The one of that place: its successor could not be called so.
    refused(replacing('lab-worker-2')).toMatch('the name lab-worker-2 has VM 1004 on pve01');
  });

  test('the memory of the one that goes is free for the one that comes', () => {
    const nodes = [node('pve01', { memoryTotalBytes: 16 * GiB, memoryTakenBytes: 14 * GiB })];
    const members = [member('worker', 1, 1001, 'pve01')];
    const facts = lookWith([seen(members[0] ?? member('x', 1, 1, 'x'))], {
      nodes,
      copies: [copy('pve01', 101)],
    });
    const roles = [role('worker', 1, { placement: { strategy: 'spread', antiAffinity: 'hard' } })];
    const given = { members, facts, profile: profile({ roles }) };
    const plan = planOf(input({ action: 'replace', machines: ['lab-worker-1'] }, given));
    expect(storyOf(plan)).toEqual(['delete 1001', 'make lab-worker-1@pve01']);
    const [needed] = plan.reservations;
    expect(needed?.memoryBytes).toBeLessThanOrEqual(plan.memoryRoomBytes['pve01'] ?? 0);
  });

  test('the room on storages of the one that goes is free for the one that comes', () => {
    const [first = member('x', 1, 1, 'x')] = workers;
    const full = { availableBytes: 5 * GiB };
    const keys = { scsi0: 'vg:vm-1001-disk-0,size=20G', ide2: 'vg:vm-1001-cloudinit,media=cdrom' };
    const own = { scsi0: 'vg:base-101-disk-0,size=8G', ide2: 'vg:vm-101-cloudinit,media=cdrom' };
    const thick = lookWith([seen(first, keys)], {
      nodes: [node('pve01', { storages: [storage('vg', 'lvm', full)] })],
      copies: [copy('pve01', 101, { keys: own })],
    });
    const thin = lookWith([seen(first, { scsi0: 'other:vm-1001-disk-0,size=20G' })], {
      nodes: [node('pve01', { storages: [localLvm, storage('other', 'lvmthin', full)] })],
      copies: [copy('pve01', 101)],
    });
    for (const [facts, more] of [
      [thick, { roles: [role('worker', 1, { diskBytes: 20 * GiB })] }],
      [thin, { roles: [role('worker', 1)], storage: 'other' }],
    ] as const) {
      const given = { members: [first], facts, profile: profile(more) };
      const plan = planOf(input({ action: 'rebuild' }, given));
      expect(storyOf(plan)).toEqual(['delete 1001', 'make lab-worker-1@pve01']);
      const needed = plan.storageReservations.reduce((sum, { bytes }) => sum + bytes, 0);
      expect(needed).toBeLessThanOrEqual(Object.values(plan.storageRoomBytes)[0] ?? 0);
      expect(clusterPlanStillHolds(plan, facts, plan.profileSha256, settings)).toEqual([]);
    }
  });

  test('upgrade: only what is of an older version, control planes first, the bootstrapped one last of them', () => {
    const facts = lookWith(
      talosMembers.map((it) => seen(it)),
      { copies: newVersion },
    );
    const members = talosMembers.map((it) => (it.vmid === 1005 ? { ...it, generation: 2 } : it));
    const plan = planOf(input({ action: 'upgrade' }, { ...talos, members, facts }));
    expect(storyOf(plan).filter((it) => it.startsWith('delete'))).toEqual([
      'delete 1002',
      'delete 1003',
      'delete 1001',
      'delete 1004',
    ]);
    expect(plan.keeps.map(({ vmid }) => vmid)).toEqual([1005]);
    expect(machinesOf(plan).every(({ source }) => source.generation === 2)).toBe(true);
    const same = planOf(input({ action: 'upgrade' }, talos));
    expect(same).toMatchObject({
      phases: [],
      warnings: [expect.stringContaining('older version') as string],
    });
  });

  test('adopted machines are not upgraded: nobody knows of which version they are', () => {
    const adopted = without(member('worker', 1, 1001, 'pve01'), 'generation');
    const facts = lookWith([seen(adopted)], { copies: newVersion });
    const plan = planOf(input({ action: 'upgrade' }, { members: [adopted], facts }));
    expect(plan.phases).toEqual([]);
    expect(plan.warnings.join('\n')).toContain('lab-worker-1 was adopted');
  });

  test.each([
    ['the only control plane', talosMembers.slice(2), 'lab-cp-3', [1003], 'it is the only one'],
    [
      'one of three while another is down',
      talosMembers,
      'lab-cp-2',
      [1001, 1002],
      'etcd would lose its quorum',
    ],
    ['one of three while two are down', talosMembers, 'lab-cp-2', [1001], 'etcd has no quorum'],
  ])('etcd is guarded: %s is not replaced', (_title, members, name, running, words) => {
    const facts = lookWith(members.map((it) => seen(it, {}, { running: running.includes(it.vmid) })));
    const recorded = { talos: { ...talosRecord.talos, bootstrapOn: 1003 } };
    const given = { ...talos, members, facts, recorded };
    refused(input({ action: 'replace', machines: [name] }, given)).toMatch(words);
  });

  test('nobody relies on a control plane that was never ready where one leaves that was', () => {
    const begun = (...vmids: readonly number[]) =>
      talosMembers.map((it) => (vmids.includes(it.vmid) ? { ...it, state: 'made' as const } : it));
    const replaced = (name: string, members: readonly ClusterMember[]) =>
      input({ action: 'replace', machines: [name] }, { ...talos, members });
    refused(replaced('lab-cp-2', begun(1003))).toMatch(
      /etcd would lose its quorum: 1 of 2 would run.*VM 1003 was never ready, .*: finish it first .*, or replace it/s,
    );
    expect(storyOf(planOf(replaced('lab-cp-3', begun(1003))))[0]).toBe('delete 1003');
    const scaled = input({ action: 'scale', counts: { cp: 1 } }, { ...talos, members: begun(1002, 1003) });
    expect(storyOf(planOf(scaled))).toEqual(['delete 1003', 'delete 1002']);
    const second = input({ action: 'scale', counts: { cp: 1 } }, { ...talos, members: begun(1002) });
    expect(storyOf(planOf(second))).toEqual(['delete 1002', 'delete 1003']);
  });

  test('one of two control planes is not replaced where the profile asks for three', () => {
    const members = talosMembers.filter(({ vmid }) => vmid !== 1003);
    for (const asked of [{ action: 'replace', machines: ['lab-cp-2'] }, { action: 'upgrade' }] as const) {
      const facts = lookWith(
        members.map((it) => seen(it)),
        { copies: newVersion },
      );
      refused(input(asked, { ...talos, members, facts })).toMatch(
        /only 2 of 3 cp are there.*pxm cluster create lab/s,
      );
    }
    const begun = members.map((it) => (it.vmid === 1002 ? { ...it, state: 'made' as const } : it));
    for (const [machine, among] of [
      ['lab-worker-1', members],
      ['lab-cp-2', begun],
    ] as const) {
      const asked = input({ action: 'replace', machines: [machine] }, { ...talos, members: among });
      expect(() => planOf(asked)).not.toThrow();
    }
  });

  test('the role of the control planes can not be renamed while its machines are there', () => {
    const recorded = { talos: { ...talosRecord.talos, controlPlaneRole: 'master' } };
    const members = talosMembers.map((it) => (it.role === 'cp' ? { ...it, role: 'master' } : it));
    const given = { ...talos, recorded, members };
    const words = /made as the role master, and the profile now has cp.*Call the role .* master again/s;
    refused(input({ action: 'create' }, given)).toMatch(words);
    refused(input({ action: 'scale', counts: { worker: 1 } }, given)).toMatch(words);
    refused(input({ action: 'upgrade' }, given)).toMatch(words);
    expect(() => planOf(input({ action: 'destroy' }, given))).not.toThrow();
  });

  test('the control plane that is down itself is replaced, and the others after each other', () => {
    const given = { ...talos, facts: look3([1001, 1002, 1004, 1005]) };
    const plan = planOf(input({ action: 'replace', machines: ['lab-cp-3', 'lab-cp-2'] }, given));
    expect(storyOf(plan)).toEqual([
      'delete 1003',
      'make lab-cp-3@pve03',
      'delete 1002',
      'make lab-cp-2@pve02',
    ]);
  });

  test('nobody knows whether etcd was bootstrapped: no control plane is replaced', () => {
    const recorded = { talos: { ...talosRecord.talos, bootstrapped: false } };
    refused(input({ action: 'replace', machines: ['lab-cp-1'] }, { ...talos, recorded })).toMatch(
      'nobody knows yet whether it was',
    );
    refused(input({ action: 'replace', machines: ['lab-cp-2'] }, { ...talos, recorded })).toMatch(
      'etcd was to be bootstrapped on VM 1001, nobody knows whether it was',
    );
  });

  test('etcd is bootstrapped on no other machine that gets the VMID by now', () => {
    const recorded = { talos: { ...talosRecord.talos, bootstrapOn: 2001, bootstrapped: false } };
    const members = talosMembers.slice(1);
    refused(input({ action: 'create' }, { ...talos, recorded, members })).toMatch(
      'etcd was to be bootstrapped on VM 2001, nobody knows whether it was',
    );
  });

  test('what was bootstrapped is joined; where all control planes are gone there is nothing to join', () => {
    const members = talosMembers.filter(({ role }) => role !== 'cp');
    const facts = lookWith(members.map((it) => seen(it)));
    const given = { ...talos, members: talosMembers, facts };
    refused(input({ action: 'create' }, given)).toMatch('all of its control planes are gone');
    const anew = planOf(input({ action: 'rebuild' }, given));
    expect(anew.talos).toMatchObject({ anew: true, bootstrapOn: 2001 });
  });

  test('what is made joins no etcd whose quorum is lost: that is said before anything is begun', () => {
    const withCps = (vmids: readonly number[], running = vmids) => {
      const there = talosMembers.filter(({ role, vmid }) => role !== 'cp' || vmids.includes(vmid));
      return lookWith(
        there.map((it) => seen(it, {}, { running: it.role !== 'cp' || running.includes(it.vmid) })),
      );
    };
    const create = (facts: ReturnType<typeof withCps>, members = talosMembers) =>
      input({ action: 'create' }, { ...talos, members, facts });
    refused(create(withCps([1001]))).toMatch(
      /etcd has lost its quorum: lab-cp-2 and lab-cp-3 are gone.*\(lab-cp-1\).*pxm cluster rebuild lab .*\/state\/lab\/snapshots/s,
    );
    const quorum = (given: ClusterOutlineInput) =>
      planOf(given).warnings.filter((it) => it.startsWith('etcd has no quorum'));
    expect(quorum(create(withCps([1001, 1002])))).toEqual([]);
    expect(quorum(create(withCps([1001, 1002], [1001])))).toEqual([
      'etcd has no quorum, as far as is known: 1 of 3 control planes run, 2 are needed. Nothing can join it then. Bring lab-cp-2 back first.',
    ]);
    // What left etcd before an operation broke off needs no vote.
    const two = talosMembers.filter(({ vmid }) => vmid !== 1003);
    expect(quorum(create(withCps([1001]), two))).toEqual([
      expect.stringMatching(/1 of 2 control planes.*Unless lab-cp-2 had left etcd before, reject this plan/s),
    ]);
    // Those that were never ready have most likely never joined.
    const half = talosMembers.map((it) => (it.vmid === 1001 ? it : { ...it, state: 'made' as const }));
    expect(quorum(create(withCps([1001]), half))).toEqual([]);
  });

  test('what etcd may list still of control planes that are gone is removed, unless they are made again', () => {
    const members = [...talosMembers, member('cp', 4, 1006, 'pve01'), member('cp', 5, 1007, 'pve02')];
    const facts = lookWith(members.filter(({ vmid }) => ![1006, 1007].includes(vmid)).map((it) => seen(it)));
    const roles = [role('cp', 3, { kind: 'controlPlane' }), role('worker', 2)];
    const given = { ...talos, profile: talosProfile({ roles }), members, facts };
    const asked = (request: Parameters<typeof input>[0]) => planOf(input(request, given));
    const namesIn = (plan: ReturnType<typeof planOf>) => plan.talos?.gone?.map(({ name }) => name);
    const same = asked({ action: 'scale', counts: { cp: 3 } });
    expect(storyOf(same)).toEqual([]);
    expect(namesIn(same)).toEqual(['lab-cp-4', 'lab-cp-5']);
    expect(doesNothing(same)).toBe(false);
    expect(clusterTerms(same).join()).toContain(
      'what etcd lists still of lab-cp-4, lab-cp-5 is removed there',
    );
    expect(namesIn(asked({ action: 'scale', counts: { worker: 1 } }))).toEqual(['lab-cp-4', 'lab-cp-5']);
    expect(namesIn(asked({ action: 'create' }))).toEqual(['lab-cp-4', 'lab-cp-5']);
    const again = asked({ action: 'scale', counts: { cp: 5 } });
    expect(again.talos).not.toHaveProperty('gone');
    const first = 'a control plane of their names that is gone is removed there first';
    expect(clusterTerms(again).join()).toContain(first);
    // Workers have never been in etcd.
    expect(clusterTerms(asked({ action: 'scale', counts: { worker: 3 } })).join()).not.toContain(first);
    // They count against the quorum only until they are removed.
    expect(storyOf(asked({ action: 'scale', counts: { cp: 1 } }))).toEqual(['delete 1003', 'delete 1002']);
    const restored = lookWith(members.filter(({ vmid }) => vmid !== 1006).map((it) => seen(it)));
    expect(clusterPlanStillHolds(same, restored, undefined, settings)).toEqual([
      'lab-cp-5 (VM 1007), which was gone, is there again.',
    ]);
  });

  test('rebuild of a Talos cluster: it is another one, so nothing of the one before may stay', () => {
    const locked = lookWith(talosMembers.map((it) => seen(it, it.vmid === 1002 ? { lock: 'backup' } : {})));
    refused(input({ action: 'rebuild' }, { ...talos, facts: locked })).toMatch(
      "lab-cp-2 (VM 1002) can't be deleted",
    );
  });

  test('rebuild: all go, all are made, workers go first and control planes come first', () => {
    expect(storyOf(planOf(input({ action: 'rebuild' }, talos)))).toEqual([
      'delete 1005 1004 1003 1002 1001',
      'make lab-cp-1@pve01 lab-cp-2@pve02 lab-cp-3@pve03 lab-worker-1@pve01 lab-worker-2@pve02',
    ]);
  });

  test('rebuild: what can not go stays under its name, and what is beyond the count is made again', () => {
    const members = [...workers, member('worker', 4, 1004, 'pve01'), member('old', 1, 1005, 'pve02')];
    const there = members.map((it) => seen(it, it.vmid === 1002 ? { lock: 'backup' } : {}));
    const plan = planOf(input({ action: 'rebuild' }, { members, facts: lookWith(there) }));
    expect(machinesOf(plan).map(({ ordinal }) => ordinal)).toEqual([1, 3, 4]);
    expect(plan.warnings).toContain('lab-old-1 is not made again: the profile has no role old.');
  });
});

function refused(given: ClusterOutlineInput) {
  const said = refusalOf(given);
  expect(said).toContain('InputInvalid: ');
  return expect(said);
}
