import { ManagerError } from '../../../src/domain/errors';
import type { ClusterMember } from '../../../src/domain/cluster/member';
import { printMemberMarker } from '../../../src/planning/cluster/marker';
import { outlineCluster } from '../../../src/planning/cluster/plan';
import type { ClusterOutlineInput } from '../../../src/planning/cluster/planInput';
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
  removalsOf,
  role,
  seen,
  storyOf,
  talosMembers,
  talosProfile,
  uuidOf,
  workers,
} from './given';

const newVersion = ['pve01', 'pve02', 'pve03'].map((name, at) => copy(name, 201 + at, { generation: 2 }));
const talosRecord = {
  talos: { folder: '/state/lab', secretsSha256: 'c'.repeat(64), bootstrapOn: 1001, bootstrapped: true },
};
const talos = { profile: talosProfile(), members: talosMembers, recorded: talosRecord };
const aside = workers.map((it): ClusterMember => ({ ...it, name: `${it.name}-aside`, state: 'aside' }));
/** What is said where a plan is refused: what failed, and what helps. */
function refused(given: ClusterOutlineInput) {
  const said = () => {
    try {
      return storyOf(planOf(given)).join('\n');
    } catch (error) {
      if (!(error instanceof ManagerError)) throw error;
      return `${error.problem.code}: ${error.problem.failed}. ${error.problem.remedy}`;
    }
  };
  const text = said();
  expect(text).toContain('InputInvalid: ');
  return expect(text);
}
const look3 = (running: readonly number[]) =>
  lookWith(talosMembers.map((it) => seen(it, {}, { running: running.includes(it.vmid) })));

