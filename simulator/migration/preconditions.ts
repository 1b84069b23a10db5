import { isRunning, type GuestState } from '../cluster/guests';
import { storageOnNode } from '../cluster/storages';
import type { ClusterState } from '../cluster/state';
import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';
import { migratableGuest } from './guest';
import { blockingHaResources, dependentHaResources } from './ha';
import { localResources, type LocalResources } from './local-resources';
import { localVolumes, storagesUsed, type LocalVolume } from './local-volumes';

/** Perl's text where a guest names a pci mapping that does not exist (recording 9 d1). */
const missingPciMapping =
  "Can't use an undefined value as an ARRAY reference at /usr/share/perl5/PVE/QemuMigrate/Helpers.pm line 63.";

/**
 * GET migrate: what stands in the way of a migration, by configuration only. Offline nodes are allowed, RAM, space,
 * and `target` are not looked at (behaviour.md 5.17; recordings d1).
 */
export function readPreconditions(call: ApiCall): unknown {
  const { cluster, node } = call;
  call.requireQuorum();
  const guest = migratableGuest(call);
  const resources = localResources(cluster, guest);
  if (namesMissingPciMapping(cluster, resources)) fail(missingPciMapping);
  const others = [...cluster.nodes.keys()].filter((name) => name !== node.name);
  const reasons = others.map((name) => ({ name, reasons: reasonsAgainst(cluster, guest, resources, name) }));
  const isNine = cluster.version.major === 9;
  const dependents = isNine ? dependentHaResources(cluster, guest) : undefined;
  return {
    running: isRunning(guest) ? 1 : 0,
    allowed_nodes: reasons.filter((one) => Object.keys(one.reasons).length === 0).map(({ name }) => name),
    not_allowed_nodes: Object.fromEntries(reasons.map((one) => [one.name, one.reasons])),
    local_disks: localVolumes(cluster, guest).map((volume) => diskRow(volume, isNine)),
    local_resources: resources.local,
    'mapped-resources': [...resources.mapped.keys()],
    'mapped-resource-info': Object.fromEntries(
      [...resources.mapped].map(([key, { name, liveMigration }]) => [
        key,
        { name, ...(liveMigration ? { 'live-migration': 1 } : {}) },
      ]),
    ),
    ...(isNine ? { 'has-dbus-vmstate': 1 } : {}),
    ...(dependents === undefined ? {} : { 'dependent-ha-resources': dependents }),
  };
}

/** Keys of a node's object in not_allowed_nodes; empty: nothing is in the way. */
function reasonsAgainst(
  cluster: ClusterState,
  guest: GuestState,
  resources: LocalResources,
  node: string,
): Record<string, unknown> {
  const isNine = cluster.version.major === 9;
  const storages = isNine || !isRunning(guest) ? unavailableStorages(cluster, guest, node) : [];
  const missing = resources.missingOn.get(node) ?? [];
  const blocking = isNine ? blockingHaResources(cluster, guest, node) : [];
  return {
    ...(storages.length === 0 ? {} : { unavailable_storages: storages }),
    ...(missing.length === 0 ? {} : { 'unavailable-resources': missing }),
    ...(blocking.length === 0 ? {} : { 'blocking-ha-resources': blocking }),
  };
}

function unavailableStorages(cluster: ClusterState, guest: GuestState, node: string): string[] {
  return storagesUsed(guest).filter((id) => {
    const storage = cluster.storages.get(id);
    return storage === undefined || storage.disabled || !storageOnNode(storage, node);
  });
}

function diskRow(volume: LocalVolume, isNine: boolean): Record<string, unknown> {
  const { snapshots } = volume;
  return {
    volid: volume.volid,
    shared: 0,
    cdrom: volume.cdrom ? 1 : 0,
    replicate: volume.replicate ? 1 : 0,
    is_attached: volume.attached ? 1 : 0,
    is_unused: volume.unused ? 1 : 0,
    is_tpmstate: volume.tpmState ? 1 : 0,
    is_vmstate: volume.vmState ? 1 : 0,
    ...(isNine ? { is_cloudinit: volume.cloudInit ? 1 : 0 } : {}),
    ...(volume.sizeBytes === undefined ? {} : { size: volume.sizeBytes }),
    ...(volume.driveKey === undefined ? {} : { drivename: volume.driveKey }),
    ...(snapshots.length === 0
      ? {}
      : { referenced_in_snapshot: Object.fromEntries(snapshots.map((name) => [name, 1])) }),
  };
}

function namesMissingPciMapping(cluster: ClusterState, { mapped }: LocalResources): boolean {
  return [...mapped].some(
    ([key, { name }]) => key.startsWith('hostpci') && !cluster.mappings.has(`pci/${name}`),
  );
}
