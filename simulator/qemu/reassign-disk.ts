import { isRunning, isTemplate, type GuestState } from '../cluster/guests';
import { storageOf } from '../cluster/volumes';
import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';
import { storageOfId } from '../storage/storage-access';
import { freeDiskName, imageVolid } from '../storage/volume-names';
import { driveText, readDrive, withSize } from './drive-values';
import { machineForProcess, machineOf, requireUnlocked } from './machine';
import { Operation } from './operation';

/** Gives a disk of one machine to another one on the same node; its volume is renamed (behaviour.md 5.15, recording b6). */
export function reassignDisk(call: ApiCall, targetId: number): string {
  const { parameters } = call;
  const key = parameters.text('disk');
  const targetKey = parameters.optionalText('target-disk') ?? key;
  call.requirePrivilege(`/vms/${targetId}`, ['VM.Config.Disk']);
  check(call, targetId, key, targetKey);
  const { vmid } = machineOf(call);
  return call.startTask({
    type: 'qmmove',
    id: `${vmid}-${key}>${targetId}-${targetKey}`,
    run: (worker) => {
      const operation = new Operation(call, worker);
      return operation.locked(vmid, () =>
        operation.locked(targetId, async () => {
          const { source, target } = check(call, targetId, key, targetKey);
          worker.log(`moving disk '${key}' from VM '${vmid}' to '${targetId}'`);
          await operation.sleep(renameSeconds);
          give(operation, { source, key }, { target, targetKey });
        }),
      );
    },
  });
}

/** How long a storage takes to rename an image, in seconds. */
const renameSeconds = 0.1;

function check(
  call: ApiCall,
  targetId: number,
  key: string,
  targetKey: string,
): { readonly source: GuestState; readonly target: GuestState } {
  const source = machineOf(call);
  const target =
    call.cluster.guests.get(targetId) ?? machineForProcess(call.cluster, call.node.name, targetId);
  if (target.node !== source.node) {
    fail(`Both VMs need to be on the same node (${source.node} != ${target.node})`);
  }
  requireUnlocked(source);
  requireUnlocked(target);
  if (isTemplate(source) || isTemplate(target)) fail("Can't move disks from or to template VMs");
  const value = source.config.get(key) ?? fail(`Disk '${key}' for VM '${source.vmid}' does not exist`);
  if (target.config.has(targetKey)) {
    fail(`Target disk key '${targetKey}' is already in use for VM '${targetId}'`);
  }
  const { file } = readDrive(key, value);
  const isInSnapshot = [...source.snapshots.values()].some(({ config }) =>
    [...config.values()].some((other) => other.includes(file)),
  );
  if (isInSnapshot) fail("Can't move disk used by a snapshot to another VM");
  if (isRunning(source) && !key.startsWith('unused')) {
    fail('Cannot move disk to another VM while the source VM is running - detach first');
  }
  return { source, target };
}

function give(
  operation: Operation,
  { source, key }: { readonly source: GuestState; readonly key: string },
  { target, targetKey }: { readonly target: GuestState; readonly targetKey: string },
): void {
  const { cluster, node } = operation;
  const drive = readDrive(key, source.config.get(key) ?? '');
  const volume = cluster.volumes.find(drive.file, node) ?? fail(`volume '${drive.file}' does not exist`);
  const storage = storageOfId(cluster, storageOf(drive.file));
  const name = freeDiskName(cluster, storage, node, target.vmid);
  cluster.volumes.rename(volume, imageVolid(storage, target.vmid, name, volume.format));
  volume.vmid = target.vmid;
  operation.log(`removing disk '${key}' from VM '${source.vmid}' config`);
  source.config.delete(key);
  const text = driveText({ ...drive, file: volume.volid });
  operation.log(`update VM ${target.vmid}: -${targetKey} ${text}`);
  target.config.set(targetKey, driveText(withSize({ ...drive, file: volume.volid }, volume.sizeBytes)));
}
