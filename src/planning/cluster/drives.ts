import { readProperties } from '../template/drives';
import { sizeBytesOf } from '../template/machineRecipe';
import { isCloudinitVolume, storageOf } from '../volumes';

/** A drive of a virtual machine with something in it. */
export interface MachineDrive {
  /** e.g. `scsi0`. */
  readonly key: string;
  readonly volume: string;
  /** Empty for what is on no storage (a physical drive). */
  readonly storage: string;
  /** As its configuration says; a cloud-init drive has 4 MiB (behaviour: 5.3). */
  readonly bytes: number;
  readonly kind: 'disk' | 'cloudinit' | 'cdrom';
}

const driveKey = /^((scsi|virtio|ide|sata)\d+|efidisk0|tpmstate0)$/;
const busKey = /^(scsi|virtio|sata|ide)(\d+)$/;
const cloudinitBytes = 4 * 2 ** 20;
/** How many drives a bus has (behaviour: 5.2). */
const busSizes: Readonly<Record<string, number>> = { scsi: 31, virtio: 16, sata: 6, ide: 4 };

/** The drives of a configuration, in the order of their keys; empty ones are left out. */
export function drivesOf(keys: ReadonlyMap<string, string>): readonly MachineDrive[] {
  return [...keys]
    .filter(([key, value]) => driveKey.test(key) && readProperties(value).first !== 'none')
    .map(([key, value]) => driveOf(key, value))
    .sort((one, other) => byKey(one.key, other.key));
}

/** The disk that it boots from, else its first one; firmware variables are none. */
export function firstDiskOf(keys: ReadonlyMap<string, string>): MachineDrive | undefined {
  const disks = drivesOf(keys).filter(({ kind, key }) => kind === 'disk' && busKey.test(key));
  const order = readProperties(keys.get('boot') ?? '').options.get('order') ?? '';
  const boots = order.split(';').flatMap((key) => disks.find((disk) => disk.key === key) ?? []);
  return boots[0] ?? disks.toSorted((one, other) => busRank(one.key) - busRank(other.key))[0];
}

/** Free keys for further disks, on the bus of the first one; fewer than asked for where it is full. */
export function freeDiskKeys(keys: ReadonlyMap<string, string>, count: number): readonly string[] {
  const bus = busKey.exec(firstDiskOf(keys)?.key ?? 'scsi0')?.[1] ?? 'scsi';
  const all = Array.from({ length: busSizes[bus] ?? 0 }, (_, index) => `${bus}${index}`);
  return all.filter((key) => !keys.has(key)).slice(0, count);
}

/** Whether the guest agent is enabled in a configuration. */
export function hasAgent(keys: ReadonlyMap<string, string>): boolean {
  return /^(enabled=)?1(,|$)/.test(keys.get('agent') ?? '');
}

function driveOf(key: string, value: string): MachineDrive {
  const volume = readProperties(value).first;
  const storage = storageOf(volume);
  if (isCloudinitVolume(volume)) return { key, volume, storage, bytes: cloudinitBytes, kind: 'cloudinit' };
  const kind = /(^|,)media=cdrom(,|$)/.test(value) ? 'cdrom' : 'disk';
  return { key, volume, storage, bytes: sizeBytesOf(value), kind };
}

function busRank(key: string): number {
  return Object.keys(busSizes).indexOf(busKey.exec(key)?.[1] ?? '');
}

/** `scsi2` before `scsi10`. */
function byKey(one: string, other: string): number {
  const [a, b] = [one, other].map((key) => /^(.*?)(\d+)$/.exec(key));
  const stems = (a?.[1] ?? one).localeCompare(b?.[1] ?? other, 'en');
  return stems || Number(a?.[2] ?? 0) - Number(b?.[2] ?? 0);
}
