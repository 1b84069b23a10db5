import { facts, GiB, guest, node, preconditions, settings, volume } from './given';
import { planEvacuation } from '../../src/planning/planMoves';
import type { GuestFacts, LocalVolume } from '../../src/planning/facts';
import { problem } from '../../src/domain/errors';

function planOf(it: GuestFacts, more: Parameters<typeof facts>[0] = {}) {
  return planEvacuation({ facts: facts({ guests: [it], ...more }), request: { node: 'pve01' }, settings });
}

function withVolumes(running: boolean, ...localVolumes: LocalVolume[]): GuestFacts {
  return guest(101, { running, preconditions: preconditions({ running, localVolumes }) });
}

const iso = volume('local:iso/debian.iso', { cdrom: true, drive: 'ide2' });
const unreadable = problem('ProxmoxFailed', {
  attempted: 'GET /nodes/pve01/qemu/101/migrate',
  failed: 'the call failed',
  proxmoxSaid: `Can't use an undefined value as an ARRAY reference`,
});

test.each<[string, string, GuestFacts]>([
  ['a template', 'template', guest(101, { template: true })],
  ['a container', 'container', guest(101, { kind: 'lxc' })],
  ['an HA-managed guest', 'haManaged', guest(101, { haManaged: true })],
  ['a guest whose backup runs', 'backupRunning', guest(101, { lock: 'backup', backupRunning: true })],
  ['a locked guest', 'locked', guest(101, { lock: 'migrate' })],
  ['a hibernated guest', 'locked', guest(101, { running: false, lock: 'suspended' })],
  ['a local ISO', 'localCdrom', withVolumes(true, iso)],
  ['a local ISO of a stopped guest', 'localCdrom', withVolumes(false, iso)],
  [
    'the physical CD-ROM drive',
    'localCdrom',
    withVolumes(false, volume('cdrom', { storage: '', cdrom: true })),
  ],
  [
    'a device without a mapping',
    'passthrough',
    guest(101, { preconditions: preconditions({ localResources: ['usb0'] }) }),
  ],
  [
    'a running guest with a mapped device',
    'passthrough',
    guest(101, { preconditions: preconditions({ resourcesNotLive: ['hostpci0'] }) }),
  ],
  [
    'a running guest with snapshots of local disks',
    'snapshotWithLocalDisks',
    withVolumes(true, volume('local:101/vm-101-disk-0.qcow2', { inSnapshot: true })),
  ],
  [
    'a stopped guest whose snapshots can not travel',
    'snapshotWithLocalDisks',
    withVolumes(false, volume('local-lvm:vm-101-disk-0', { inSnapshot: true })),
  ],
  [
    'a linked clone on a directory',
    'linkedClone',
    withVolumes(false, volume('local-lvm:900/base-900-disk-0.qcow2/101/vm-101-disk-0.qcow2')),
  ],
  [
    'a linked clone on ZFS',
    'linkedClone',
    withVolumes(true, volume('local-lvm:base-900-disk-0/vm-101-disk-0')),
  ],
  ['a disk of another guest', 'unmovableDisk', withVolumes(true, volume('local-lvm:vm-102-disk-0'))],
  ['a disk on no storage', 'unmovableDisk', withVolumes(true, volume('/dev/sdb', { storage: '' }))],
  ['preconditions that can not be read', 'notChecked', guest(101, { unreadable })],
])('%s stays, with a reason and a remedy', (_name, code, it) => {
  const { moves, stays } = planOf(it);
  expect(moves).toEqual([]);
  expect(stays).toMatchObject([{ vmid: 101, code }]);
  expect(stays[0]?.reason).not.toBe('');
  expect(stays[0]?.remedy).not.toBe('');
});

test.each<[string, GuestFacts]>([
  [
    'a cloud-init drive, though it is a CD-ROM',
    withVolumes(true, volume('local-lvm:vm-101-cloudinit', { cdrom: true, cloudinit: true, sizeBytes: 0 })),
  ],
  [
    'a stopped guest with snapshots in qcow2',
    withVolumes(false, volume('local-lvm:101/vm-101-disk-0.qcow2', { inSnapshot: true })),
  ],
  [
    'a linked clone on LVM-thin, whose name does not show it',
    withVolumes(true, volume('local-lvm:vm-101-disk-0')),
  ],
  [
    'a stopped guest with a mapped device that the target has',
    guest(101, {
      running: false,
      preconditions: preconditions({ running: false, resourcesNotLive: ['hostpci0'] }),
    }),
  ],
])('%s moves', (_name, it) => {
  expect(planOf(it)).toMatchObject({ moves: [{ vmid: 101 }], stays: [] });
});

test('a volume on a storage type that Proxmox can not copy from stays', () => {
  const [lvm, shared] = node('pve01').storages;
  const rbd = {
    storage: 'krbd',
    type: 'rbd',
    shared: false,
    usable: true,
    takesImages: true,
    availableBytes: 99 * GiB,
  };
  const storages = [lvm, shared, rbd].filter((it) => it !== undefined);
  const nodes = ['pve01', 'pve02'].map((name) => node(name, { storages }));
  expect(planOf(withVolumes(true, volume('krbd:vm-101-disk-0')), { nodes }).stays).toMatchObject([
    { code: 'unmovableDisk' },
  ]);
});

test('saved RAM of a snapshot needs room though Proxmox names no size', () => {
  const state = volume('local-lvm:vm-101-state-s1', { vmState: true, inSnapshot: true, sizeBytes: 0 });
  const tight = ['pve01', 'pve02'].map((name) =>
    node(name, { storages: node(name).storages.map((it) => ({ ...it, availableBytes: 8 * GiB })) }),
  );
  const stopped = withVolumes(false, state);
  expect(planOf(stopped).moves).toHaveLength(1);
  expect(planOf(stopped, { nodes: tight }).stays).toMatchObject([{ code: 'noRoom' }]);
});

test('a guest that an operator chose to leave stays', () => {
  const it = guest(101);
  const plan = planEvacuation({
    facts: facts({ guests: [it] }),
    request: { node: 'pve01' },
    settings,
    skipped: [101],
  });
  expect(plan).toMatchObject({ moves: [], stays: [{ vmid: 101, code: 'skipped' }] });
});

test('without quorum nothing moves', () => {
  const quorum = { clustered: true, quorate: false, nodes: 3, online: 1 };
  expect(planOf(guest(101), { quorum })).toMatchObject({
    moves: [],
    stays: [{ vmid: 101, code: 'notChecked' }],
  });
});

test('a single node has no target', () => {
  const quorum = { clustered: false, quorate: true, nodes: 1, online: 1 };
  const plan = planOf(guest(101), { nodes: [node('pve01')], quorum });
  expect(plan.stays).toMatchObject([{ code: 'noRoom', reason: 'there is no other node' }]);
});
