import { drivesOf, isCloudInit, type Drive } from '../cluster/drives';
import { guestMemoryBytes } from '../cluster/figures';
import { startProcess } from '../cluster/guest-processes';
import { guestLock, guestProcess, isTemplate, type GuestState } from '../cluster/guests';
import type { ClusterState } from '../cluster/state';
import { storageOf } from '../cluster/volumes';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { guestLockFile } from '../tasks/locks';
import type { TaskWorker } from '../tasks/worker';
import { usableStorage } from '../storage/storage-access';
import { applyPending } from './apply-pending';
import { isHaManaged, requestHa } from './ha-managed';
import { machineOnNode, requireUnlocked } from './machine';
import { bridgeExists, bridgeOf } from './network-cards';
import { memoryStateKeys } from './memory-state';
import { Operation } from './operation';

/** Starting (behaviour.md 5.12). */
export const qemuStartEndpoints: EndpointTable = { 'POST /nodes/{node}/qemu/{vmid}/status/start': start };

/** Options of start that only root may use. */
const rootOptions = [
  ...[
    'skiplock',
    'force-cpu',
    'migratedfrom',
    'migration_type',
    'migration_network',
    'stateuri',
    'targetstorage',
  ],
  ...['machine', 'nets-host-mtu', 'with-conntrack-state'],
];

function start(call: ApiCall): unknown {
  for (const option of rootOptions) call.requireRootFor(option);
  call.requireQuorum();
  const vmid = call.parameters.integer('vmid');
  if (isHaManaged(call, vmid)) return requestHa(call, vmid, 'start');
  return startTask(call, vmid);
}

/** Starts the task `qmstart` for the caller; returns its UPID. */
export function startTask(call: ApiCall, vmid: number): string {
  return call.startTask({
    type: 'qmstart',
    id: String(vmid),
    run: (worker) => {
      const operation = new Operation(call, worker);
      return operation.locked(vmid, () => startMachine(operation, vmid));
    },
  });
}

/** What the host's event daemon does after a reboot: a task of root's (recording b3). */
export function startTaskOfRoot(call: ApiCall, vmid: number): void {
  call.cluster.tasks.start({
    node: call.node.name,
    type: 'qmstart',
    id: String(vmid),
    authId: 'root@pam',
    run: (worker: TaskWorker) =>
      call.cluster.locks.hold(call.node.name, guestLockFile('qemu', vmid), { worker }, () =>
        startMachine(new Operation(call, worker), vmid),
      ),
  });
}

/** Starts the machine; the caller holds its lock file. */
export async function startMachine(operation: Operation, vmid: number): Promise<void> {
  const { cluster, node } = operation;
  const guest = machineOnNode(cluster, node, vmid);
  if (isTemplate(guest)) fail("you can't start a vm if it's a template");
  const isSuspended = guestLock(guest) === 'suspended';
  if (operation.call.parameters.optionalText('skiplock') !== '1') requireUnlocked(guest, ['suspended']);
  if (guestProcess(guest) !== undefined) fail(`VM ${vmid} already running`);
  if (isSuspended) logResumption(operation, guest);
  await applyPending(operation, guest);
  prepare(operation, guest);
  await operation.sleep(cluster.timings.startSeconds);
  const { behaviour } = guest;
  behaviour.memoryUsedBytes = Math.min(behaviour.memoryUsedBytes, guestMemoryBytes(guest));
  guest.bootStartedAt = cluster.clock.now();
  startProcess(guest, { node, pid: cluster.tasks.newPid(node), now: cluster.clock.now() });
  if (isSuspended) forgetSuspension(operation, guest);
}

/** What must be there before QEMU can start. */
function prepare({ cluster, node, worker }: Operation, guest: GuestState): void {
  for (const drive of drivesOf(guest.config)) requireVolume(cluster, node, drive);
  for (const [key, value] of guest.config) {
    const bridge = /^net\d+$/.test(key) ? bridgeOf(value) : undefined;
    if (bridge !== undefined && !bridgeExists(cluster, node, bridge)) {
      fail(`bridge '${bridge}' does not exist`);
    }
  }
  if (drivesOf(guest.config).some(isCloudInit)) {
    worker?.log('generating cloud-init ISO');
    requireSnippets(cluster, guest);
  }
  if (guest.config.get('bios') === 'ovmf' && !guest.config.has('efidisk0')) {
    worker?.warn('no efidisk configured! Using temporary efivars disk.');
  }
}

/** The snippets that cloud-init gets must be there, on this node (behaviour.md 5.5). */
function requireSnippets(cluster: ClusterState, { config, node }: GuestState): void {
  for (const part of (config.get('cicustom') ?? '').split(',').filter((text) => text !== '')) {
    const volid = part.slice(part.indexOf('=') + 1);
    usableStorage(cluster, storageOf(volid), node);
    if (cluster.volumes.find(volid, node) === undefined) fail(`volume '${volid}' does not exist`);
  }
}

function requireVolume(cluster: ClusterState, node: string, drive: Drive): void {
  if (drive.key.startsWith('unused') || ['none', 'cdrom'].includes(drive.file) || drive.file.startsWith('/'))
    return;
  usableStorage(cluster, storageOf(drive.file), node);
  if (cluster.volumes.find(drive.file, node) === undefined) fail(`volume '${drive.file}' does not exist`);
}

function logResumption(operation: Operation, { config }: GuestState): void {
  operation.log('Resuming suspended VM');
  const state = config.get('vmstate');
  if (state !== undefined) operation.log(`activating and using '${state}' as vmstate`);
}

function forgetSuspension(operation: Operation, guest: GuestState): void {
  operation.log('Resumed VM, removing state');
  const state = operation.cluster.volumes.find(guest.config.get('vmstate') ?? '', operation.node);
  if (state !== undefined) operation.cluster.volumes.remove(state);
  for (const key of ['lock', ...memoryStateKeys]) guest.config.delete(key);
}
