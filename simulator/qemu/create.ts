import { guestMemoryBytes } from '../cluster/figures';
import type { GuestState } from '../cluster/guests';
import type { ClusterState } from '../cluster/state';
import type { ApiCall, EndpointTable } from '../http/call';
import { errorText, fail, NotSimulated, permissionDenied } from '../http/errors';
import { bootText, normalizedTags } from './config-texts';
import { createDisks } from './create-disks';
import { checkDriveAccess } from './drive-access';
import { isDisc, isDriveName, readDrive } from './drive-values';
import { givenOptions } from './given-options';
import { startTask } from './start';
import { checkBridgeAccess } from './network-cards';
import { Operation } from './operation';
import { checkDevicePermission, checkOptionPermissions } from './options';

/** Making virtual machines (behaviour.md 5.8). */
export const qemuCreateEndpoints: EndpointTable = { 'POST /nodes/{node}/qemu': createMachine };

/** Share of the configured memory that a new guest uses. */
const memoryShare = 0.6;

function createMachine(call: ApiCall): unknown {
  const { parameters, cluster } = call;
  const vmid = parameters.integer('vmid');
  call.requireQuorum();
  const path = permissionPath(call, vmid);
  if (parameters.has('archive')) refuseRestore(call, parameters.text('archive'));
  const options = givenOptions(call);
  const tags = options.get('tags');
  // 8 stores them as they are sent (recordings 8 b1, 9 b1).
  if (tags !== undefined && cluster.version.major === 9) options.set('tags', normalizedTags(tags));
  checkDriveAccess(call, options, { vmid, defaultStorage: parameters.optionalText('storage') });
  checkOptionPermissions(call, path, [...options.keys()]);
  for (const [key, value] of options) {
    checkDevicePermission(call, path, key, value);
    if (/^net\d+$/.test(key)) checkBridgeAccess(call, value);
  }
  const guest = reserve(cluster, call.node.name, vmid, `unable to create VM ${vmid} -`);
  guest.pool = parameters.optionalText('pool');
  return call.startTask({
    type: 'qmcreate',
    id: String(vmid),
    run: async (worker) => {
      const operation = new Operation(call, worker);
      await operation.locked(vmid, () => build(operation, guest, options), 1);
      if (parameters.flag('ha-managed')) addHaResource(operation, vmid);
      if (!parameters.flag('start')) return;
      worker.log('Execute autostart');
      startTask(call, vmid);
    },
  });
}

/** Where privileges are asked for: the machine, or the pool that it is to be in. */
function permissionPath(call: ApiCall, vmid: number): string {
  const pool = call.parameters.optionalText('pool');
  if (pool !== undefined && !call.cluster.pools.has(pool)) permissionDenied(`pool '${pool}' does not exist`);
  if (call.may(`/vms/${vmid}`, ['VM.Allocate'])) return `/vms/${vmid}`;
  if (pool !== undefined && call.may(`/pool/${pool}`, ['VM.Allocate'])) return `/pool/${pool}`;
  return permissionDenied();
}

function refuseRestore(call: ApiCall, archive: string): never {
  if (call.cluster.volumes.find(archive, call.node.name) === undefined)
    fail(`volume '${archive}' does not exist`);
  throw new NotSimulated(call.endpoint);
}

/** Takes the id with a configuration that holds only its lock; fails if another guest has it, wherever it is. */
export function reserve(cluster: ClusterState, node: string, vmid: number, prefix: string): GuestState {
  const other = cluster.guests.get(vmid);
  if (other !== undefined) {
    fail(`${prefix} ${other.type === 'qemu' ? 'VM' : 'CT'} ${vmid} already exists on node '${other.node}'`);
  }
  const guest = emptyMachine(cluster, node, vmid);
  guest.config.set('lock', 'create');
  cluster.guests.set(vmid, guest);
  return guest;
}

/** A machine without configuration. */
export function emptyMachine(cluster: ClusterState, node: string, vmid: number): GuestState {
  return {
    vmid,
    type: 'qemu',
    node,
    config: new Map(),
    pending: new Map(),
    snapshots: new Map(),
    currentSnapshot: undefined,
    behaviour: {
      memoryUsedBytes: 0,
      dirtyBytesPerSecond: 0,
      respondsToAcpi: true,
      shutdownSeconds: 5,
      agentRunning: false,
      dhcp: true,
      cpuLoad: 0.05,
    },
    processes: new Map(),
    placements: [],
    migrationsStarted: 0,
    createdAt: cluster.clock.now(),
    pool: undefined,
  };
}

/** The guest is gone, with everything that is known about it. */
export function forgetMachine(cluster: ClusterState, vmid: number): void {
  cluster.guests.delete(vmid);
  cluster.broadcasts.forgetGuest(vmid);
}

async function build(
  operation: Operation,
  guest: GuestState,
  options: ReadonlyMap<string, string>,
): Promise<void> {
  const { cluster, call } = operation;
  const drives = new Map([...options].filter(([key]) => isDriveName(key)));
  try {
    const defaultStorage = call.parameters.optionalText('storage');
    const request = { vmid: guest.vmid, drives, defaultStorage, config: new Map<string, string>() };
    const stored = await createDisks(operation, request);
    operation.requireWritable(guest.vmid);
    for (const [key, value] of completed(cluster, new Map([...options, ...stored])))
      guest.config.set(key, value);
    guest.config.delete('lock');
    guest.behaviour.memoryUsedBytes = Math.round(guestMemoryBytes(guest) * memoryShare);
  } catch (error) {
    forgetMachine(cluster, guest.vmid);
    fail(`unable to create VM ${guest.vmid} - ${errorText(error)}`);
  }
}

/** Adds what Proxmox makes up: boot order, ids, what it was made with. */
function completed(cluster: ClusterState, options: Map<string, string>): Map<string, string> {
  const made = {
    boot: bootText(defaultBootDevices(options)),
    smbios1: `uuid=${cluster.random.uuid()}`,
    vmgenid: cluster.random.uuid(),
    meta: `creation-qemu=${cluster.version.qemu},ctime=${cluster.clock.epochSeconds()}`,
  };
  return new Map([...Object.entries(made), ...options]);
}

/** The first disk, the first disc, the first network card. */
function defaultBootDevices(options: ReadonlyMap<string, string>): string[] {
  const keys = ['ide', 'scsi', 'virtio', 'sata'].flatMap((bus) =>
    [...options.keys()].filter((key) => new RegExp(`^${bus}\\d+$`).test(key)).sort(byNumber),
  );
  const disc = (key: string): boolean => isDisc(readDrive(key, options.get(key) ?? ''));
  const card = [...options.keys()].filter((key) => /^net\d+$/.test(key)).sort(byNumber)[0];
  return [keys.find((key) => !disc(key)), keys.find(disc), card].filter((key) => key !== undefined);
}

function byNumber(one: string, other: string): number {
  return Number(/\d+$/.exec(one)?.[0]) - Number(/\d+$/.exec(other)?.[0]);
}

function addHaResource({ cluster, call, worker }: Operation, vmid: number): void {
  worker?.log('Add as HA resource');
  const state = call.parameters.flag('start') ? 'started' : 'stopped';
  const unset = { maxRestart: undefined, maxRelocate: undefined, failback: undefined };
  cluster.ha.resources.set(`vm:${vmid}`, {
    sid: `vm:${vmid}`,
    state,
    ...unset,
    group: undefined,
    comment: undefined,
  });
}
