import { ManagerError, type Problem } from '../../domain/errors';
import type { ConfigFacts, GuestFacts, ListedGuest, MigrationPreconditions } from '../../planning/facts';
import { isCloudinitVolume, storageOf } from '../../planning/volumes';
import type { GuestConfig, GuestRow } from '../../proxmox/api/guests';
import type { MigrationPreconditions as PreconditionsAnswer } from '../../proxmox/api/migration';

/** A row of a node's list as the planner knows it. Guests without a name get Proxmox's own (behaviour: 4.2). */
export function listedGuest(row: GuestRow, kind: ListedGuest['kind']): ListedGuest {
  const { vmid, running, memoryBytes, cpus, template, lock } = row;
  return {
    vmid,
    name: row.name ?? (kind === 'qemu' ? `VM ${vmid}` : `CT${vmid}`),
    kind,
    running,
    memoryBytes,
    cpus,
    tags: [...new Set(row.tags.map((tag) => tag.toLowerCase()))].sort(),
    template,
    ...(lock === undefined ? {} : { lock }),
  };
}

/** A guest of the node that is to be emptied, from the lists alone. `haSids` are those of all HA resources. */
export function guestFromLists(guest: ListedGuest, haSids: ReadonlySet<string>): GuestFacts {
  const sid = `${guest.kind === 'qemu' ? 'vm' : 'ct'}:${guest.vmid}`;
  return { ...guest, haManaged: haSids.has(sid), backupRunning: guest.lock === 'backup' };
}

/**
 * Adds what the guest's own reads say. They are younger than the list: their run state counts, and a lock that
 * came in between shows as the failure of the preconditions.
 */
export function withReads(
  guest: GuestFacts,
  reads: { readonly preconditions?: MigrationPreconditions; readonly config?: ConfigFacts },
): GuestFacts {
  return { ...guest, ...reads, running: reads.preconditions?.running ?? guest.running };
}

/** A guest whose reads failed: locked meanwhile, or not readable. */
export function withFailure(guest: GuestFacts, failure: Problem): GuestFacts {
  const lock =
    failure.code === 'GuestLocked' ? /is locked \(([\w-]+)\)/.exec(failure.proxmoxSaid ?? '') : null;
  if (lock?.[1] === undefined) return { ...guest, unreadable: failure };
  return { ...guest, lock: lock[1], backupRunning: lock[1] === 'backup' };
}

/** The problem of one guest, or undefined if the failure concerns the whole look (credentials, quorum, cancellation). */
export function problemOfGuest(error: unknown): Problem | undefined {
  if (!(error instanceof ManagerError)) return undefined;
  return ofTheWhole.has(error.code) ? undefined : error.problem;
}

const ofTheWhole: ReadonlySet<string> = new Set([
  'TokenRefused',
  'CredentialsLocked',
  'CredentialsMissing',
  'CredentialsMalformed',
  'TlsMismatch',
  'NoQuorum',
  'Interrupted',
]);

/** The answer of `GET .../migrate` as the planner knows it. */
export function preconditionFacts(answer: PreconditionsAnswer): MigrationPreconditions {
  const mapped = new Set(answer.mappedResources);
  const live = new Set(answer.liveMappedResources);
  return {
    running: answer.running,
    allowedNodes: [...answer.allowedNodes].sort(),
    refusedNodes: [...answer.forbiddenNodes].map(([node, why]) => ({
      node,
      missingStorages: why.unavailableStorages,
      missingResources: why.unavailableResources,
      blockingResources: why.blockingHaResources,
    })),
    localVolumes: answer.localDisks.map((disk) => ({
      volume: disk.volid,
      storage: storageOf(disk.volid),
      sizeBytes: disk.sizeBytes,
      ...(disk.drive === undefined ? {} : { drive: disk.drive }),
      cdrom: disk.cdrom,
      cloudinit: disk.cloudInit || isCloudinitVolume(disk.volid),
      vmState: disk.vmState,
      inSnapshot: disk.snapshots.length > 0,
    })),
    // Mapped USB devices and virtiofs are among local_resources as well (observed-9: GET migrate).
    localResources: answer.localResources.filter((key) => !mapped.has(key)),
    resourcesNotLive: answer.mappedResources.filter((key) => !live.has(key)),
  };
}

const driveKey = /^(?:(?:ide|sata|scsi|virtio|unused)\d+|efidisk0|tpmstate0)$/;

/** What the configuration adds: the storages it uses, and the files that the next start needs. */
export function configFacts(config: GuestConfig): ConfigFacts {
  const storages = new Set<string>();
  const neededFiles: string[] = [];
  for (const [key, value] of config.keys) {
    if (driveKey.test(key)) {
      const [volume = ''] = value.split(',');
      const storage = storageOf(volume.replace(/^file=/, ''));
      if (storage !== '') storages.add(storage);
    } else if (key === 'hookscript') neededFiles.push(value);
    else if (key === 'cicustom') {
      neededFiles.push(...value.split(',').flatMap((part) => part.split('=').slice(1)));
    }
  }
  return { storages: [...storages].sort(), neededFiles: neededFiles.sort() };
}
