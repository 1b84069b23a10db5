import { drivesOf, isCdrom, isCloudInit, type Drive } from '../cluster/drives';
import { guestProcess, isTemplate, type GuestState } from '../cluster/guests';
import { storageOnNode } from '../cluster/storages';
import { guestOnNode } from '../cluster/state';
import { storageOf } from '../cluster/volumes';
import type { ApiCall, EndpointTable } from '../http/call';
import { errorText, fail, parameterError, permissionDenied } from '../http/errors';
import { storageOfId } from '../storage/storage-access';
import { isBaseImage } from '../storage/volume-names';
import { cloneDrives, type CloneWish } from './clone-drives';
import { snapshotSection } from './config-file';
import { emptyMachine, forgetMachine } from './create';
import { machineForProcess, requireUnlocked } from './machine';
import { checkBridgeAccess, networkCardText } from './network-cards';
import { Operation } from './operation';

/** Cloning (behaviour.md 5.13). */
export const qemuCloneEndpoints: EndpointTable = { 'POST /nodes/{node}/qemu/{vmid}/clone': clone };

/** From the fork of the worker until it takes its locks, in seconds: clones that were asked for at once all get so far. */
const preparationSeconds = 0.5;

function clone(call: ApiCall): unknown {
  const { cluster, node, parameters } = call;
  const guest = machineForProcess(cluster, node.name, parameters.integer('vmid'));
  const wish = checkWish(call);
  call.requireQuorum();
  const { newId } = wish;
  checkSource(call, guest, wish);
  if (guestOnNode(cluster, node.name, newId, 'qemu') !== undefined) fail(takenText(newId));
  refuseUnclonable(guest, wish);
  return call.startTask({
    type: 'qmclone',
    id: String(guest.vmid),
    run: async (worker) => {
      const operation = new Operation(call, worker);
      await worker.sleep(preparationSeconds);
      await holdingSource(operation, guest, () =>
        operation.locked(newId, () => carryOut(operation, guest, wish), lockSeconds),
      );
    },
  });
}

/** How long the new id's lock file is waited for. */
const lockSeconds = 5;

function checkWish(call: ApiCall): CloneWish {
  const { cluster, parameters } = call;
  const source = cluster.guests.get(parameters.integer('vmid'));
  const pool = parameters.optionalText('pool');
  const target = parameters.optionalText('target');
  const storage = parameters.optionalText('storage');
  if (pool !== undefined && !cluster.pools.has(pool)) permissionDenied(`pool '${pool}' does not exist`);
  if (target !== undefined && !cluster.nodes.has(target)) fail(`no such cluster node '${target}'`);
  if (storage !== undefined) checkTargetStorage(call, storage, target);
  return {
    newId: parameters.integer('newid'),
    full: parameters.flag('full', source === undefined || !isTemplate(source)),
    snapshot: parameters.optionalText('snapname'),
    storage,
    format: parameters.optionalText('format'),
    target,
  };
}

function checkTargetStorage(call: ApiCall, id: string, target: string | undefined): void {
  const storage = storageOfId(call.cluster, id);
  if (storage.disabled) fail(`storage '${id}' is disabled`);
  if (!storage.content.includes('images')) {
    parameterError({ storage: `storage '${id}' does not support vm images` });
  }
  if (target === undefined || target === call.node.name) return;
  if (!storageOnNode(storage, target)) fail(`storage '${id}' is not available on node '${target}'`);
  if (!storage.shared) fail(`can't clone to non-shared storage '${id}'`);
}

function checkSource(call: ApiCall, guest: GuestState, wish: CloneWish): void {
  requireUnlocked(guest);
  if (wish.snapshot !== undefined && !guest.snapshots.has(wish.snapshot)) {
    fail(`snapshot '${wish.snapshot}' does not exist`);
  }
  for (const option of ['storage', 'format'] as const) {
    if (!wish.full && wish[option] !== undefined) fail(`parameter '${option}' not allowed for linked clones`);
  }
  for (const drive of clonedDrives(guest, wish)) {
    const id = wish.storage ?? storageOf(drive.file);
    call.requirePrivilege(`/storage/${id}`, ['Datastore.AllocateSpace']);
  }
  for (const [key, value] of guest.config) if (/^net\d+$/.test(key)) checkBridgeAccess(call, value);
  const { target } = wish;
  const isLocal = ({ file }: Drive): boolean => call.cluster.storages.get(storageOf(file))?.shared !== true;
  if (target !== undefined && target !== call.node.name && clonedDrives(guest, wish).some(isLocal)) {
    fail(`can't clone VM to node '${target}' (VM uses local storage)`);
  }
}

