import type { LedgerView } from '../domain/lease';
import type { StorageFacts } from '../domain/node';
import type { ClusterFacts, GuestFacts, NodeView } from './facts';
import { compareText, listInWords } from './words';

/** Why one node is no target for one guest; the kind decides what is said if no target is left. */
export interface TargetRefusal {
  readonly kind: 'storage' | 'resource' | 'room' | 'other';
  readonly text: string;
}

/** Why a node is no target for any guest; undefined if it can be one. */
export function nodeRefusal(
  node: NodeView,
  source: NodeView | undefined,
  leases: LedgerView,
): string | undefined {
  if (!node.online) return 'it is offline';
  if (node.unreadable !== undefined) return `it could not be read (${node.unreadable.failed})`;
  const lease = leases.nodes.find((held) => held.node === node.name);
  if (lease !== undefined) return `it is being emptied by ${lease.holder.workflowId}`;
  if (node.haState !== undefined && node.haState !== 'online') return `HA shows it as ${node.haState}`;
  const version = majorOf(node);
  if (version === undefined) return 'its version is not known';
  const sourceVersion = majorOf(source);
  if (sourceVersion !== undefined && version < sourceVersion) {
    return `it runs Proxmox VE ${node.version ?? version}, older than ${source?.version ?? sourceVersion} of ${source?.name ?? 'the source'}`;
  }
  return undefined;
}

/** The nodes that can be targets, by name, and why the others can't. */
export function possibleTargets(
  facts: ClusterFacts,
  asked: readonly string[] | undefined,
): { readonly targets: readonly NodeView[]; readonly refused: readonly { node: string; because: string }[] } {
  const source = facts.nodes.find((node) => node.name === facts.node);
  const targets: NodeView[] = [];
  const refused: { node: string; because: string }[] = [];
  for (const node of [...facts.nodes].sort((a, b) => compareText(a.name, b.name))) {
    if (node.name === facts.node) continue;
    const because =
      asked !== undefined && !asked.includes(node.name)
        ? 'the request does not name it'
        : nodeRefusal(node, source, facts.othersLeases);
    if (because === undefined) targets.push(node);
    else refused.push({ node: node.name, because });
  }
  return { targets, refused };
}

/** Why this guest can't run on this node, memory and storage room apart; undefined if it can. */
export function guestRefusal(guest: GuestFacts, node: NodeView): TargetRefusal | undefined {
  const { preconditions } = guest;
  const refused = preconditions?.refusedNodes.find((entry) => entry.node === node.name);
  if (refused !== undefined && refused.missingStorages.length > 0) {
    return {
      kind: 'storage',
      text: `storage ${listInWords([...refused.missingStorages].sort())} is missing`,
    };
  }
  if (refused !== undefined && refused.missingResources.length > 0) {
    return { kind: 'resource', text: `no mapping for ${listInWords([...refused.missingResources].sort())}` };
  }
  if (refused !== undefined) {
    const blocking = refused.blockingResources;
    const why =
      blocking.length > 0
        ? `kept apart by HA from ${listInWords([...blocking].sort())}`
        : 'Proxmox refuses it';
    return { kind: 'other', text: why };
  }
  if (preconditions !== undefined && !preconditions.allowedNodes.includes(node.name)) {
    return { kind: 'other', text: 'Proxmox does not allow it' };
  }
  if (guest.running && guest.cpus > node.cpus) {
    return { kind: 'other', text: `${guest.cpus} virtual CPUs are more than its ${node.cpus}` };
  }
  return storageRefusal(guest, node);
}

function storageRefusal(guest: GuestFacts, node: NodeView): TargetRefusal | undefined {
  for (const storage of guest.config?.storages ?? []) {
    if (usableStorage(node, storage) === undefined) return notUsable(storage);
  }
  for (const { storage } of guest.preconditions?.localVolumes ?? []) {
    const row = usableStorage(node, storage);
    if (row === undefined) return notUsable(storage);
    if (!row.takesImages) return { kind: 'storage', text: `storage ${storage} does not take disk images` };
  }
  return undefined;
}

function usableStorage(node: NodeView, storage: string): StorageFacts | undefined {
  return node.storages.find((row) => row.storage === storage && row.usable);
}

function notUsable(storage: string): TargetRefusal {
  return { kind: 'storage', text: `storage ${storage} is not usable` };
}

/** Memory that others have reserved on a node, in bytes. */
export function reservedByOthers(node: string, leases: LedgerView): number {
  return leases.memory
    .filter((lease) => lease.target === node)
    .reduce((sum, lease) => sum + lease.memoryBytes, 0);
}

function majorOf(node: NodeView | undefined): number | undefined {
  const major = Number.parseInt(node?.version ?? '', 10);
  return Number.isNaN(major) ? undefined : major;
}
