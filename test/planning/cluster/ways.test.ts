import type { ClusterProfile } from '../../../src/domain/cluster/profile';
import type { ClusterLook } from '../../../src/planning/cluster/facts';
import type { StorageView } from '../../../src/planning/template/facts';
import {
  copy,
  GiB,
  input,
  localLvm,
  look,
  machinesOf,
  node,
  planOf,
  profile,
  role,
  settings,
  storage,
} from './given';
import { without } from '../template/given';

const nfs = storage('nfs', 'nfs', { shared: true, content: ['images', 'iso'] });
const nodesWith = (...storages: readonly StorageView[]) =>
  ['pve01', 'pve02', 'pve03'].map((name) => node(name, { storages }));
const pinned = (count: number, ...nodes: string[]) => [
  role('worker', count, { placement: { strategy: 'pinned', nodes, antiAffinity: 'none' } }),
];

function planned(facts: Partial<ClusterLook>, more: Partial<ClusterProfile> = {}) {
  return planOf(input({ action: 'create' }, { facts: look(facts), profile: profile(more) }));
}
const ways = (...of: Parameters<typeof planned>) =>
  machinesOf(planned(...of)).map((it) => `${it.node}: ${it.way} of ${it.source.vmid}`);

test('a linked clone of the copy on the same node wherever there is one', () => {
  expect(ways({})).toEqual(['pve01: linked of 101', 'pve02: linked of 102', 'pve03: linked of 103']);
});

test('with one copy on local storage: a full clone that is moved, but linked beside the copy', () => {
  const plan = planned({ copies: [copy('pve01', 101)] });
  expect(machinesOf(plan).map(({ way }) => way)).toEqual(['linked', 'fullThenMoved', 'fullThenMoved']);
  const moved = plan.storageReservations.filter(({ purpose }) => purpose.startsWith('way/'));
  expect(moved.map((it) => `${it.purpose} ${it.node} ${it.bytes / GiB}`)).toEqual([
    'way/lab-worker-2 pve01 8',
    'way/lab-worker-3 pve01 8',
  ]);
});

test('from shared storage a linked clone goes to any node, if the cloud-init drive and the ISO are shared too', () => {
  const shared = {
    scsi0: 'nfs:101/base-101-disk-0.qcow2,size=8G',
    ide2: 'nfs:101/vm-101-cloudinit.qcow2,media=cdrom',
  };
  const nodes = nodesWith(localLvm, nfs);
  expect(ways({ nodes, copies: [copy('pve01', 101, { keys: shared })] })).toEqual([
    'pve01: linked of 101',
    'pve02: linked of 101',
    'pve03: linked of 101',
  ]);
  const localDrive = { ...shared, ide2: 'local-lvm:vm-101-cloudinit,media=cdrom' };
  const copies = [copy('pve01', 101, { keys: localDrive })];
  expect(ways({ nodes, copies })).toEqual([
    'pve01: linked of 101',
    'pve02: fullThenMoved of 101',
    'pve03: fullThenMoved of 101',
  ]);
  const localIso = { ...shared, ide3: 'local:iso/debian.iso,media=cdrom' };
  const roles = pinned(1, 'pve02');
  expect(() => planned({ nodes, copies: [copy('pve01', 101, { keys: localIso })] }, { roles })).toThrow(
    /pve02: local:iso\/debian\.iso of VM 101 is on pve01 only/,
  );
});

test('full clones where the storage makes no linked ones, and where the profile names another storage', () => {
  const lvm = storage('vg', 'lvm');
  const keys = { scsi0: 'vg:vm-101-disk-0,size=8G', ide2: 'vg:vm-101-cloudinit,media=cdrom' };
  const roles = pinned(1, 'pve01');
  expect(ways({ nodes: nodesWith(lvm), copies: [copy('pve01', 101, { keys })] }, { roles })).toEqual([
    'pve01: full of 101',
  ]);
  const nodes = nodesWith(localLvm, storage('ssd', 'lvmthin'));
  const [machine] = machinesOf(planned({ nodes }, { storage: 'ssd' }));
  expect(machine).toMatchObject({ way: 'full', storage: 'ssd' });
  const [same] = machinesOf(planned({}, { storage: 'local-lvm' }));
  expect(same?.way).toBe('linked');
  expect(same?.storage).toBeUndefined();
});

test('a full clone to shared storage of another node is moved without copying anything', () => {
  const nodes = nodesWith(localLvm, nfs);
  const plan = planned(
    { nodes, copies: [copy('pve01', 101)] },
    { storage: 'nfs', roles: pinned(1, 'pve02') },
  );
  expect(machinesOf(plan)).toMatchObject([{ way: 'fullThenMoved', storage: 'nfs', estimatedSeconds: 18.7 }]);
});

