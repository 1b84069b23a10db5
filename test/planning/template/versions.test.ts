import {
  linkedClonesOf,
  namesakesOf,
  retirements,
  unfinishedOf,
  versionsOf,
} from '../../../src/planning/template/versions';
import { copy, marker, without } from './given';

const name = 'debian-13';

test('the version in force is the one of the highest generation, wherever its copies are and however they are called', () => {
  const guests = [copy(100, 'pve01', 2), copy(101, 'pve01', 10), copy(102, 'pve02', 10, { name: 'renamed' })];
  expect(versionsOf(name, guests)).toMatchObject([
    { generation: 10, copies: [{ vmid: 101 }, { vmid: 102 }] },
    { generation: 2, copies: [{ vmid: 100 }] },
  ]);
});

test('what has not passed its boot test, is no template, or is of another name is in force never', () => {
  const guests = [
    copy(100, 'pve01', undefined),
    copy(101, 'pve01', 1, { template: false }),
    copy(102, 'pve01', 1, { marker: marker({ vmid: 102, kind: 'test' }) }),
    copy(103, 'pve01', 1, { marker: marker({ vmid: 103, name: 'rocky-9' }) }),
  ];
  expect(versionsOf(name, guests)).toEqual([]);
  expect(unfinishedOf(name, guests).map(({ vmid }) => vmid)).toEqual([100, 101, 102]);
});

test('a guest of the same name without our marker is a namesake, not a version', () => {
  const stranger = without(copy(900, 'pve01', 1), 'marker');
  expect(versionsOf(name, [stranger])).toEqual([]);
  expect(namesakesOf(name, [stranger, copy(100, 'pve01', 1)])).toEqual([stranger]);
});

test('older versions beyond those that are kept retire with all their copies', () => {
  const versions = versionsOf(name, [
    copy(100, 'pve01', 1),
    copy(101, 'pve02', 1),
    copy(102, 'pve01', 2),
    copy(103, 'pve01', 3),
  ]);
  const vmids = (keep: number) => retirements(versions, keep, []).map(({ guest }) => guest.vmid);
  expect(vmids(1)).toEqual([102, 100, 101]);
  expect(vmids(2)).toEqual([100, 101]);
  expect(vmids(3)).toEqual([]);
});

test('linked clones are seen where volume ids tell: files, ZFS and RBD', () => {
  const volumes = [
    'nfs:9000/base-9000-disk-0.qcow2/101/vm-101-disk-0.qcow2',
    'zfs:base-9000-disk-0/vm-102-disk-0',
    'nfs:9000/base-9000-disk-0.qcow2',
    'nfs:90001/vm-90001-disk-0.qcow2',
    'zfs:base-9000-disk-01/vm-103-disk-0',
  ];
  expect(linkedClonesOf(['nfs:9000/base-9000-disk-0.qcow2'], volumes)).toEqual([volumes[0]]);
  expect(linkedClonesOf(['zfs:base-9000-disk-0'], volumes)).toEqual([volumes[1]]);
});
