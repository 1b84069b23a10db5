import { printMemberMarker } from '../../../src/planning/cluster/marker';
import { outlineCluster } from '../../../src/planning/cluster/plan';
import type { ClusterOutlineInput } from '../../../src/planning/cluster/planInput';
import {
  aside,
  GiB,
  input,
  look,
  lookWith,
  machinesOf,
  markerOf,
  member,
  planOf,
  profile,
  refusalOf,
  role,
  seen,
  storyOf,
  uuidOf,
  workers,
} from './given';
import { without } from '../template/given';

describe('create', () => {
  test('makes what the profile asks for, with VMIDs in the order of the outline', () => {
    const plan = planOf(input({ action: 'create' }));
    expect(storyOf(plan)).toEqual(['make lab-worker-1@pve01 lab-worker-2@pve02 lab-worker-3@pve03']);
    expect(machinesOf(plan)[0]).toEqual({
      ...{ name: 'lab-worker-1', role: 'worker', kind: 'worker', ordinal: 1, vmid: 2001, node: 'pve01' },
      source: { node: 'pve01', vmid: 101, template: 'debian-13', generation: 1 },
      ...{
        way: 'linked',
        linkedVolumes: 2,
        cores: 2,
        memoryBytes: 4 * GiB,
        moreDisks: [],
        tags: ['cloudinit'],
      },
      networkCards: [
        {
          ...{ key: 'net0', bridge: 'vmbr0' },
          macAddress: expect.stringMatching(/^BC:24:11(:[0-9A-F]{2}){3}$/) as string,
        },
      ],
      estimatedSeconds: 1.5,
      because: 'best of 3 possible nodes, 13 % of its memory taken with this plan',
    });
    expect(plan).toMatchObject({
      readiness: 'agent',
      protection: true,
      keeps: [],
      leftAlone: [],
      type: 'cloudinit',
    });
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
    const keys = {
      name: undefined,
      lock: 'clone',
      description: ' qmclone temporary file',
      smbios1: undefined,
    };
    const there = [...workers.slice(0, 2).map((it) => seen(it)), seen(begun, keys)];
    const plan = planOf(
      input({ action: 'create' }, { members: [...workers.slice(0, 2), begun], facts: lookWith(there) }),
    );
    expect(plan.phases).toEqual([]);
    expect(plan.keeps.map(({ vmid }) => vmid)).toEqual([1001, 1002, 1003]);
    expect(plan.leftAlone).toMatchObject([
      { vmid: 1003, because: expect.stringContaining('under way') as string },
    ]);
  });

  test('what was begun on the wrong node is moved, unless it can only stay', () => {
    const begun = member('worker', 1, 1001, 'pve01', { state: 'made' });
    const roles = [
      role('worker', 1, { placement: { strategy: 'spread', antiAffinity: 'hard', nodes: ['pve02'] } }),
    ];
    const facts = lookWith([seen(begun, {}, { running: false })]);
    const plan = planOf(
      input({ action: 'create' }, { members: [begun], facts, profile: profile({ roles }) }),
    );
    expect(machinesOf(plan)).toMatchObject([{ node: 'pve02', way: 'fullThenMoved', vmid: 1001 }]);
    refused(input({ action: 'create' }, { members: [begun], profile: profile({ roles }) })).toMatch(
      'it runs on pve01',
    );
  });

  test('what was begun keeps its disks, and stays where Proxmox can not move it from', () => {
    const begun = member('worker', 1, 1001, 'pve01', { state: 'made' });
    const moreDisks = [1, 2].map((size) => ({ sizeBytes: size * GiB, storage: 'local-lvm' }));
    const placement = { strategy: 'spread' as const, antiAffinity: 'none' as const };
    const planned = (keys: Record<string, string>, nodes?: readonly string[]) =>
      input(
        { action: 'create' },
        {
          members: [begun],
          facts: lookWith([seen(begun, keys, { running: false })]),
          profile: profile({
            roles: [
              role('worker', 1, {
                ...{ moreDisks, diskBytes: 8 * GiB },
                placement: { ...placement, ...(nodes === undefined ? {} : { nodes }) },
              }),
            ],
          }),
        },
      );
    const [machine] = machinesOf(planOf(planned({ scsi1: 'local-lvm:vm-1001-disk-1,size=1G' })));
    expect(machine).toMatchObject({ node: 'pve01', moreDisks: [{ key: 'scsi2', sizeBytes: 2 * GiB }] });
    expect(machine?.grow).toBeUndefined();
    const linked = { scsi0: 'local-lvm:base-101-disk-0/vm-1001-disk-0,size=8G' };
    refused(planned(linked, ['pve02'])).toMatch("vm-1001-disk-0 can't be moved from pve01");
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
    const warned = (facts: Parameters<typeof look>[0]) =>
      planOf(input({ action: 'create' }, { ...pooled, facts: look(facts) })).warnings.join('\n');
    expect(warned({})).toContain("Whether there is the pool labs can't be seen");
    expect(warned({ pools: ['labs'] })).not.toContain('pool labs');
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
    expect(plan.warnings.join('\n')).toContain(
      'The token may not set start orders (Sys.Modify on /): worker get none',
    );
  });
});