/** Linked clones need base images; on LVM-thin and RBD a snapshot will do. */
function refuseUnclonable(guest: GuestState, wish: CloneWish): void {
  if (wish.full) return;
  for (const drive of clonedDrives(guest, wish)) {
    if (!isCloudInit(drive) && !isBaseImage(drive.file)) {
      fail(`Linked clone feature is not supported for '${drive.file}' (${drive.key})`);
    }
  }
}

/** The drives whose volumes are copied or linked; discs are only named again. */
function clonedDrives(guest: GuestState, { snapshot }: CloneWish): Drive[] {
  return drivesOf(sourceConfig(guest, snapshot))
    .filter((drive) => !isCdrom(drive) && !drive.key.startsWith('unused'))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}

function sourceConfig(guest: GuestState, snapshot: string | undefined): ReadonlyMap<string, string> {
  const saved = snapshot === undefined ? undefined : guest.snapshots.get(snapshot);
  return saved === undefined ? guest.config : snapshotSection(saved);
}

/** A running source is kept from other changes; a stopped one may be cloned several times at once. */
async function holdingSource(
  operation: Operation,
  guest: GuestState,
  action: () => Promise<void>,
): Promise<void> {
  if (guestProcess(guest) !== undefined) return operation.locked(guest.vmid, action, 1);
  return action();
}

async function carryOut(operation: Operation, guest: GuestState, wish: CloneWish): Promise<void> {
  const { cluster, node, call } = operation;
  const { newId } = wish;
  if (cluster.guests.has(newId)) fail(takenText(newId));
  const made = emptyMachine(cluster, node, newId);
  made.config.set('lock', 'clone').set('description', ' qmclone temporary file');
  made.pool = call.parameters.optionalText('pool');
  Object.assign(made.behaviour, guest.behaviour);
  cluster.guests.set(newId, made);
  if (cluster.version.major === 9) operation.log(`creating a clone of VM ${guest.vmid} with ID ${newId}`);
  try {
    const drives = await cloneDrives(operation, guest, clonedDrives(guest, wish), wish);
    const config = clonedConfig(operation, guest, wish);
    made.config.clear();
    for (const [key, value] of [...config, ...drives]) made.config.set(key, value);
    made.node = wish.target ?? node;
  } catch (error) {
    forgetMachine(cluster, newId);
    fail(`clone failed: ${errorText(error)}`);
  }
}

/** Everything but what makes a machine the one that it is. */
function clonedConfig({ cluster, call }: Operation, guest: GuestState, wish: CloneWish): Map<string, string> {
  const { random } = cluster;
  const dropped = /^(lock|template|parent|unused\d+|snaptime|vmstate|runningmachine|runningcpu|snapstate)$/;
  const config = new Map([...sourceConfig(guest, wish.snapshot)].filter(([key]) => !dropped.test(key)));
  const macPrefix = cluster.options.get('mac_prefix') ?? 'BC:24:11';
  for (const [key, value] of config) {
    if (/^net\d+$/.test(key)) {
      config.set(
        key,
        networkCardText(value.replace(/=(?:[0-9A-F]{2}:){5}[0-9A-F]{2}/i, ''), random, macPrefix),
      );
    }
  }
  const rest = (config.get('smbios1') ?? '')
    .split(',')
    .filter((part) => part !== '' && !part.startsWith('uuid='));
  config.set('smbios1', [...rest, `uuid=${random.uuid()}`].join(','));
  if (config.has('vmgenid')) config.set('vmgenid', random.uuid());
  config.set(
    'name',
    call.parameters.optionalText('name') ?? `Copy-of-VM-${config.get('name') ?? guest.vmid}`,
  );
  const description = call.parameters.optionalText('description');
  if (description !== undefined) config.set('description', description);
  return config;
}

function takenText(vmid: number): string {
  return `unable to create VM ${vmid}: config file already exists`;
}