describe('create', () => {
  test('makes what the profile asks for, with VMIDs in the order of the outline', () => {
    const plan = planOf(input({ action: 'create' }));
    expect(storyOf(plan)).toEqual(['make lab-worker-1@pve01 lab-worker-2@pve02 lab-worker-3@pve03']);
    expect(machinesOf(plan)[0]).toEqual({
      ...{ name: 'lab-worker-1', role: 'worker', kind: 'worker', ordinal: 1, vmid: 2001, node: 'pve01' },
      source: { node: 'pve01', vmid: 101, template: 'debian-13', generation: 1 },
      ...{ way: 'linked', cores: 2, memoryBytes: 4 * GiB, moreDisks: [], tags: ['cloudinit'] },
      networkCards: [{ key: 'net0', bridge: 'vmbr0' }],
      estimatedSeconds: 1.5,
      because: 'best of 3 possible nodes, 13 % of its memory taken with this plan; a linked clone of VM 101 beside it',
    });
    expect(plan).toMatchObject({ readiness: 'agent', protection: true, keeps: [], leftAlone: [], type: 'cloudinit' });
  });

  test('finishes what was begun under its VMID, makes what is missing, keeps what is ready', () => {
    const begun = without(member('worker', 2, 1002, 'pve02', { state: 'made' }), 'uuid');
    const members = [...workers.slice(0, 1), begun];
    const plan = planOf(input({ action: 'create' }, { members }));
    expect(storyOf(plan)).toEqual(['make lab-worker-2@pve02 lab-worker-3@pve03']);
    expect(machinesOf(plan).map(({ vmid }) => vmid)).toEqual([1002, 2001]);
    expect(machinesOf(plan)[0]?.begun).toMatchObject({ vmid: 1002, uuid: uuidOf(1002) });
    expect(plan.keeps.map(({ vmid }) => vmid)).toEqual([1001]);
  });

  test('a clone that was begun and is not there is made under its VMID again, if that is free', () => {
    const never = without(member('worker', 3, 1003, 'pve03', { state: 'made' }), 'uuid');
    const members = [...workers.slice(0, 2), never];
    const facts = lookWith(workers.slice(0, 2).map((it) => seen(it)));
    const { wanted } = outlineCluster(input({ action: 'create' }, { members, facts }));
    expect(wanted).toEqual([{ name: 'lab-worker-3', preferred: 1003 }]);
  });

  test('a clone that is under way is neither made again nor touched', () => {
    const begun = without(member('worker', 3, 1003, 'pve03', { state: 'made' }), 'uuid');
    const keys = { name: undefined, lock: 'clone', description: ' qmclone temporary file', smbios1: undefined };
    const there = [...workers.slice(0, 2).map((it) => seen(it)), seen(begun, keys)];
    const plan = planOf(input({ action: 'create' }, { members: [...workers.slice(0, 2), begun], facts: lookWith(there) }));
    expect(plan.phases).toEqual([]);
    expect(plan.keeps.map(({ vmid }) => vmid)).toEqual([1001, 1002, 1003]);
    expect(plan.leftAlone).toMatchObject([{ vmid: 1003, because: expect.stringContaining('under way') as string }]);
  });

  test('what was begun on the wrong node is moved, unless it can only stay', () => {
    const begun = member('worker', 1, 1001, 'pve01', { state: 'made' });
    const roles = [role('worker', 1, { placement: { strategy: 'spread', antiAffinity: 'hard', nodes: ['pve02'] } })];
    const facts = lookWith([seen(begun, {}, { running: false })]);
    const plan = planOf(input({ action: 'create' }, { members: [begun], facts, profile: profile({ roles }) }));
    expect(machinesOf(plan)).toMatchObject([{ node: 'pve02', way: 'fullThenMoved', vmid: 1001 }]);
    refused(
      input({ action: 'create' }, { members: [begun], profile: profile({ roles }) }),
    ).toMatch('it runs on pve01');
  });

  test('nothing to do is said, and members that are gone are made again with a warning', () => {
    expect(planOf(input({ action: 'create' }, { members: workers }))).toMatchObject({
      phases: [],
      warnings: ['Nothing to do: lab has all of its 3 machines, and they were ready.'],
    });
    const facts = lookWith(workers.slice(0, 2).map((it) => seen(it)));
    const plan = planOf(input({ action: 'create' }, { members: workers, facts }));
    expect(storyOf(plan)).toEqual(['make lab-worker-3@pve03']);
    expect(plan.warnings).toContain(
      'lab-worker-3 (VM 1003 on pve03) is not there any more: it is dropped from the members.',
    );
  });

  test('a name that another guest has, a missing template and a missing pool are refused', () => {
    const [first] = workers;
    if (first === undefined) throw new Error('no worker');
    const namesake = seen({ ...first, vmid: 555 }, { description: undefined });
    refused(input({ action: 'create' }, { facts: lookWith([namesake]) })).toMatch(
      /the name lab-worker-1 has VM 555 on pve01.*adopt/s,
    );
    refused(input({ action: 'create' }, { facts: look({ copies: [] }) })).toMatch(
      'no version of the template debian-13 is in force',
    );
    const pooled = { facts: look({ pools: ['other'] }), profile: profile({ pool: 'labs' }) };
    refused(input({ action: 'create' }, pooled)).toMatch('there is no pool labs');
    const small = profile({ roles: [role('worker', 1, { diskBytes: 4 * GiB })] });
    refused(input({ action: 'create' }, { profile: small })).toMatch('Proxmox does not shrink disks');
  });

  test('tags of profile, role and conventions, further disks on free keys, start order if the token may set it', () => {
    const roles = [
      role('worker', 1, {
        ...{ tags: ['Web'], startOrder: 5, moreDisks: [{ sizeBytes: 10 * GiB, storage: 'local-lvm' }] },
        networkCards: [{ bridge: 'vmbr0' }, { bridge: 'vmbr1', vlan: 20 }],
      }),
    ];
    const given = { profile: profile({ roles, tags: ['lab'] }), facts: look() };
    expect(machinesOf(planOf(input({ action: 'create' }, given)))[0]).toMatchObject({
      ...{ tags: ['cloudinit', 'lab', 'web'], startOrder: 5 },
      moreDisks: [{ key: 'scsi1', sizeBytes: 10 * GiB, storage: 'local-lvm' }],
      networkCards: [
        { key: 'net0', bridge: 'vmbr0' },
        { key: 'net1', bridge: 'vmbr1', vlan: 20 },
      ],
    });
    const holds = (privilege: string) => privilege !== 'Sys.Modify';
    const facts = look({ privileges: { holds, holdsSomewhere: holds } });
    const plan = planOf(input({ action: 'create' }, { ...given, facts }));
    expect(machinesOf(plan)[0]?.startOrder).toBeUndefined();
    expect(plan.warnings.join('\n')).toContain('The token may not set start orders (Sys.Modify on /): worker get none');
  });
});

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
    const scaled = (count: number, more: object = {}) =>
      planOf(asked(count, more));
    expect(storyOf(scaled(1))).toEqual(['delete 1003', 'delete 1002']);
    const last = { recorded: { talos: { ...talosRecord.talos, bootstrapOn: 1003 } } };
    expect(storyOf(scaled(1, last))).toEqual(['delete 1002', 'delete 1001']);
    refused(asked(2)).toMatch(/2 control planes: etcd needs an odd number.*Ask for 3 or 1/s);
    refused(asked(0)).toMatch('etcd needs an odd number');
    expect(() => scaled(1, { facts: look3([1001, 1002]) })).not.toThrow();
    expect(() => scaled(1, { facts: look3([1001, 1003]) })).toThrow('etcd would lose its quorum: 1 of 2 would run');
  });

  test('what can not be touched is left alone, the others go', () => {
    const there = workers.map((it) => seen(it, it.vmid === 1003 ? { lock: 'backup' } : {}));
    const facts = lookWith(there, { haManaged: [1002] });
    const plan = planOf(input({ action: 'scale', counts: { worker: 0 } }, { members: workers, facts }));
    expect(storyOf(plan)).toEqual(['delete 1001']);
    expect(plan.leftAlone).toMatchObject([
      { vmid: 1003, because: expect.stringMatching(/locked \(backup\).*qm unlock 1003/s) as string },
      { vmid: 1002, because: expect.stringContaining('ha-manager remove vm:1002') as string },
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
    refused(input({ action: 'replace', machines: ['db'] }, { members: workers })).toMatch('it has no machine db');
  });

  test('the memory of the one that goes is free for the one that comes', () => {
    const nodes = [node('pve01', { memoryTotalBytes: 16 * GiB, memoryTakenBytes: 14 * GiB })];
    const members = [member('worker', 1, 1001, 'pve01')];
    const facts = lookWith([seen(members[0] ?? member('x', 1, 1, 'x'))], { nodes, copies: [copy('pve01', 101)] });
    const roles = [role('worker', 1, { placement: { strategy: 'spread', antiAffinity: 'hard' } })];
    const given = { members, facts, profile: profile({ roles }) };
    const plan = planOf(input({ action: 'replace', machines: ['lab-worker-1'] }, given));
    expect(storyOf(plan)).toEqual(['delete 1001', 'make lab-worker-1@pve01']);
    const [needed] = plan.reservations;
    expect(needed?.memoryBytes).toBeLessThanOrEqual(plan.memoryRoomBytes['pve01'] ?? 0);
  });

  test('upgrade: only what is of an older version, control planes first, the bootstrapped one last of them', () => {
    const facts = lookWith(talosMembers.map((it) => seen(it)), { copies: newVersion });
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
    expect(same).toMatchObject({ phases: [], warnings: [expect.stringContaining('older version') as string] });
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
    ['one of three while another is down', talosMembers, 'lab-cp-2', [1001, 1002], 'etcd would lose its quorum'],
    ['one of three while two are down', talosMembers, 'lab-cp-2', [1001], 'etcd has no quorum'],
  ])('etcd is guarded: %s is not replaced', (_title, members, name, running, words) => {
    const facts = lookWith(members.map((it) => seen(it, {}, { running: running.includes(it.vmid) })));
    const recorded = { talos: { ...talosRecord.talos, bootstrapOn: 1003 } };
    const given = { ...talos, members, facts, recorded };
    refused(input({ action: 'replace', machines: [name] }, given)).toMatch(words);
  });

  test('the control plane that is down itself is replaced, and the others after each other', () => {
    const given = { ...talos, facts: look3([1001, 1002, 1004, 1005]) };
    const plan = planOf(input({ action: 'replace', machines: ['lab-cp-3', 'lab-cp-2'] }, given));
    expect(storyOf(plan)).toEqual(['delete 1003', 'make lab-cp-3@pve03', 'delete 1002', 'make lab-cp-2@pve02']);
  });

  test('nobody knows whether etcd was bootstrapped on a machine: it is not replaced', () => {
    const recorded = { talos: { ...talosRecord.talos, bootstrapped: false } };
    refused(input({ action: 'replace', machines: ['lab-cp-1'] }, { ...talos, recorded })).toMatch(
      'nobody knows yet whether it was',
    );
    const other = planOf(input({ action: 'replace', machines: ['lab-cp-2'] }, { ...talos, recorded }));
    expect(storyOf(other)).toEqual(['delete 1002', 'make lab-cp-2@pve02']);
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

describe('destroy, purge, undo', () => {
  test('destroy sets all aside, with a time to bring them back; --now deletes, what is aside too', () => {
    const staged = planOf(input({ action: 'destroy' }, { members: workers }));
    expect(storyOf(staged)).toEqual(['setAside 1003 1002 1001']);
    expect(staged).toMatchObject({ graceMs: 86_400_000, hardStop: false, shutdownTimeoutMs: 180_000 });
    const both = [...workers.slice(0, 1), ...aside.slice(1)];
    const now = planOf(input({ action: 'destroy', now: true }, { members: both }));
    expect(storyOf(now)).toEqual(['delete 1003 1002 1001']);
    expect(now.graceMs).toBeUndefined();
  });

  test('neither needs the profile, and Talos is still known by the record', () => {
    const gone = without(input({ action: 'destroy' }, { members: talosMembers, recorded: talosRecord }), 'profile');
    const plan = planOf(gone);
    expect(plan).toMatchObject({ type: 'talos', protection: true });
    expect(plan.phases).toHaveLength(1);
    const creating = without(input({ action: 'create' }), 'profile');
    refused(creating).toMatch('its profile is not there any more');
  });

  test('purge deletes what is aside only', () => {
    const members = [...workers.slice(0, 1), ...aside.slice(1)];
    expect(storyOf(planOf(input({ action: 'purge' }, { members })))).toEqual(['delete 1003 1002']);
    expect(planOf(input({ action: 'purge' }, { members: workers }))).toMatchObject({
      phases: [],
      warnings: ['Nothing to do for lab: nothing of it is set aside.'],
    });
  });

  test('undo gives the names back and starts what is there, control planes first', () => {
    const members = talosMembers.map((it): ClusterMember => ({ ...it, name: `${it.name}-aside`, state: 'aside' }));
    const facts = lookWith(members.map((it) => seen(it, {}, { running: false })));
    const plan = planOf(input({ action: 'undo' }, { ...talos, members, facts }));
    expect(storyOf(plan)).toEqual(['revive 1001 1002 1003 1004 1005']);
    expect(removalsOf(plan)[0]).toMatchObject({ nameThen: 'lab-cp-1', asideName: 'lab-cp-1-aside' });
    expect(plan.reservations).toHaveLength(5);
    expect(plan.keeps).toEqual([]);
  });

  test('undo is refused where a name or a VMID was taken', () => {
    const there = aside.map((it) => seen(it));
    const namesake = listed(seen(workers[0] ?? member('x', 1, 1, 'x')), { vmid: 9000 });
    const named = lookWith(there, { guests: [...there.map((it) => listed(it)), namesake] });
    refused(input({ action: 'undo' }, { members: aside, facts: named })).toMatch(
      'the name lab-worker-1 was taken by VM 9000 on pve01',
    );
    const strange = aside.map((it) => seen(it, it.vmid === 1002 ? { smbios1: `uuid=${uuidOf(7)}` } : {}));
    refused(input({ action: 'undo' }, { members: aside, facts: lookWith(strange) })).toMatch(
      'VMID 1002 of lab-worker-2-aside was taken by another guest',
    );
  });

  test.each(['create', 'scale', 'replace', 'upgrade', 'rebuild', 'adopt'] as const)(
    '%s waits until what is aside is brought back or deleted',
    (action) => {
      refused(input({ action }, { members: aside })).toMatch(/pxm cluster undo lab.*pxm cluster purge lab/s);
    },
  );

  test('members that nobody can see and members with snapshots are said, the others go', () => {
    const there = [seen(workers[0] ?? member('x', 1, 1, 'x'), { parent: 'before' })];
    const all = workers.map((it) => listed(seen(it)));
    const nodes = [node('pve01'), node('pve02', { online: false }), node('pve03')];
    const facts = lookWith(there, { nodes, guests: all.slice(0, 2) });
    const plan = planOf(input({ action: 'destroy' }, { members: workers, facts }));
    expect(storyOf(plan)).toEqual(['setAside 1001']);
    expect(plan.keeps.map(({ vmid }) => vmid)).toEqual([1002]);
    expect(plan.leftAlone).toMatchObject([{ vmid: 1002, node: 'pve02' }]);
    expect(plan.warnings.join('\n')).toMatch(/lab-worker-1 \(VM 1001\) has snapshots/);
    expect(plan.warnings.join('\n')).toMatch(/lab-worker-3 .* is dropped from the members/);
  });

  test('what Flux wrote stays in Git, and the plan says so', () => {
    const flux = { url: 'ssh://git@git.example.net/fleet.git', branch: 'main', path: 'clusters/lab', keySecret: 'flux' };
    const plan = planOf(input({ action: 'destroy', now: true }, { ...talos, profile: talosProfile({ flux }) }));
    expect(plan.warnings.join('\n')).toContain('clusters/lab on main');
  });
});

describe('adopt', () => {
  const made = member('worker', 1, 500, 'pve02');
  const byHand = seen({ ...made, name: 'old-box' }, { description: 'made by Ada' });

  test('names what is marked; the machine keeps its name', () => {
    const plan = planOf(input({ action: 'adopt', adopt: { 'lab-worker-1': 500 } }, { facts: lookWith([byHand]) }));
    expect(storyOf(plan)).toEqual(['adopt 500 as lab-worker-1']);
    expect(plan.phases).toMatchObject([
      { adoptions: [{ role: 'worker', ordinal: 1, node: 'pve02', uuid: uuidOf(500), nameNow: 'old-box' }] },
    ]);
    expect(plan.warnings).toContain('VM 500 keeps its name old-box; in the profile it is lab-worker-1.');
  });

  test('a machine of a former cluster of this name can be taken back', () => {
    const former = seen(made, { description: printMemberMarker(markerOf(made, { instance: 'instance-0' })) });
    const plan = planOf(input({ action: 'adopt', adopt: { 'lab-worker-1': 500 } }, { facts: lookWith([former]) }));
    expect(plan.warnings.join('\n')).toContain('former cluster of this name');
  });

  test.each([
    ['a wrong name', { 'lab-db-1': 500 }, byHand, 'lab-db-1 is no name of a machine'],
    ['a guest that is not there', { 'lab-worker-1': 501 }, byHand, 'there is no guest with the VMID 501'],
    ['a template', { 'lab-worker-1': 500 }, seen(made, { template: '1' }), 'VM 500 is a template'],
    ['one without uuid', { 'lab-worker-1': 500 }, seen(made, { smbios1: undefined }), 'has no SMBIOS uuid'],
    [
      'a member of another cluster',
      { 'lab-worker-1': 500 },
      seen(made, { description: printMemberMarker(markerOf(made, { cluster: 'k3s' })) }),
      'is a member of the cluster k3s',
    ],
    ['one for two', { 'lab-worker-1': 500, 'lab-worker-2': 500 }, byHand, 'VM 500 is named twice'],
  ])('%s is refused', (_title, adopt, machine, words) => {
    refused(input({ action: 'adopt', adopt }, { facts: lookWith([machine]) })).toMatch(words);
  });

  test('what is a member already is not adopted again', () => {
    const given = { members: workers, facts: lookWith(workers.map((it) => seen(it))) };
    refused(input({ action: 'adopt', adopt: { 'lab-worker-1': 1002 } }, given)).toMatch('is a member already');
  });
});

test('a cluster with a time to live gets an end once, and keeps it; an undo after it has none', () => {
  const limited = profile({ timeToLiveMs: 3_600_000 });
  const created = planOf(input({ action: 'create' }, { profile: limited }));
  expect(created.endsAt).toBe('2026-11-26T13:00:00.000Z');
  const recorded = { endsAt: '2026-11-27T00:00:00.000Z' };
  const scaled = planOf(
    input({ action: 'scale', counts: { worker: 4 } }, { profile: limited, members: workers, recorded }),
  );
  expect(scaled.endsAt).toBe(recorded.endsAt);
  const over = { endsAt: '2026-11-26T11:00:00.000Z' };
  const undone = planOf(input({ action: 'undo' }, { profile: limited, members: aside, recorded: over }));
  expect(undone.endsAt).toBeUndefined();
  expect(undone.warnings.join('\n')).toContain('pxm cluster extend');
});
