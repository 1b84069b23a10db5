import { driftOf } from '../../../src/planning/cluster/drift';
import type { ClusterLook } from '../../../src/planning/cluster/facts';
import { ownVolumes, seenMember, tagsOf, configuredAddresses } from '../../../src/planning/cluster/seen';
import { ManagerError } from '../../../src/domain/errors';
import {
  conventions,
  copy,
  GiB,
  input,
  listed,
  look,
  lookWith,
  member,
  planOf,
  profile,
  record,
  role,
  seen,
  uuidOf,
  workers,
} from './given';

const drift = (facts: ClusterLook, members = workers, wanted = profile()) =>
  driftOf(wanted, record(members), facts, conventions);

test('a cluster that is as its profile says has no differences', () => {
  const { machines, others } = drift(lookWith(workers.map((it) => seen(it))));
  expect(machines.map(({ name, state, differences }) => ({ name, state, differences }))).toEqual(
    ['lab-worker-1', 'lab-worker-2', 'lab-worker-3'].map((name) => ({
      name,
      state: 'asDesired',
      differences: [],
    })),
  );
  expect(others).toEqual([]);
});

test.each<readonly [string, Record<string, string | undefined>, string]>([
  ['cores', { cores: '2', sockets: '2' }, 'it has 4 cores, not 2'],
  ['memory', { memory: 'current=2048' }, 'it has 2 GiB of memory, not 4 GiB'],
  ['tags', { tags: 'db' }, 'it lacks the tag cloudinit'],
  ['protection', { protection: undefined }, 'it is not protected against removal'],
  [
    'the bridge',
    { net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr1,tag=7' },
    'its net0 is on vmbr1 with VLAN 7, not on vmbr0',
  ],
  ['a network card', { net0: undefined }, 'it has no network card net0 on vmbr0'],
  ['a lock', { lock: 'backup' }, 'it is locked (backup)'],
])('another %s is drift', (_title, keys, words) => {
  const [first] = drift(lookWith(workers.map((it) => seen(it, it.vmid === 1001 ? keys : {})))).machines;
  expect(first).toMatchObject({ state: 'drifted', differences: [words] });
});

test('a disk that is too small, a forbidden node, an old version and a machine that is off are drift', () => {
  const roles = [
    role('worker', 3, {
      diskBytes: 20 * GiB,
      placement: { strategy: 'spread', antiAffinity: 'none', nodes: ['pve01'] },
    }),
  ];
  const copies = [copy('pve01', 201, { generation: 2 })];
  const facts = lookWith(
    workers.map((it) => seen(it, {}, { running: false })),
    { copies },
  );
  const [, second] = drift(facts, workers, profile({ roles })).machines;
  expect(second?.differences).toEqual([
    'it is not running',
    'it is on pve02: the profile puts it elsewhere',
    'its first disk has 8 GiB, not 20 GiB',
    'it is of version 1 of debian-13, version 2 is in force',
  ]);
});

test('another address, further disk, start order and pool are drift, what came with the template is none', () => {
  const disk = (name: string) => `local-lvm:vm-1001-${name}`;
  const roles = [
    role('worker', 1, {
      startOrder: 2,
      moreDisks: [
        { sizeBytes: 10 * GiB, storage: 'local-lvm' },
        { sizeBytes: 20 * GiB, storage: 'ceph' },
      ],
    }),
  ];
  const wanted = profile({
    ...{ roles, pool: 'labs' },
    addressing: { kind: 'static', prefixLength: 24, gateway: '192.0.2.1' },
  });
  const members = [member('worker', 1, 1001, 'pve01', { address: '192.0.2.10' })];
  const differences = (keys: Record<string, string>, pool?: string) => {
    const machine = members.map((it) => seen(it, keys));
    const more = pool === undefined ? {} : { pool };
    const guests = machine.map((it) => listed(it, more));
    const copies = [copy('pve01', 101, { keys: { scsi1: 'local-lvm:base-101-disk-1,size=10G' } })];
    return drift(lookWith(machine, { guests, copies, pools: ['labs'] }), members, wanted).machines[0]
      ?.differences;
  };
  const right = {
    ...{ ipconfig0: 'gw=192.0.2.1,ip=192.0.2.10/24', startup: 'order=2,up=30', onboot: '1' },
    ...{
      scsi1: `${disk('disk-1')},size=10G`,
      scsi2: `${disk('disk-2')},size=12G`,
      scsi3: 'ceph:vm-1001-disk-0,size=20G',
    },
  };
  expect(differences(right, 'labs')).toEqual([]);
  expect(
    differences(
      { ...right, ipconfig0: 'ip=dhcp', startup: '7', scsi3: `${disk('disk-3')},size=20G` },
      'other',
    ),
  ).toEqual([
    'its ipconfig0 has dhcp, not 192.0.2.10/24 with the gateway 192.0.2.1',
    'it lacks a further disk of 20 GiB on ceph',
    'its start order is 7, not 2',
    'it is in the pool other, not in labs',
  ]);
  expect(differences({ scsi1: right.scsi1 })).toEqual([
    'its ipconfig0 has no address, not 192.0.2.10/24 with the gateway 192.0.2.1',
    'it lacks a further disk of 10 GiB on local-lvm',
    'it lacks a further disk of 20 GiB on ceph',
    'its start order is not set, not 2',
    'its node does not start it with itself (onboot)',
    'it is in no pool, not in labs',
  ]);
  const byDhcp = drift(
    lookWith([seen(members[0] ?? member('x', 1, 1, 'x'), { ipconfig0: 'ip=192.0.2.10/24' })]),
    members,
  );
  expect(byDhcp.machines[0]?.differences).toEqual(['its ipconfig0 has 192.0.2.10/24, not DHCP']);
});

test('other name servers, user, keys, snippets and storage than the profile has are drift; what a clone of type plain has is its own', () => {
  const key = 'ssh-ed25519 AAAA ada@desk';
  const wanted = profile({
    storage: 'local-lvm',
    dns: { servers: ['192.0.2.1', '192.0.2.2'], searchDomain: 'lab.test' },
    cloudinit: { user: 'ada', sshKeys: [key], vendorData: 'local:snippets/v.yaml' },
  });
  const right = {
    ...{ nameserver: '192.0.2.1 192.0.2.2', searchdomain: 'lab.test', ciuser: 'ada' },
    ...{ sshkeys: encodeURIComponent(`${key}\n`), cicustom: 'vendor=local:snippets/v.yaml' },
  };
  const differences = (keys: Record<string, string>, of = wanted) =>
    drift(lookWith(workers.map((it) => seen(it, keys))), workers, of).machines[0]?.differences;
  expect(differences(right)).toEqual([]);
  const scsi0 = 'nas:1001/vm-1001-disk-0.raw,size=8G';
  const other = { ...right, nameserver: '192.0.2.9', sshkeys: 'ssh-rsa%20BBBB', scsi0 };
  expect(differences(other)).toEqual([
    'its nameserver is 192.0.2.9, not 192.0.2.1 192.0.2.2',
    'its SSH keys are not those of the profile',
    'its first disk is on nas, not on local-lvm',
  ]);
  expect(differences({})).toEqual([
    'its nameserver is not set, not 192.0.2.1 192.0.2.2',
    'its searchdomain is not set, not lab.test',
    'its ciuser is not set, not ada',
    'its SSH keys are not those of the profile',
    'its cicustom is not set, not vendor=local:snippets/v.yaml',
  ]);
  expect(differences({ ciuser: 'bob' }, { ...wanted, type: 'plain' })).toEqual([]);
});

test('missing, unfinished, surplus, lost, unseen and aside are told apart, strangers are named', () => {
  const members = [
    member('worker', 1, 1001, 'pve01', { state: 'made' }),
    member('worker', 2, 1002, 'pve02'),
    member('worker', 5, 1005, 'pve02'),
    member('db', 1, 1006, 'pve02', { name: 'lab-db-1-aside', state: 'aside' }),
    member('db', 2, 1007, 'pve03'),
  ];
  const there = members
    .slice(0, 4)
    .map((it) =>
      seen(it, it.vmid === 1002 ? { smbios1: `uuid=${uuidOf(7)}` } : {}, { running: it.state !== 'aside' }),
    );
  const { machines, others } = drift(lookWith(there), members);
  expect(machines.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'lab-worker-1 unfinished',
    'lab-worker-2 lost',
    'lab-worker-3 missing',
    'lab-worker-5 surplus',
    'lab-db-1-aside aside',
    'lab-db-2 lost',
  ]);
  expect(others).toMatchObject([{ vmid: 1002 }]);
  const offline = look({ guests: lookWith(there).guests, nodes: [] });
  expect(drift(offline, members).machines[0]?.state).toBe('unseen');
});