describe('adopt', () => {
  const made = member('worker', 1, 500, 'pve02');
  const byHand = seen({ ...made, name: 'old-box' }, { description: 'made by Ada' });

  test('names what is marked; the machine keeps its name', () => {
    const plan = planOf(
      input({ action: 'adopt', adopt: { 'lab-worker-1': 500 } }, { facts: lookWith([byHand]) }),
    );
    expect(storyOf(plan)).toEqual(['adopt 500 as lab-worker-1']);
    expect(plan.phases).toMatchObject([
      { adoptions: [{ role: 'worker', ordinal: 1, node: 'pve02', uuid: uuidOf(500), nameNow: 'old-box' }] },
    ]);
    expect(plan.warnings).toContain('VM 500 keeps its name old-box; in the profile it is lab-worker-1.');
    expect(plan.warnings.join()).not.toContain('surplus');
  });

  test('one beyond the count of its role is told to be the first that a scale deletes', () => {
    const facts = lookWith([byHand, ...workers.map((it) => seen(it))]);
    const adopt = { 'lab-worker-4': 500 };
    const { warnings } = planOf(input({ action: 'adopt', adopt }, { members: workers, facts }));
    expect(warnings.join()).toMatch(/asks for 3 of worker: lab-worker-4 \(VM 500\).* deletes it first/);
    const adopted = [...workers, { ...made, ordinal: 4, name: 'old-box' }];
    const scaled = planOf(
      input(
        { action: 'scale', counts: { worker: 3 } },
        { members: adopted, facts: lookWith(adopted.map((it) => seen(it))) },
      ),
    );
    expect(storyOf(scaled)).toEqual(['delete 500']);
  });

  test('a machine of a former cluster of this name can be taken back', () => {
    const former = seen(made, { description: printMemberMarker(markerOf(made, { instance: 'instance-0' })) });
    const plan = planOf(
      input({ action: 'adopt', adopt: { 'lab-worker-1': 500 } }, { facts: lookWith([former]) }),
    );
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
    refused(input({ action: 'adopt', adopt: { 'lab-worker-1': 1002 } }, given)).toMatch(
      'is a member already',
    );
  });
});

test('a cluster with a time to live gets an end once, and keeps it; an undo after it has none', () => {
  const limited = profile({ timeToLiveMs: 3_600_000 });
  const created = planOf(input({ action: 'create' }, { profile: limited }));
  // From the end of the operation on: the approval may come when the time would be over.
  expect(created).toMatchObject({ timeToLiveMs: 3_600_000 });
  expect(created.endsAt).toBeUndefined();
  expect(created.warnings.join()).toMatch(/over 1 h 00 min after this operation .* waits for an approval/);
  const recorded = { endsAt: '2026-11-27T00:00:00.000Z' };
  const scaled = planOf(
    input({ action: 'scale', counts: { worker: 4 } }, { profile: limited, members: workers, recorded }),
  );
  expect(scaled.endsAt).toBe(recorded.endsAt);
  expect(scaled.timeToLiveMs).toBeUndefined();
  const over = { endsAt: '2026-11-26T11:00:00.000Z' };
  const undone = planOf(input({ action: 'undo' }, { profile: limited, members: aside, recorded: over }));
  expect([undone.endsAt, undone.timeToLiveMs]).toEqual([undefined, undefined]);
  expect(undone.warnings.join('\n')).toContain('pxm cluster extend');
});

function refused(given: ClusterOutlineInput) {
  const said = refusalOf(given);
  expect(said).toContain('InputInvalid: ');
  return expect(said);
}
