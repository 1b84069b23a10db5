import { errorText } from '../http/errors';
import type { GuestState } from '../cluster/guests';
import type { VolumeState } from '../cluster/volumes';
import { removeImage } from '../storage/allocate';
import { isOwnedBy } from '../storage/volume-names';
import { isCloudInit } from '../cluster/drives';
import { readDrive } from './drive-values';
import type { Operation } from './operation';

/**
 * Takes a drive that has left the configuration: its volume, if it is the machine's own, becomes `unused<n>`, or is destroyed
 * with `destroy` and always for cloud-init drives (behaviour.md 5.10).
 */
export async function releaseDrive(
  operation: Operation,
  guest: GuestState,
  value: string,
  { destroy }: { readonly destroy: boolean },
): Promise<void> {
  const { file, options } = readDrive('unused0', value);
  const volume = operation.cluster.volumes.find(file, operation.node);
  if (volume === undefined || !isOwnedBy(volume, guest.vmid)) return;
  const cloudInit = isCloudInit({ key: '', file, options, sizeBytes: 0 });
  if (options.get('media') === 'cdrom' && !cloudInit) return;
  if (destroy || cloudInit) await destroyVolume(operation, volume);
  else keepAsUnused(guest, file);
}

/** Removes a volume; a failure is logged only. */
export async function destroyVolume(operation: Operation, volume: VolumeState): Promise<void> {
  try {
    await removeImage(operation, volume);
  } catch (error) {
    operation.log(`Could not remove disk '${volume.volid}', check manually: ${errorText(error)}`);
  }
}

/** Drops the `unused<n>` entries of a volume that is attached again. */
export function dropUnused(guest: GuestState, volid: string): void {
  for (const [key, value] of [...guest.config]) {
    if (/^unused\d+$/.test(key) && readDrive(key, value).file === volid) guest.config.delete(key);
  }
}

/** Keeps the volume as `unused<n>` of the machine; returns that key. */
export function keepAsUnused({ config }: GuestState, volid: string): string {
  const known = [...config].find(([key, value]) => /^unused\d+$/.test(key) && value === volid);
  if (known !== undefined) return known[0];
  let free = 0;
  while (config.has(`unused${free}`)) free += 1;
  config.set(`unused${free}`, volid);
  return `unused${free}`;
}
