import type { LocalVolume } from './facts';

const mebibyte = 2 ** 20;

/** The storage of a volume id; empty for what is on no storage (`cdrom`, `/dev/sdb`). */
export function storageOf(volume: string): string {
  const colon = volume.indexOf(':');
  return volume.startsWith('/') || colon < 0 ? '' : volume.slice(0, colon);
}

/** Whether a volume is a cloud-init drive, told by its name (behaviour: 7.5; 8.4 has no flag for it). */
export function isCloudinitVolume(volume: string): boolean {
  return /^vm-\d+-cloudinit(\.\w+)?$/.test(volumeName(volume));
}

/** The base image that a linked clone's volume id names, if it names one (on LVM-thin it does not). */
export function baseOf(volume: string): string | undefined {
  const parts = volume.slice(volume.indexOf(':') + 1).split('/');
  return parts.slice(0, -1).find((part) => /^base-\d+-/.test(part));
}

/** The VMID that a volume's name says it belongs to; undefined for names that say nothing. */
export function ownerOf(volume: string): number | undefined {
  const digits = /^(?:vm|base)-(\d+)-/.exec(volumeName(volume))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Whether snapshots of a volume can travel with it (behaviour: 8.4, "non-migratable snapshot exists"). */
export function carriesSnapshots(volume: string, storageType: string | undefined): boolean {
  return storageType === 'zfspool' || storageType === 'btrfs' || volume.endsWith('.qcow2');
}

/**
 * Room that a volume takes on the target. Where Proxmox gives no size: a cloud-init drive has 4 MiB
 * (behaviour: 5.3), saved RAM twice the guest's memory and 500 MiB (recordings-9/b6: 596 MiB for 48 MiB).
 */
export function roomOf(volume: LocalVolume, memoryBytes: number): number {
  if (volume.sizeBytes > 0) return volume.sizeBytes;
  return volume.vmState ? 2 * memoryBytes + 500 * mebibyte : 4 * mebibyte;
}

/** The name of a volume within its storage, without the base image that a linked clone's may begin with. */
export function volumeName(volume: string): string {
  return volume.slice(Math.max(volume.indexOf(':'), volume.lastIndexOf('/')) + 1);
}
