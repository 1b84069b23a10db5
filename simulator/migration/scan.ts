import { storageOf, type VolumeState } from '../cluster/volumes';
import { fail } from '../http/errors';
import { volumeName } from '../storage/volume-names';
import { localVolumes, type LocalVolume } from './local-volumes';
import type { MigrationRun } from './run';

/** A volume that has to be copied. */
export interface VolumeToCopy {
  readonly local: LocalVolume;
  readonly volume: VolumeState;
}

/** What a scan found, sorted by volume id. */
export interface ScannedVolumes {
  /** Copied before the machine is started on the target. */
  readonly byStorage: readonly VolumeToCopy[];
  /** Mirrored by QEMU while the machine runs. */
  readonly byMirror: readonly VolumeToCopy[];
}

const copyableTypes = ['dir', 'btrfs', 'zfspool', 'lvmthin', 'lvm'];
/** Sizes of images that Proxmox makes itself. */
const generatedBytes = 4 * 1024 ** 2;

/** Looks for volumes that only the source has, and refuses what can't be moved (behaviour.md 8.4). */
export function scanVolumes(run: MigrationRun): ScannedVolumes {
  const { cluster, guest } = run;
  const volumes = localVolumes(cluster, guest).filter(({ volid }) => volid !== 'none');
  const physical = volumes.some(({ volid }) => volid === 'cdrom');
  if (physical) run.log("can't migrate local cdrom drive");
  const images = volumes.filter(({ volid }) => volid !== 'cdrom');
  for (const volume of images) run.log(describe(volume));
  const refusals = images.map((volume) => ({ volume, reason: refusal(run, volume) }));
  const refused = refusals.filter(({ reason }) => reason !== undefined);
  for (const { volume, reason } of refused)
    run.log(`can't migrate local disk '${volume.volid}': ${reason ?? ''}`);
  if (refused.length > 0 || physical) {
    fail("Problem found while scanning volumes - can't migrate VM - check log");
  }
  for (const volume of images) refuseUncopyable(run, volume);
  return split(run, images);
}

function describe({ volid, attached, cloudInit, tpmState, unused, driveKey }: LocalVolume): string {
  if (cloudInit || tpmState) return `found generated disk '${volid}' (in current VM config)`;
  if (attached) return `found local disk '${volid}' (attached)`;
  if (unused) return `found local disk '${volid}' (unused)`;
  return `found local disk '${volid}' (${driveKey === undefined ? 'referenced by snapshot(s)' : 'pending change'})`;
}

/** Why a volume can't be moved. Checks that come later win, as their text replaces the earlier one (recording d2). */
function refusal({ cluster, guest, live, options }: MigrationRun, volume: LocalVolume): string | undefined {
  const { volid, attached, cloudInit, tpmState, cdrom, vmState, snapshots } = volume;
  if (cloudInit) return undefined;
  if (live && snapshots.length > 0)
    return 'online storage migration not possible if non-replicated snapshot exists';
  if (live && attached && !tpmState && !options.withLocalDisks) {
    return "can't live migrate attached local disks without with-local-disks option";
  }
  if (cdrom) return 'local cdrom image';
  const state = cluster.volumes.find(volid, guest.node);
  if (state?.vmid !== undefined && state.vmid !== guest.vmid)
    return `owned by other VM (owner = VM ${state.vmid})`;
  if (vmState) return undefined;
  if (snapshots.length > 0 && state?.format !== 'qcow2' && storageType(cluster, volid) !== 'zfspool') {
    return 'non-migratable snapshot exists';
  }
  return hasLinkedClones(cluster, volid, guest.node) ? 'referenced by linked clone(s)' : undefined;
}

function storageType(cluster: MigrationRun['cluster'], volid: string): string {
  return cluster.storages.get(storageOf(volid))?.type ?? '';
}

/** On LVM-thin a clone's base is not visible (behaviour.md 7.6). */
function hasLinkedClones(cluster: MigrationRun['cluster'], volid: string, node: string): boolean {
  const storage = cluster.storages.get(storageOf(volid));
  if (storage === undefined || storage.type === 'lvmthin') return false;
  return cluster.volumes
    .onStorage(storage, node)
    .some((other) => baseOf(other) !== undefined && other.volid.startsWith(`${volid}/`));
}

/** The base image of a linked clone, as its volume id shows it. */
function baseOf(volume: VolumeState): string | undefined {
  return /(?:^|\/)(base-\d+-disk-\d+(?:\.\w+)?)\/(?:\d+\/)?vm-/.exec(volumeName(volume.volid))?.[1];
}

function refuseUncopyable({ cluster, guest }: MigrationRun, { volid }: LocalVolume): void {
  const type = storageType(cluster, volid);
  if (!copyableTypes.includes(type)) fail(`can't migrate '${volid}' - storage type '${type}' not supported`);
  const state = cluster.volumes.find(volid, guest.node);
  const base = state === undefined ? undefined : baseOf(state);
  if (base === undefined) return;
  const text = `can't migrate '${volid}' as it's a clone of '${base}'`;
  // Recording 9 b6; there is none of 8.
  if (cluster.version.major === 8) fail(text);
  fail(`Problem found while scanning volumes - ${text} at /usr/share/perl5/PVE/QemuMigrate.pm line 586.`);
}

function split(run: MigrationRun, images: readonly LocalVolume[]): ScannedVolumes {
  const copies = images.map((local) => ({ local, volume: volumeOf(run, local) }));
  const mirrored = ({ local }: VolumeToCopy): boolean =>
    run.live && local.attached && !local.cloudInit && !local.tpmState;
  return {
    byStorage: copies.filter((copy) => !mirrored(copy)),
    byMirror: copies.filter(mirrored).sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)),
  };
}

function keyOf({ local }: VolumeToCopy): string {
  return local.driveKey ?? '';
}

function volumeOf({ cluster, guest }: MigrationRun, { volid, cloudInit }: LocalVolume): VolumeState {
  const volume = cluster.volumes.find(volid, guest.node) ?? fail(`volume '${volid}' does not exist`);
  if (cloudInit && volume.sizeBytes === 0) volume.sizeBytes = generatedBytes;
  return volume;
}
