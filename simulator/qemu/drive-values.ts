import { parseDrive, type Drive } from '../cluster/drives';
import { formatSize } from '../cluster/sizes';

/** A drive as it is given or stored: volume first, then its options (behaviour.md 5.2). */
export interface DriveValue {
  readonly file: string;
  readonly options: ReadonlyMap<string, string>;
}

/** Words of property strings for true and false; stored as 1 and 0. */
const booleanOptions = new Set([
  'backup',
  'iothread',
  'replicate',
  'ro',
  'shared',
  'snapshot',
  'ssd',
  'pre-enrolled-keys',
  'scsiblock',
]);

/** Reads a drive of a request or configuration; `file=` may stand anywhere. */
export function readDrive(key: string, value: string): DriveValue {
  const parts = value.split(',').map((part) => part.trim());
  const named = parts.find((part) => /^(file|volume)=/.test(part));
  const ordered = named === undefined ? parts : [named, ...parts.filter((part) => part !== named)];
  const { file, options } = parseDrive(key, ordered.join(','));
  return { file, options: new Map([...options].map(([name, text]) => [name, storedOption(name, text)])) };
}

/** A drive as it is stored: options in alphabetical order. */
export function driveText({ file, options }: DriveValue): string {
  const sorted = [...options].sort(([one], [other]) => (one < other ? -1 : 1));
  return [file, ...sorted.map(([name, value]) => `${name}=${value}`)].join(',');
}

/** The drive with other options; undefined removes one. */
export function withOptions(
  drive: DriveValue,
  changes: Readonly<Record<string, string | undefined>>,
): DriveValue {
  const options = new Map(drive.options);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) options.delete(name);
    else options.set(name, value);
  }
  return { file: drive.file, options };
}

/** The drive with its size as Proxmox keeps it, e.g. `size=32G`. */
export function withSize(drive: DriveValue, sizeBytes: number): DriveValue {
  return withOptions(drive, { size: formatSize(sizeBytes) });
}

/** `<storage>:<GiB>` or `<GiB>`: a drive that is to be made. */
export function newDiskOf({
  file,
}: Pick<Drive, 'file'>): { storage: string | undefined; gibibytes: number } | undefined {
  const [, storage, size] = /^(?:([^/:\s]+):)?(\d+(?:\.\d+)?)$/.exec(file) ?? [];
  return size === undefined ? undefined : { storage, gibibytes: Number(size) };
}

/** `<storage>:cloudinit` or `cloudinit`: a cloud-init drive that is to be made; the storage may be missing. */
export function newCloudInitOf({ file }: Pick<Drive, 'file'>): { storage: string | undefined } | undefined {
  const [whole, storage] = /^(?:([^/:\s]+):)?cloudinit$/.exec(file) ?? [];
  return whole === undefined ? undefined : { storage };
}

/** True for a drive that reads a disc: an ISO image, the node's own drive, nothing. A cloud-init drive counts too. */
export function isDisc({ file, options }: DriveValue): boolean {
  return (
    options.get('media') === 'cdrom' ||
    file === 'cdrom' ||
    file === 'none' ||
    newCloudInitOf({ file }) !== undefined
  );
}

/** The keys of drives of a virtual machine, without `unused<n>`. */
export function isDriveName(key: string): boolean {
  return /^(ide[0-3]|sata[0-5]|scsi(\d|[12]\d|30)|virtio(\d|1[0-5])|efidisk0|tpmstate0)$/.test(key);
}

const driveOrder = ['ide', 'scsi', 'virtio', 'sata', 'efidisk', 'tpmstate', 'unused'];

/** The order in which Proxmox goes through the drives of a machine (recording b5: the EFI disk comes after the others). */
export function byDriveOrder(one: string, other: string): number {
  const [bus, index] = placeOf(one);
  const [otherBus, otherIndex] = placeOf(other);
  return bus - otherBus || index - otherIndex;
}

function placeOf(key: string): [number, number] {
  const [, bus = '', index = '0'] = /^([a-z]+)(\d+)$/.exec(key) ?? [];
  return [driveOrder.indexOf(bus), Number(index)];
}

function storedOption(name: string, value: string): string {
  if (!booleanOptions.has(name)) return value;
  if (/^(on|yes|true)$/i.test(value)) return '1';
  return /^(off|no|false)$/i.test(value) ? '0' : value;
}
