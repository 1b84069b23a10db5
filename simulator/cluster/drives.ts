import { parseSize } from './sizes';

const driveKey =
  /^(ide[0-3]|sata[0-5]|scsi(\d|[12]\d|30)|virtio(\d|1[0-5])|efidisk0|tpmstate0|unused\d+|rootfs|mp\d+)$/;

/** Size of every cloud-init image. */
export const cloudInitBytes = 4 * 1024 ** 2;

/** A drive of a configuration: the volume and its options. */
export interface Drive {
  readonly key: string;
  /** `<storage>:<name>`, `none`, `cdrom`, or a path. */
  readonly file: string;
  /** Options after the volume, e.g. `size`, `media`. */
  readonly options: ReadonlyMap<string, string>;
  readonly sizeBytes: number;
}

/** True if the configuration key is a drive (container mount points too). */
export function isDriveKey(key: string): boolean {
  return driveKey.test(key);
}

/** Reads a drive's value, e.g. `local-lvm:vm-100-disk-0,size=32G`. */
export function parseDrive(key: string, value: string): Drive {
  const [first = '', ...rest] = value.split(',');
  const options = new Map(
    rest.map((part): [string, string] => [part.split('=')[0] ?? '', part.split('=').slice(1).join('=')]),
  );
  const file = first.replace(/^(file|volume)=/, '');
  return { key, file, options, sizeBytes: parseSize(options.get('size') ?? '') ?? 0 };
}

/** All drives of a configuration, in its order. */
export function drivesOf(config: ReadonlyMap<string, string>): Drive[] {
  return [...config].filter(([key]) => isDriveKey(key)).map(([key, value]) => parseDrive(key, value));
}

/** True for a cdrom drive that is no cloud-init drive. */
export function isCdrom(drive: Drive): boolean {
  return drive.options.get('media') === 'cdrom' && !isCloudInit(drive);
}

/** True for a cloud-init drive. */
export function isCloudInit(drive: Drive): boolean {
  return /vm-\d+-cloudinit/.test(drive.file);
}

/** The storage id of a drive's volume; undefined for none, cdrom and paths. */
export function driveStorage(drive: Drive): string | undefined {
  return /^([a-zA-Z][\w.-]*):/.exec(drive.file)?.[1];
}
