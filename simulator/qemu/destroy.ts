import { drivesOf, isCdrom } from '../cluster/drives';
import { guestProcess, isTemplate, type GuestState } from '../cluster/guests';
import type { VolumeState } from '../cluster/volumes';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { isBaseInUse } from '../storage/allocate';
import { isOwnedBy } from '../storage/volume-names';
import { byDriveOrder } from './drive-values';
import { forgetMachine } from './create';
import { machineOf, machineOnNode, requireUnlocked, requireUnprotected } from './machine';
import { Operation } from './operation';
import { destroyVolume } from './unused-drives';

/** Destroying virtual machines (behaviour.md 5.11). */
export const qemuDestroyEndpoints: EndpointTable = { 'DELETE /nodes/{node}/qemu/{vmid}': destroy };

function destroy(call: ApiCall): unknown {
  call.requireRootFor('skiplock');
  const { vmid } = machineOf(call);
  check(call, vmid);
  return call.startTask({
    type: 'qmdestroy',
    id: String(vmid),
    run: (worker) => {
      const operation = new Operation(call, worker);
      return operation.locked(vmid, async () => {
        const guest = check(call, vmid);
        await destroyMachine(operation, guest);
        if (call.parameters.flag('purge')) purge(operation, vmid);
        forgetMachine(call.cluster, vmid);
      });
    },
  });
}

/** Checked before the task starts, and again in it: the machine may have been started meanwhile. */
function check(call: ApiCall, vmid: number): GuestState {
  const { cluster, node, parameters } = call;
  const guest = machineOnNode(cluster, node.name, vmid);
  requireUnprotected(guest, `can't remove VM ${vmid}`);
  if (cluster.ha.resources.has(`vm:${vmid}`) && !parameters.flag('purge')) {
    fail(`unable to remove VM ${vmid} - used in HA resources and purge parameter not set.`);
  }
  if (guestProcess(guest) !== undefined) fail(`VM ${vmid} is running - destroy failed`);
  return guest;
}

/** Removes its volumes, best effort; then only a lock is left of the configuration. */
async function destroyMachine(operation: Operation, guest: GuestState): Promise<void> {
  const { call, cluster, node } = operation;
  if (!call.parameters.flag('skiplock')) requireUnlocked(guest, ['suspended']);
  const owned = ownVolumes(operation, guest);
  if (isTemplate(guest)) requireNoClones(operation, owned);
  for (const volume of owned) await destroyVolume(operation, volume);
  if (call.parameters.flag('destroy-unreferenced-disks')) {
    for (const volume of cluster.volumes.all()) {
      const isHere = volume.node === undefined || volume.node === node;
      if (isHere && isOwnedBy(volume, guest.vmid)) await destroyVolume(operation, volume);
    }
  }
  operation.requireWritable(guest.vmid);
  guest.config.clear();
  guest.config.set('lock', 'destroyed');
}

/** The machine's own volumes that its configuration or a snapshot names. */
function ownVolumes({ cluster, node }: Operation, guest: GuestState): VolumeState[] {
  const configs = [guest.config, ...[...guest.snapshots.values()].map(({ config }) => config)];
  const named = configs.flatMap((config) => [
    ...drivesOf(config)
      .filter((drive) => !isCdrom(drive))
      .sort((one, other) => byDriveOrder(one.key, other.key))
      .map(({ file }) => file),
    ...(config.get('vmstate') === undefined ? [] : [config.get('vmstate') ?? '']),
  ]);
  return [...new Set(named)]
    .map((volid) => cluster.volumes.find(volid, node))
    .filter((volume) => volume !== undefined)
    .filter((volume) => isOwnedBy(volume, guest.vmid));
}

function requireNoClones(operation: Operation, volumes: readonly VolumeState[]): void {
  for (const volume of volumes) {
    const storage = operation.cluster.storages.get(volume.storage);
    if (storage !== undefined && isBaseInUse(operation, storage, volume)) {
      fail(`base volume '${volume.volid}' is still in use by linked cloned`);
    }
  }
}

function purge({ cluster, worker }: Operation, vmid: number): void {
  worker?.log(`purging VM ${vmid} from related configurations..`);
  if (!cluster.ha.resources.delete(`vm:${vmid}`)) return;
  worker?.log(`NOTE: removed VM ${vmid} from HA resource configuration.`);
}
