import { ManagerError, type Problem } from '../../domain/errors';
import type { StorageFacts } from '../../domain/node';
import type { ListedGuest, NodeView } from '../../planning/facts';
import { lxcList, qemuList } from '../../proxmox/api/guests';
import { nodeStatus, nodeStorages, type NodeStorage } from '../../proxmox/api/node';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { listedGuest, problemOfGuest } from './guestFacts';

/** What is known of a node before it is asked itself. */
export interface NodeEntry {
  readonly name: string;
  readonly online: boolean;
  /** HA's word for it, where HA is used. */
  readonly haState?: string;
}

/**
 * Reads one node: status, storages and both guest lists, four requests, all answered by the node itself. Throws
 * what any of them throws.
 */
export async function readNode(
  client: ProxmoxClient,
  entry: NodeEntry,
  options: CallOptions,
): Promise<NodeView> {
  const [status, storages, machines, containers] = await Promise.all([
    nodeStatus(client, entry.name, options),
    nodeStorages(client, entry.name, options),
    qemuList(client, entry.name, options),
    lxcList(client, entry.name, options),
  ]);
  const guests = [
    ...machines.map((row) => listedGuest(row, 'qemu')),
    ...containers.map((row) => listedGuest(row, 'lxc')),
  ];
  return {
    ...entry,
    memoryTotalBytes: status.memoryTotalBytes,
    memoryTakenBytes: Math.max(status.memoryUsedBytes, configuredMemory(guests)),
    cpus: status.cpus,
    version: versionOf(status.pveVersion),
    storages: storages.map(storageFacts),
    guests,
  };
}

/** A node that is offline or could not be read: never a target. */
function unreadNode(entry: NodeEntry, unreadable?: Problem): NodeView {
  return {
    ...entry,
    memoryTotalBytes: 0,
    memoryTakenBytes: 0,
    cpus: 0,
    storages: [],
    guests: [],
    ...(unreadable === undefined ? {} : { unreadable }),
  };
}

/** Reads one node; a failure that concerns only it makes it unreadable instead. */
export async function readNodeIfPossible(
  client: ProxmoxClient,
  entry: NodeEntry,
  options: CallOptions,
): Promise<NodeView> {
  if (!entry.online) return unreadNode(entry);
  try {
    return await readNode(client, entry, options);
  } catch (error) {
    const unreadable = problemOfGuest(error);
    if (unreadable === undefined || !(error instanceof ManagerError)) throw error;
    return unreadNode(entry, unreadable);
  }
}

function configuredMemory(guests: readonly ListedGuest[]): number {
  return guests.filter((guest) => guest.running).reduce((sum, guest) => sum + guest.memoryBytes, 0);
}

/** `pve-manager/8.4.1/2a5fa54a8503f96d` -> `8.4.1` (behaviour: 4.3). */
function versionOf(text: string): string {
  return text.split('/')[1] ?? text;
}

function storageFacts(row: NodeStorage): StorageFacts {
  return {
    storage: row.storage,
    type: row.type,
    shared: row.shared,
    usable: row.enabled && row.active,
    takesImages: row.content.includes('images'),
    availableBytes: row.availableBytes,
  };
}