test('what a configuration tells: own volumes, unused ones and saved memory too; tags; addresses', () => {
  const keys = new Map([
    ['scsi0', 'local-lvm:base-100-disk-0/vm-1001-disk-0,size=8G'],
    ['unused0', 'local-lvm:vm-1001-disk-4'],
    ['vmstate', 'local-lvm:vm-1001-state-suspend-2026-11-26'],
    ['scsi5', 'local-lvm:vm-999-disk-0,size=1G'],
    ['ide3', 'local:iso/debian.iso,media=cdrom'],
    ['scsihw', 'virtio-scsi-single'],
    ['ipconfig0', 'ip=192.0.2.7/24,gw=192.0.2.1'],
    ['ipconfig1', 'ip=dhcp'],
    ['smbios1', 'base64=1,uuid=ABCDEF00-0000-4000-8000-000000000001'],
  ]);
  expect(ownVolumes(1001, keys)).toEqual([
    'local-lvm:base-100-disk-0/vm-1001-disk-0',
    'local-lvm:vm-1001-disk-4',
    'local-lvm:vm-1001-state-suspend-2026-11-26',
  ]);
  expect(tagsOf('Web;db, db')).toEqual(['db', 'web']);
  const cards = [2, 10, 0].map((at) => [`ipconfig${at}`, `ip=192.0.2.${at}/24`] as const);
  expect(configuredAddresses(new Map(cards))).toEqual(['192.0.2.0', '192.0.2.2', '192.0.2.10']);
  expect(configuredAddresses(keys)).toEqual(['192.0.2.7']);
  const machine = seenMember({ vmid: 1001, node: 'pve01', running: true }, keys);
  expect(machine).toMatchObject({
    name: '',
    uuid: 'abcdef00-0000-4000-8000-000000000001',
    protection: false,
  });
});

