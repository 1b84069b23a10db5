import { guestProcess, isTemplate, type GuestState } from '../cluster/guests';
import { fail, parameterError } from '../http/errors';
import { applyPending } from './apply-pending';
import type { ConfigChange } from './change';
import { bootOrder, bootText, normalizedTags } from './config-texts';
import { createDisks } from './create-disks';
import { isDisc, isDriveName, readDrive } from './drive-values';
import { hotplugPending } from './hotplug';
import { requireUnprotected } from './machine';
import type { Operation } from './operation';
import { checkDevicePermission } from './options';
import { convertedDrive } from './template';
import { destroyVolume, releaseDrive } from './unused-drives';

/**
 * Writes the change into the pending section, then applies what can be applied (behaviour.md 5.10). Fails with 400 for
 * options whose device could not be plugged; these stay pending.
 */
export async function applyChange(
  operation: Operation,
  guest: GuestState,
  change: ConfigChange,
): Promise<void> {
  if (change.delete.length + change.set.size > 0) rewrite(operation, guest);
  for (const option of change.delete) await stageDeletion(operation, guest, option);
  for (const [option, value] of change.set) await stageValue(operation, guest, option, value);
  dropWithoutEffect(guest);
  if (guest.pending.size === 0) return;
  if (guestProcess(guest) === undefined) {
    await applyPending(operation, guest, { force: change.force });
    return;
  }
  const errors = await hotplugPending(operation, guest, change.force);
  if (Object.keys(errors).length > 0) parameterError(errors);
}

/** Reading and writing the file turns an empty value into a blank (recording b3). */
function rewrite(operation: Operation, guest: GuestState): void {
  operation.requireWritable(guest.vmid);
  for (const [key, value] of guest.config) if (value === '') guest.config.set(key, ' ');
}

async function stageDeletion(operation: Operation, guest: GuestState, option: string): Promise<void> {
  const { config, pending, vmid } = guest;
  const wanted = pending.get(option);
  const value = config.get(option) ?? wanted;
  if (value === undefined) {
    operation.log(`cannot delete '${option}' - not set in current configuration!`);
    return;
  }
  pending.delete(option);
  if (wanted === undefined) dropFromBootOrder(guest, option);
  if (/^unused\d+$/.test(option)) {
    await deleteUnused(operation, guest, option, value);
    return;
  }
  checkDevicePermission(operation.call, `/vms/${vmid}`, option, value);
  if (isDriveName(option)) {
    requireUnprotected(guest, `can't remove drive '${option}'`);
    operation.call.requirePrivilege(`/vms/${vmid}`, ['VM.Config.Disk']);
    if (wanted !== undefined) await releaseDrive(operation, guest, wanted, { destroy: false });
  }
  pending.set(option, undefined);
}

async function deleteUnused(
  operation: Operation,
  guest: GuestState,
  option: string,
  value: string,
): Promise<void> {
  const { file } = readDrive(option, value);
  requireUnprotected(guest, `can't remove unused disk '${file}'`);
  operation.call.requirePrivilege(`/vms/${guest.vmid}`, ['VM.Config.Disk']);
  if (
    [...guest.snapshots.values()].some(({ config }) =>
      [...config.values()].some((text) => text.includes(file)),
    )
  ) {
    fail(`unable to delete '${file}' - volume is still in use (snapshot?)`);
  }
  const volume = operation.cluster.volumes.find(file, operation.node);
  if (volume !== undefined) await destroyVolume(operation, volume);
  guest.config.delete(option);
}

async function stageValue(
  operation: Operation,
  guest: GuestState,
  option: string,
  value: string,
): Promise<void> {
  const { pending, vmid } = guest;
  const path = `/vms/${vmid}`;
  if (pending.get(option) === value) return;
  if (isDriveName(option)) {
    await stageDrive(operation, guest, option, value);
    return;
  }
  checkDevicePermission(operation.call, path, option, value);
  if (option === 'tags') operation.call.requirePrivilege(path, ['VM.Config.Options']);
  if (option === 'boot') checkBootOrder(guest, value);
  if (option === 'boot' && guest.config.has('bootdisk')) pending.set('bootdisk', undefined);
  pending.set(option, option === 'tags' ? normalizedTags(value) : value);
}

async function stageDrive(
  operation: Operation,
  guest: GuestState,
  option: string,
  value: string,
): Promise<void> {
  const { config, pending, vmid } = guest;
  const drive = readDrive(option, value);
  const disc = isDisc(drive);
  operation.call.requirePrivilege(`/vms/${vmid}`, [disc ? 'VM.Config.CDROM' : 'VM.Config.Disk']);
  const wanted = pending.get(option);
  if (wanted !== undefined) await releaseDrive(operation, guest, wanted, { destroy: false });
  const made = await createDisks(operation, { vmid, config, drives: new Map([[option, value]]) });
  pending.set(option, made.get(option));
  if (isTemplate(guest)) convertPending(operation, guest, option);
  const order = bootOrder(pending.get('boot') ?? config.get('boot'));
  if (disc && order !== undefined && order.length > 0 && !order.includes(option)) {
    pending.set('boot', bootText([...order, option]));
  }
}

/** A new disk of a template is a base image at once (recording b5). */
function convertPending(operation: Operation, { pending }: GuestState, option: string): void {
  const value = pending.get(option);
  if (value !== undefined) pending.set(option, convertedDrive(operation, option, value));
}

function dropFromBootOrder({ config, pending }: GuestState, device: string): void {
  const order = bootOrder(pending.get('boot') ?? config.get('boot'));
  if (order?.includes(device) !== true) return;
  pending.set('boot', bootText(order.filter((other) => other !== device)));
}

function checkBootOrder({ config, pending }: GuestState, value: string): void {
  for (const device of bootOrder(value) ?? []) {
    if (!config.has(device) && pending.get(device) === undefined) {
      fail(`invalid bootorder: device '${device}' does not exist'`);
    }
  }
}

/** Changes to what is in force already are none. */
function dropWithoutEffect({ config, pending }: GuestState): void {
  for (const [option, value] of [...pending]) {
    if (config.get(option) === value) pending.delete(option);
  }
}
