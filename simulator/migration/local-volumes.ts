import { isCloudInit, drivesOf, driveStorage, type Drive } from '../cluster/drives';
import type { GuestState } from '../cluster/guests';
import type { ClusterState } from '../cluster/state';

/** A volume that a guest's configuration or one of its snapshots names, and that is not on shared storage. */
export interface LocalVolume {
  /** `<storage>:<name>`, or `cdrom` for the node's own drive. */
  readonly volid: string;
  /** The configuration's key; undefined if only a snapshot names it. */
  readonly driveKey: string | undefined;
  /** Of the configuration's `size` option, in bytes; undefined if it has none. */
  readonly sizeBytes: number | undefined;
  readonly cdrom: boolean;
  readonly cloudInit: boolean;
  readonly tpmState: boolean;
  readonly unused: boolean;
  /** RAM of a snapshot. */
  readonly vmState: boolean;
  readonly attached: boolean;
  readonly replicate: boolean;
  readonly snapshots: readonly string[];
}

/** Every local volume of the guest, sorted by volume id as Proxmox goes through them. */
export function localVolumes(cluster: ClusterState, guest: GuestState): LocalVolume[] {
  const found = new Map<string, LocalVolume>();
  for (const drive of drivesOf(guest.config)) {
    if (isLocal(cluster, drive)) found.set(drive.file, fromConfig(drive));
  }
  for (const snapshot of guest.snapshots.values()) {
    for (const drive of [...drivesOf(snapshot.config), ...memoryOf(snapshot.config)]) {
      if (!isLocal(cluster, drive)) continue;
      const known = found.get(drive.file) ?? fromSnapshot(drive);
      found.set(drive.file, { ...known, snapshots: [...known.snapshots, snapshot.name] });
    }
  }
  return [...found.values()].sort((one, other) => (one.volid < other.volid ? -1 : 1));
}

/** Storages that the guest's configuration and snapshots use, shared ones too. */
export function storagesUsed(guest: GuestState): string[] {
  const configs = [guest.config, ...[...guest.snapshots.values()].map(({ config }) => config)];
  const drives = configs.flatMap((config) => drivesOf(config));
  return [...new Set(drives.map(driveStorage).filter((storage) => storage !== undefined))];
}

function isLocal(cluster: ClusterState, drive: Drive): boolean {
  if (drive.file === 'cdrom') return true;
  if (drive.options.get('shared') === '1') return false;
  const id = driveStorage(drive);
  return id !== undefined && cluster.storages.get(id)?.shared !== true;
}

function fromConfig(drive: Drive): LocalVolume {
  const cloudInit = isCloudInit(drive);
  const unused = drive.key.startsWith('unused');
  return {
    volid: drive.file,
    driveKey: drive.key,
    sizeBytes: drive.options.has('size') ? drive.sizeBytes : undefined,
    cdrom: drive.options.get('media') === 'cdrom' || drive.file === 'cdrom',
    cloudInit,
    tpmState: drive.key === 'tpmstate0',
    unused,
    vmState: false,
    attached: !unused,
    replicate: drive.options.get('replicate') !== '0',
    snapshots: [],
  };
}

function fromSnapshot(drive: Drive): LocalVolume {
  return {
    ...fromConfig(drive),
    driveKey: undefined,
    vmState: drive.key === 'vmstate',
    attached: false,
    unused: false,
    tpmState: false,
  };
}

function memoryOf(config: ReadonlyMap<string, string>): Drive[] {
  const file = config.get('vmstate');
  return file === undefined ? [] : [{ key: 'vmstate', file, options: new Map(), sizeBytes: 0 }];
}