describe('privileges', () => {
  const lacking = (...missing: string[]) => {
    const holds = (privilege: string, path: string) => !missing.includes(`${privilege} ${path}`);
    return look({ privileges: { holds, holdsSomewhere: (it) => !missing.includes(it) } });
  };

  test('what is lacking where the plan needs it is one warning', () => {
    const facts = lacking('VM.Clone /vms/102', 'SDN.Use /sdn/zones/localnetwork/vmbr0');
    const { warnings } = planOf(input({ action: 'create' }, { facts }));
    expect(warnings).toEqual([
      'The token lacks SDN.Use on /sdn/zones/localnetwork/vmbr0, VM.Clone on /vms, which this plan needs: pxm doctor says how it is given. Without it a step stops.',
    ]);
  });

  test('an entry on the pool is enough for what is made in it', () => {
    const holds = (privilege: string, path: string) =>
      !(privilege === 'VM.Allocate' && path.startsWith('/vms'));
    const facts = look({ privileges: { holds, holdsSomewhere: () => true }, pools: ['labs'] });
    expect(
      planOf(input({ action: 'create' }, { facts, profile: profile({ pool: 'labs' }) })).warnings,
    ).toEqual([]);
    expect(planOf(input({ action: 'create' }, { facts })).warnings.join()).toContain('VM.Allocate on /vms');
  });

  test('a token that may clone nothing at all gets no plan', () => {
    const facts = look({
      privileges: { holds: (it) => it !== 'VM.Clone', holdsSomewhere: (it) => it !== 'VM.Clone' },
    });
    expect(() => planOf(input({ action: 'create' }, { facts }))).toThrow(ManagerError);
    expect(() => planOf(input({ action: 'create' }, { facts }))).toThrow('the token lacks VM.Clone on /vms');
  });
});
