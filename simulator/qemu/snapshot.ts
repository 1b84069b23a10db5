import { drivesOf } from '../cluster/drives';
import { endProcess } from '../cluster/guest-processes';
import { guestProcess, isTemplate, type GuestSnapshot, type GuestState } from '../cluster/guests';
import { storageOf } from '../cluster/volumes';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { configDigest, snapshotSection } from './config-file';
import { isDisc } from './drive-values';
import { machineOf, requireUnlocked } from './machine';
import { allocateMemoryState, memoryState, memoryStateKeys, saveMemory } from './memory-state';
import { Operation } from './operation';
import { shownConfig } from './shown-config';
import { startMachine, startTask } from './start';
import { destroyVolume } from './unused-drives';

/** Snapshots (behaviour.md 5.16). */
export const qemuSnapshotEndpoints: EndpointTable = {
  'GET /nodes/{node}/qemu/{vmid}/snapshot': listSnapshots,
  'GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}': () => [{ cmd: 'rollback' }, { cmd: 'config' }],
  'GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config': readSnapshot,
  'PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config': describeSnapshot,
  'POST /nodes/{node}/qemu/{vmid}/snapshot': takeSnapshot,
  'DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}': deleteSnapshot,
  'POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback': rollBack,
};

/** How long the storages take for all disks of a machine. */
const snapshotSeconds = 0.3;

function listSnapshots(call: ApiCall): unknown {
  const guest = machineOf(call);
  const { currentSnapshot } = guest;
  const rows = [...guest.snapshots.values()].map(({ name, createdAt, description, parent, withMemory }) => ({
    name,
    snaptime: createdAt,
    description: description ?? '',
    vmstate: withMemory ? 1 : 0,
    ...(parent === undefined ? {} : { parent }),
  }));
  const current = {
    name: 'current',
    description: 'You are here!',
    running: guestProcess(guest) === undefined ? 0 : 1,
    digest: configDigest(guest),
    ...(currentSnapshot === undefined ? {} : { parent: currentSnapshot }),
  };
  return [...rows, current];
}

function readSnapshot(call: ApiCall): unknown {
  return shownConfig(snapshotSection(snapshotOf(machineOf(call), call.parameters.text('snapname'))));
}

function describeSnapshot(call: ApiCall): void {
  const guest = machineOf(call);
  requireUnlocked(guest);
  const snapshot = snapshotOf(guest, call.parameters.text('snapname'));
  const description = call.parameters.optionalText('description');
  new Operation(call).requireWritable(guest.vmid);
  guest.snapshots.set(snapshot.name, { ...snapshot, description });
}

function takeSnapshot(call: ApiCall): unknown {
  const { parameters } = call;
  const name = parameters.text('snapname');
  if (['current', 'pending'].includes(name)) fail(`unable to use snapshot name '${name}' (reserved name)`);
  return snapshotTask(call, 'qmsnapshot', async (operation, guest) => {
    if (isTemplate(guest)) fail("you can't take a snapshot if it's a template");
    requireUnlocked(guest);
    if (guest.snapshots.has(name)) fail(`snapshot name '${name}' already used`);
    requireSnapshotFeature(operation, guest);
    operation.requireWritable(guest.vmid);
    const saved = new Map([...guest.config].filter(([key]) => key !== 'description'));
    const withMemory = parameters.flag('vmstate') && guestProcess(guest) !== undefined;
    await whileLocked(operation, guest, 'snapshot', async () => {
      const memory = withMemory ? await takeMemory(operation, guest, name) : [];
      for (const [key, value] of memory) saved.set(key, value);
      for (const drive of snapshotDrives(guest)) logDriveSnapshot(operation, guest, drive);
    });
    guest.snapshots.set(name, {
      name,
      config: saved,
      createdAt: operation.cluster.clock.epochSeconds(),
      description: parameters.optionalText('description'),
      parent: guest.currentSnapshot,
      withMemory,
    });
    guest.currentSnapshot = name;
  });
}

