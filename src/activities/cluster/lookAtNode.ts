import { problemText } from '../../domain/errors';
import type { ListedMachine, PlaceView } from '../../planning/cluster/facts';
import { lxcList, qemuList, type GuestRow } from '../../proxmox/api/guests';
import { nodeStatus, nodeStorages } from '../../proxmox/api/node';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { problemOfGuest } from '../inspection/guestFacts';

/** A node as it tells itself, with its guests. */
export interface SeenNode {
  readonly view: PlaceView;
  /** Empty where it does not answer. */
  readonly guests: readonly ListedMachine[];
  readonly warnings: readonly string[];
}

/** What is known of a node before it is asked. */
interface NodeEntry {
  readonly name: string;
  readonly online: boolean;
  readonly inMaintenance: boolean;
}

/**
 * Reads one node: status, storages and both guest lists, four requests. A failure that concerns only it makes it offline,
 * with a warning: no machine is put there.
 */
export async function lookAtNode(
  client: ProxmoxClient,
  entry: NodeEntry,
  options: CallOptions,
): Promise<SeenNode> {
  if (!entry.online) return unread(entry, []);
  try {
    return await readNode(client, entry, options);
  } catch (error) {
    const unreadable = problemOfGuest(error);
    if (unreadable === undefined) throw error;
    return unread(entry, [`${entry.name} could not be read: ${problemText(unreadable)}`]);
  }
}

async function readNode(client: ProxmoxClient, entry: NodeEntry, options: CallOptions): Promise<SeenNode> {
  const { name, online, inMaintenance } = entry;
  const [status, storages, machines, containers] = await Promise.all([
    nodeStatus(client, name, options),
    nodeStorages(client, name, options),
    qemuList(client, name, options),
    lxcList(client, name, options),
  ]);
  const guests = [
    ...machines.map((row) => listed(row, name, 'qemu')),
    ...containers.map((row) => listed(row, name, 'lxc')),
  ];
  const configured = guests
    .filter(({ running }) => running)
    .reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  return {
    view: {
      ...{ name, online },
      memoryTotalBytes: status.memoryTotalBytes,
      memoryTakenBytes: Math.max(status.memoryUsedBytes, configured),
      cpus: status.cpus,
      // `pve-manager/9.2.1/2a5fa54a8503f96d` (behaviour: 4.3).
      version: status.pveVersion.split('/')[1] ?? status.pveVersion,
      ...(inMaintenance ? { haState: 'maintenance' } : {}),
      storages: storages.map(({ storage, type, content, shared, enabled, active, availableBytes }) => ({
        ...{ storage, type, content, shared, availableBytes },
        usable: enabled && active,
      })),
    },
    guests,
    warnings: [],
  };
}

function unread({ name }: NodeEntry, warnings: readonly string[]): SeenNode {
  const nothing = { memoryTotalBytes: 0, memoryTakenBytes: 0, cpus: 0, storages: [] };
  return { view: { name, online: false, ...nothing }, guests: [], warnings };
}

function listed(
  { vmid, name = '', running, template, memoryBytes }: GuestRow,
  node: string,
  kind: ListedMachine['kind'],
): ListedMachine {
  return { vmid, node, name, kind, running, template, memoryBytes };
}
