import type { StayCode } from '../domain/evacuationPlan';
import { problemText } from '../domain/errors';
import type { GuestFacts, LocalVolume, MigrationPreconditions, NodeView } from './facts';
import { baseOf, carriesSnapshots, ownerOf } from './volumes';
import { compareText, listInWords } from './words';

/** Why a guest can't move to any node. */
export interface Blocker {
  readonly code: StayCode;
  readonly reason: string;
  readonly remedy: string;
}

/** Storage types that Proxmox copies volumes from (behaviour: 8.4). */
const movableTypes = new Set(['dir', 'btrfs', 'zfspool', 'lvmthin', 'lvm']);

/** The first reason why a guest stays whatever the target; undefined if it can move. */
export function blockerOf(guest: GuestFacts, source: NodeView | undefined): Blocker | undefined {
  return blockerOfList(guest) ?? blockerOfPreconditions(guest, source);
}

/** The reasons that the node's own lists show: such a guest needs no further reads. */
export function blockerOfList(guest: GuestFacts): Blocker | undefined {
  if (guest.kind === 'lxc') {
    return {
      code: 'container',
      reason: 'containers are not supported yet',
      remedy: `Move it by hand: pct migrate ${guest.vmid} <node> --restart (it is down while its disks are copied).`,
    };
  }
  if (guest.template) {
    return {
      code: 'template',
      reason: 'it is a template',
      remedy: `Templates stay by default. Move it by hand where it is needed: qm migrate ${guest.vmid} <node>.`,
    };
  }
  if (guest.haManaged) {
    return {
      code: 'haManaged',
      reason: 'it is managed by HA, which is not supported yet',
      remedy: `Let HA move it: ha-manager migrate vm:${guest.vmid} <node>, or put the node into maintenance mode.`,
    };
  }
  if (guest.backupRunning) {
    return {
      code: 'backupRunning',
      reason: 'a backup of it is running',
      remedy: `Wait until the backup has ended, then make a new plan. A lock left by a dead backup is removed on its node with: qm unlock ${guest.vmid}`,
    };
  }
  return guest.lock === undefined ? undefined : lockBlocker(guest.vmid, guest.lock);
}

function lockBlocker(vmid: number, lock: string): Blocker {
  const reason = `it is locked (${lock})`;
  if (lock === 'suspended' || lock === 'suspending') {
    return { code: 'locked', reason, remedy: 'It is hibernated: start it, then make a new plan.' };
  }
  return {
    code: 'locked',
    reason,
    remedy: `Wait until the task that holds the lock has ended, then make a new plan. A lock left by a dead task is removed on its node with: qm unlock ${vmid}`,
  };
}

function blockerOfPreconditions(guest: GuestFacts, source: NodeView | undefined): Blocker | undefined {
  if (guest.unreadable !== undefined) {
    return {
      code: 'notChecked',
      reason: `whether it can move could not be read: ${problemText(guest.unreadable)}`,
      remedy: guest.unreadable.remedy,
    };
  }
  const preconditions = guest.preconditions;
  if (preconditions === undefined) {
    return { code: 'notChecked', reason: 'nobody asked whether it can move', remedy: 'Make a new plan.' };
  }
  return (
    deviceBlocker(guest, preconditions) ?? volumeBlocker(guest, byName(preconditions.localVolumes), source)
  );
}

function deviceBlocker(guest: GuestFacts, preconditions: MigrationPreconditions): Blocker | undefined {
  if (preconditions.localResources.length > 0) {
    return {
      code: 'passthrough',
      reason: `it uses devices of this host: ${listInWords([...preconditions.localResources].sort())}`,
      remedy:
        'Remove the device from the guest, or use a resource mapping that other nodes have too, then make a new plan.',
    };
  }
  if (guest.running && preconditions.resourcesNotLive.length > 0) {
    return {
      code: 'passthrough',
      reason: `its mapped devices can't be moved while it runs: ${listInWords([...preconditions.resourcesNotLive].sort())}`,
      remedy:
        'Shut the guest down (a stopped guest can move where the mapping exists), then make a new plan.',
    };
  }
  return undefined;
}

function volumeBlocker(
  guest: GuestFacts,
  volumes: readonly LocalVolume[],
  source: NodeView | undefined,
): Blocker | undefined {
  const typeOf = (volume: LocalVolume) =>
    source?.storages.find((storage) => storage.storage === volume.storage)?.type;
  const cdrom = volumes.find((volume) => volume.cdrom && !volume.cloudinit);
  if (cdrom !== undefined) {
    const drive = cdrom.drive ?? 'its CD-ROM drive';
    const what = cdrom.storage === '' ? `the host's own CD-ROM drive` : `the local image ${cdrom.volume}`;
    return {
      code: 'localCdrom',
      reason: `${drive} holds ${what}`,
      remedy: `Eject it (qm set ${guest.vmid} --${cdrom.drive ?? '<drive>'} none,media=cdrom), then make a new plan.`,
    };
  }
  const clone = volumes.find((volume) => baseOf(volume.volume) !== undefined);
  if (clone !== undefined) {
    return {
      code: 'linkedClone',
      reason: `${clone.volume} is a linked clone of ${baseOf(clone.volume) ?? 'a base'}`,
      remedy: `Make it a full copy by moving the disk to another storage (qm disk move ${guest.vmid} ${clone.drive ?? '<disk>'} <storage> --delete), then make a new plan.`,
    };
  }
  const unmovable = volumes.map((volume) => unmovableBecause(guest, volume, typeOf(volume))).find(Boolean);
  if (unmovable !== undefined) {
    return {
      code: 'unmovableDisk',
      reason: unmovable,
      remedy: 'Detach the volume, or move it to a shared storage, then make a new plan.',
    };
  }
  const kept = volumes.find(
    (volume) =>
      volume.inSnapshot &&
      !volume.vmState &&
      (guest.running || !carriesSnapshots(volume.volume, typeOf(volume))),
  );
  return kept === undefined
    ? undefined
    : {
        code: 'snapshotWithLocalDisks',
        reason: `the local disk ${kept.volume} has snapshots`,
        remedy: guest.running
          ? 'Delete the snapshots, or shut the guest down if its disks can carry them, then make a new plan.'
          : 'Delete the snapshots, then make a new plan.',
      };
}

function byName(volumes: readonly LocalVolume[]): readonly LocalVolume[] {
  return [...volumes].sort((a, b) => compareText(a.volume, b.volume));
}

function unmovableBecause(
  guest: GuestFacts,
  volume: LocalVolume,
  type: string | undefined,
): string | undefined {
  if (volume.storage === '') return `${volume.volume} is a file or device of this host`;
  const owner = ownerOf(volume.volume);
  if (owner !== undefined && owner !== guest.vmid) return `${volume.volume} belongs to guest ${owner}`;
  if (type !== undefined && !movableTypes.has(type)) {
    return `Proxmox can't copy ${volume.volume}: its storage has the type ${type}`;
  }
  return undefined;
}