/** Saves the memory; returns what the snapshot notes about it. */
async function takeMemory(
  operation: Operation,
  guest: GuestState,
  name: string,
): Promise<[string, string][]> {
  const volume = await allocateMemoryState(operation, guest, name);
  await saveMemory(operation, guest, volume);
  return memoryState(operation, guest, volume);
}

/** 9 says where QEMU itself takes the snapshot of an image (recording 9 b6). */
function logDriveSnapshot(
  operation: Operation,
  guest: GuestState,
  { key, file }: { readonly key: string; readonly file: string },
): void {
  operation.log(`snapshotting 'drive-${key}' (${file})`);
  const isByQemu = guestProcess(guest) !== undefined && file.endsWith('.qcow2');
  if (isByQemu && operation.cluster.version.major === 9) operation.log('internal qemu snapshot');
}

function deleteSnapshot(call: ApiCall): unknown {
  const name = call.parameters.text('snapname');
  return snapshotTask(call, 'qmdelsnapshot', async (operation, guest) => {
    const { parent, config } = snapshotOf(guest, name);
    requireUnlocked(guest);
    operation.requireWritable(guest.vmid);
    const memory = operation.cluster.volumes.find(config.get('vmstate') ?? '', operation.node);
    await whileLocked(operation, guest, 'snapshot-delete', async () => {
      if (memory !== undefined) await destroyVolume(operation, memory);
    });
    guest.snapshots.delete(name);
    for (const child of guest.snapshots.values()) if (child.parent === name) child.parent = parent;
    if (guest.currentSnapshot === name) guest.currentSnapshot = parent;
  });
}

function rollBack(call: ApiCall): unknown {
  const name = call.parameters.text('snapname');
  return snapshotTask(call, 'qmrollback', async (operation, guest) => {
    const snapshot = snapshotOf(guest, name);
    requireUnlocked(guest);
    operation.requireWritable(guest.vmid);
    endProcess(guest, operation.node, operation.cluster.clock.now());
    await whileLocked(operation, guest, 'rollback', () => Promise.resolve());
    const description = guest.config.get('description');
    guest.config.clear();
    for (const [key, value] of snapshot.config) {
      if (!memoryStateKeys.includes(key)) guest.config.set(key, value);
    }
    if (description !== undefined) guest.config.set('description', description);
    guest.currentSnapshot = name;
    if (snapshot.withMemory) await startMachine(operation, guest.vmid);
    else if (call.parameters.flag('start')) startTask(call, guest.vmid);
  });
}

function snapshotTask(
  call: ApiCall,
  type: string,
  change: (operation: Operation, guest: GuestState) => Promise<void>,
): string {
  const vmid = call.parameters.integer('vmid');
  return call.startTask({
    type,
    id: String(vmid),
    run: (worker) => {
      const operation = new Operation(call, worker);
      return operation.locked(vmid, () => change(operation, machineOf(call)));
    },
  });
}

async function whileLocked(
  operation: Operation,
  { config }: GuestState,
  lock: string,
  action: () => Promise<void>,
): Promise<void> {
  config.set('lock', lock);
  await action();
  await operation.sleep(snapshotSeconds);
  config.delete('lock');
}

function snapshotOf(guest: GuestState, name: string): GuestSnapshot {
  return guest.snapshots.get(name) ?? fail(`snapshot '${name}' does not exist`);
}

function snapshotDrives({ config }: GuestState): { readonly key: string; readonly file: string }[] {
  return drivesOf(config).filter((drive) => !isDisc(drive) && !drive.key.startsWith('unused'));
}

/** Storages that can; on file storages qcow2 can (behaviour.md 7.1). */
function requireSnapshotFeature({ cluster }: Operation, guest: GuestState): void {
  const can = snapshotDrives(guest).every(({ file }) => {
    const type = cluster.storages.get(storageOf(file))?.type ?? '';
    return file.endsWith('.qcow2') || ['lvmthin', 'zfspool', 'rbd', 'btrfs'].includes(type);
  });
  if (!can) fail('snapshot feature is not available');
}
