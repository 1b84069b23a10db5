import type { GuestState } from '../cluster/guests';
import { errorText, fail } from '../http/errors';
import { putOption, removeOption } from './apply-pending';
import { isDisc, isDriveName, readDrive } from './drive-values';
import { bridgeExists, bridgeOf } from './network-cards';
import type { Operation } from './operation';
import { cloudInitOptions } from './options';

/** Options that take effect at once, whether the machine runs or not. */
const immediate = new Set([
  ...[
    'description',
    'hookscript',
    'lock',
    'migrate_downtime',
    'migrate_speed',
    'name',
    'onboot',
    'protection',
  ],
  ...['shares', 'startup', 'tags', 'vmstatestorage', 'cpulimit', 'cpuunits', ...cloudInitOptions()],
]);

/** How long a device takes to be plugged in or out, in seconds (recording b2). */
const plugSeconds = { network: 1.4, disk: 0.2, unplugDisk: 2 };

/**
 * Applies to a running machine what can be applied; the rest stays pending. Returns a text for each option whose device
 * could not be plugged (behaviour.md 5.10).
 */
export async function hotplugPending(
  operation: Operation,
  guest: GuestState,
  force: boolean,
): Promise<Record<string, string>> {
  const errors: Record<string, string> = {};
  for (const [key, value] of [...guest.pending]) {
    try {
      if (value === undefined) await unplug(operation, guest, key, force);
      else await plug(operation, guest, key, value);
    } catch (error) {
      errors[key] = `hotplug problem - ${errorText(error)}\n`;
    }
  }
  return errors;
}

async function unplug(operation: Operation, guest: GuestState, key: string, force: boolean): Promise<void> {
  if (isImmediate(key)) return removeOption(operation, guest, key, force);
  if (!canPlug(guest, key)) return;
  await operation.sleep(key.startsWith('net') ? plugSeconds.network : plugSeconds.unplugDisk);
  await removeOption(operation, guest, key, force);
}

async function plug(operation: Operation, guest: GuestState, key: string, value: string): Promise<void> {
  if (isImmediate(key)) return putOption(operation, guest, key, value);
  if (isDriveName(key)) return plugDrive(operation, guest, key, value);
  if (!canPlug(guest, key)) return;
  await operation.sleep(plugSeconds.network);
  const bridge = bridgeOf(value);
  const { cluster, node } = operation;
  if (key.startsWith('net') && bridge !== undefined && !bridgeExists(cluster, node, bridge)) {
    const script = '/usr/libexec/qemu-server/pve-bridge-hotplug';
    fail(
      `VM ${guest.vmid} qmp command 'netdev_add' failed - network script ${script} failed with status 512`,
    );
  }
  await putOption(operation, guest, key, value);
}

/** Another disc is put into a drive that is there; disks come and go only on buses that can. */
async function plugDrive(operation: Operation, guest: GuestState, key: string, value: string): Promise<void> {
  const before = guest.config.get(key);
  const drive = readDrive(key, value);
  const changesDisc = before !== undefined && isDisc(readDrive(key, before)) && isDisc(drive);
  const sameVolume = before !== undefined && readDrive(key, before).file === drive.file;
  if (sameVolume && needsRestart(readDrive(key, before).options, drive.options)) return;
  if (!changesDisc && !sameVolume && !canPlug(guest, key)) return;
  if (!sameVolume) await operation.sleep(plugSeconds.disk);
  await putOption(operation, guest, key, value);
}

/** Options of a drive that QEMU takes only at its start. */
function needsRestart(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): boolean {
  return ['iothread', 'ssd', 'aio', 'cache', 'queues', 'serial', 'wwn'].some(
    (option) => before.get(option) !== after.get(option),
  );
}

function isImmediate(key: string): boolean {
  return immediate.has(key) || /^ipconfig\d+$/.test(key);
}

function canPlug({ config }: GuestState, key: string): boolean {
  const set = config.get('hotplug') ?? 'network,disk,usb';
  const kinds = set === '1' ? ['network', 'disk', 'usb'] : set.split(/[,;\s]+/);
  if (/^net\d+$/.test(key)) return kinds.includes('network');
  if (/^(scsi|virtio)\d+$/.test(key)) return kinds.includes('disk');
  if (/^usb\d+$/.test(key)) return kinds.includes('usb');
  if (key === 'vcpus') return kinds.includes('cpu');
  return key === 'memory' && kinds.includes('memory') && config.get('numa') === '1';
}