test('volumes of a type that Proxmox does not move offline stay with their node', () => {
  const zfs = storage('san', 'zfs');
  const keys = { scsi0: 'san:base-101-disk-0,size=8G', ide2: 'san:vm-101-cloudinit,media=cdrom' };
  const nodes = nodesWith(zfs);
  expect(() =>
    planned({ nodes, copies: [copy('pve01', 101, { keys })] }, { roles: pinned(1, 'pve03') }),
  ).toThrow(/Proxmox can't move volumes of san/);
});

test('disk, network and storage are counted for the whole set: the second source takes its part of the moves', () => {
  const nodes = ['pve01', 'pve02', 'pve03'].map((name) => node(name));
  const copies = [copy('pve01', 101), copy('pve02', 102)];
  const plan = planned({ nodes, copies }, { roles: pinned(4, 'pve03') });
  const from = machinesOf(plan).map(({ source }) => source.node);
  expect(from.filter((it) => it === 'pve01')).toHaveLength(2);
  expect(from.filter((it) => it === 'pve02')).toHaveLength(2);
});

test('a copy of the template on an idle node helps where full clones of others wait for each other', () => {
  const lvm = storage('vg', 'lvm');
  const copies = ['pve01', 'pve02', 'pve03'].map((name, at) =>
    copy(name, 101 + at, {
      keys: { scsi0: `vg:vm-${101 + at}-disk-0,size=8G`, ide2: `vg:vm-${101 + at}-cloudinit,media=cdrom` },
    }),
  );
  const nodes = nodesWith(lvm);
  expect(ways({ nodes, copies }, { roles: pinned(4, 'pve01', 'pve02') })).toEqual([
    'pve01: full of 101',
    'pve02: full of 102',
    'pve01: fullThenMoved of 103',
    'pve02: full of 102',
  ]);
});

/** 8 GiB at the assumed 500 MB/s and the configured 1.25 GB/s. */
const copySeconds = (8 * GiB) / 500e6;
const moveSeconds = (8 * GiB) / 1.25e9;

test.each([
  ['linked clones wait for the lock of their storage', look(), pinned(6, 'pve01'), 6 * 1.5],
  ['linked clones on three nodes do not wait for each other', look(), [role('worker', 6)], 2 * 1.5],
  [
    'full clones of one storage share its bandwidth; the last one is moved after it',
    look({ copies: [copy('pve01', 101)] }),
    pinned(3, 'pve02'),
    3 * copySeconds + moveSeconds,
  ],
])('%s', (_title, facts, roles, seconds) => {
  const plan = planOf(input({ action: 'create' }, { facts, profile: profile({ roles }) }));
  expect(plan.estimate.clonesSeconds).toBeCloseTo(seconds, 0);
  expect(plan.estimate.readySeconds).toBeCloseTo(seconds + 32, 0);
});

test('a slow link is the bound instead, and is assumed where none is configured', () => {
  const facts = look({ copies: [copy('pve01', 101)] });
  const unknown = without(settings, 'networkSpeedBytesPerSecond');
  const given = { facts, profile: profile({ roles: pinned(3, 'pve02') }) };
  const plan = planOf(input({ action: 'create' }, { ...given, settings: unknown }));
  expect(plan.estimate.clonesSeconds).toBeCloseTo(copySeconds + (3 * 8 * GiB) / 125e6, 0);
  expect(plan.warnings.join('\n')).toContain('The speed of the migration network is not configured');
});

test('of files only what is used is copied, where that is known; a move takes its time all the same', () => {
  const dir = storage('files', 'dir');
  const keys = {
    scsi0: 'files:101/base-101-disk-0.qcow2,size=8G',
    ide2: 'files:101/vm-101-cloudinit.qcow2,media=cdrom',
  };
  const copies = [copy('pve01', 101, { keys, usedBytes: GiB })];
  const plan = planned({ nodes: nodesWith(dir), copies }, { roles: pinned(1, 'pve02') });
  expect(plan.estimate.clonesSeconds).toBeCloseTo(GiB / 500e6 + 1.5, 0);
});

test('room: full clones need the size of the template, thick storages what the disk grows to, thin ones warn', () => {
  const full = [storage('local-lvm', 'lvmthin', { availableBytes: 8 * GiB }), storage('big', 'lvmthin')];
  const nodes = nodesWith(...full);
  expect(() => planned({ nodes, copies: [copy('pve01', 101)] }, { roles: pinned(1, 'pve02') })).toThrow(
    /pve02: local-lvm@pve02 has 8 GiB left, 9 GiB needed/,
  );
  const roles = [role('worker', 1, { diskBytes: 40 * GiB })];
  const plan = planned({ nodes }, { roles });
  expect(machinesOf(plan)).toMatchObject([{ way: 'linked', grow: { disk: 'scsi0', toBytes: 40 * GiB } }]);
  expect(plan.warnings).toContain(
    'The new disks may grow to 40 GiB on local-lvm@pve01, where 8 GiB are free.',
  );
  const lvm = storage('vg', 'lvm', { availableBytes: 40 * GiB });
  const keys = { scsi0: 'vg:vm-101-disk-0,size=8G', ide2: 'vg:vm-101-cloudinit,media=cdrom' };
  expect(() => planned({ nodes: nodesWith(lvm), copies: [copy('pve01', 101, { keys })] }, { roles })).toThrow(
    /vg@pve01 has 40 GiB left, 41 GiB needed/,
  );
});

test('without an agent in every copy nothing inside is looked at, which is said where cloud-init gives addresses and users', () => {
  const copies = [copy('pve01', 101), copy('pve02', 102, { keys: { agent: '0' } })];
  const plan = planned({ copies });
  expect(plan.readiness).toBe('running');
  expect(plan.warnings.join()).toContain('nobody looks at cloud-init, nor at addresses');
  expect(planned({ copies }, { type: 'plain' }).warnings.join()).not.toContain('agent');
  expect(planned({}).warnings.join()).not.toContain('agent');
});
