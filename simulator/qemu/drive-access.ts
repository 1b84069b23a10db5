import type { ApiCall } from '../http/call';
import { fail, parameterError } from '../http/errors';
import { checkVolumeAccess, storageOfId } from '../storage/storage-access';
import { isDisc, isDriveName, newCloudInitOf, newDiskOf, readDrive } from './drive-values';

/** What the drives of a request are checked for. */
export interface DriveAccess {
  readonly vmid: number;
  /** Takes bare sizes. */
  readonly defaultStorage: string | undefined;
}

/** Ends the call unless the caller may use the storages and volumes of all drives (behaviour.md 2.5, 7.7). */
export function checkDriveAccess(
  call: ApiCall,
  options: ReadonlyMap<string, string>,
  access: DriveAccess,
): void {
  for (const [key, value] of options) {
    if (isDriveName(key) || /^unused\d+$/.test(key)) checkDrive(call, key, value, access);
  }
}

function checkDrive(call: ApiCall, key: string, value: string, { vmid, defaultStorage }: DriveAccess): void {
  const drive = readDrive(key, value);
  const disk = isDisc(drive) ? undefined : newDiskOf(drive);
  if (drive.file === 'none' || drive.file === '') return;
  if (drive.file === 'cdrom') {
    call.requirePrivilege('/', ['Sys.Console']);
  } else if (newCloudInitOf(drive) !== undefined) {
    checkNewDisk(call, newCloudInitOf(drive)?.storage ?? defaultStorage);
  } else if (disk !== undefined) {
    checkNewDisk(call, disk.storage ?? defaultStorage);
  } else {
    const content = checkVolumeAccess(call, vmid, drive.file);
    if (content !== 'images' && content !== 'iso') {
      parameterError({ [key]: "content type needs to be 'images' or 'iso'" });
    }
  }
  checkImport(call, key, vmid, drive.options.get('import-from'));
}

function checkNewDisk(call: ApiCall, id: string | undefined): void {
  if (id === undefined) fail('no storage ID specified (and no default storage)');
  call.requirePrivilege(`/storage/${id}`, ['Datastore.AllocateSpace']);
  const storage = storageOfId(call.cluster, id);
  if (!storage.content.includes('images')) {
    parameterError({ storage: `storage '${id}' does not support vm images` });
  }
}

function checkImport(call: ApiCall, key: string, vmid: number, source: string | undefined): void {
  if (source === undefined) return;
  const content = checkVolumeAccess(call, vmid, source);
  if (content !== 'images' && content !== 'import') {
    parameterError({ [key]: `${source} has wrong type '${content}' - needs to be 'images' or 'import'` });
  }
}
