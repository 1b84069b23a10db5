import type { GuestState } from '../cluster/guests';
import { isDisc, isDriveName, readDrive } from './drive-values';
import type { Operation } from './operation';
import { dropUnused, releaseDrive } from './unused-drives';

/** Applies all changes that wait for the machine not to run (behaviour.md 5.10). */
export async function applyPending(
  operation: Operation,
  guest: GuestState,
  { force = false }: { readonly force?: boolean } = {},
): Promise<void> {
  if (guest.pending.size === 0) return;
  operation.requireWritable(guest.vmid);
  for (const [key, value] of [...guest.pending]) {
    if (value === undefined) await removeOption(operation, guest, key, force);
    else await putOption(operation, guest, key, value);
  }
}

/** Takes an option out of the configuration now; a drive's volume becomes unused, or is destroyed. */
export async function removeOption(
  operation: Operation,
  guest: GuestState,
  key: string,
  force: boolean,
): Promise<void> {
  const value = guest.config.get(key);
  guest.config.delete(key);
  guest.pending.delete(key);
  if (value !== undefined && isDriveName(key))
    await releaseDrive(operation, guest, value, { destroy: force });
}

/** Puts an option into the configuration now; the volume of a drive that it replaces becomes unused. */
export async function putOption(
  operation: Operation,
  guest: GuestState,
  key: string,
  value: string,
): Promise<void> {
  const before = guest.config.get(key);
  guest.config.set(key, value);
  guest.pending.delete(key);
  if (!isDriveName(key)) return;
  const drive = readDrive(key, value);
  if (!isDisc(drive)) dropUnused(guest, drive.file);
  if (before !== undefined && readDrive(key, before).file !== drive.file) {
    await releaseDrive(operation, guest, before, { destroy: false });
  }
}
