import { drivesOf, driveStorage, isCdrom } from '../cluster/drives';
import { guestMemoryBytes } from '../cluster/figures';
import type { GuestState } from '../cluster/guests';
import type { VolumeState } from '../cluster/volumes';
import { allocateImage } from '../storage/allocate';
import { bytesText } from '../storage/copy-progress';
import { runningMachine } from './live-figures';
import type { Operation } from './operation';

const mebibyte = 1024 ** 2;

/** What QEMU needs beside the memory itself, in bytes (recording 9 b6). */
const overheadBytes = 500 * mebibyte;

/** Keys of a configuration, or of a snapshot, that belong to a saved memory. */
export const memoryStateKeys = ['vmstate', 'runningmachine', 'runningcpu'];

/** Makes the volume that a machine's memory is saved in: twice its size and what QEMU needs (behaviour.md 5.16). */
export function allocateMemoryState(
  operation: Operation,
  guest: GuestState,
  name: string,
  wantedStorage?: string,
): Promise<VolumeState> {
  return allocateImage(operation, {
    storage: wantedStorage ?? guest.config.get('vmstatestorage') ?? usedStorage(operation, guest),
    vmid: guest.vmid,
    format: 'raw',
    sizeBytes: 2 * guestMemoryBytes(guest) + overheadBytes,
    name: `vm-${guest.vmid}-state-${name}`,
    usedBytes: guest.behaviour.memoryUsedBytes,
  });
}

/** What a configuration notes about a memory that is saved in the volume. */
export function memoryState(
  operation: Operation,
  guest: GuestState,
  volume: VolumeState,
): [string, string][] {
  return [
    ['vmstate', volume.volid],
    ['runningmachine', runningMachine(operation.cluster, guest)],
    [
      'runningcpu',
      (guest.config.get('cpu') ?? 'kvm64,enforce,+kvm_pv_eoi,+kvm_pv_unhalt,+lahf_lm,+sep').replace(
        /^cputype=/,
        '',
      ),
    ],
  ];
}

/** Writes the memory, at the speed of the node's disks; one line a second. */
export async function saveMemory(
  operation: Operation,
  guest: GuestState,
  { storage }: VolumeState,
): Promise<void> {
  const bytes = guest.behaviour.memoryUsedBytes;
  const seconds = bytes / operation.cluster.network.diskBytesPerSecond;
  operation.log(`saving VM state and RAM using storage '${storage}'`);
  for (let passed = 0; passed < seconds; passed += 1) {
    await operation.sleep(Math.min(seconds - passed, 1));
    if (passed + 1 < seconds)
      operation.log(`${savedText((bytes * (passed + 1)) / seconds)} in ${passed + 1}s`);
  }
  operation.log(`completed saving the VM state in ${Math.floor(seconds)}s, saved ${savedText(bytes)}`);
}

/** Bytes with two decimals, as these lines have them. */
function savedText(bytes: number): string {
  const unit = bytesText(bytes).split(' ')[1] ?? 'B';
  const power = ['B', 'KiB', 'MiB', 'GiB', 'TiB'].indexOf(unit);
  return `${(bytes / 1024 ** power).toFixed(2)} ${unit}`;
}

/** A shared storage that the machine's disks are on, else a local one, else `local`. */
function usedStorage({ cluster }: Operation, { config }: GuestState): string {
  const used = drivesOf(config)
    .filter((drive) => !isCdrom(drive))
    .map(driveStorage)
    .flatMap((id) => cluster.storages.get(id ?? '') ?? []);
  return (used.find(({ shared }) => shared) ?? used[0])?.id ?? 'local';
}
