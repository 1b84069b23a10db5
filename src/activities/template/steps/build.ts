import { ManagerError, problem } from '../../../domain/errors';
import type { ImageFile } from '../../../domain/template/source';
import type { CopyStepArguments, TaskBegun } from '../../../domain/template/step';
import type { TemplatePlan } from '../../../domain/templatePlan';
import { printMarker } from '../../../planning/template/marker';
import { markerFor } from '../../../planning/template/markerFor';
import { beginGuestTask, createQemu, downloadUrl } from '../../../proxmox/api/build';
import type { ProxmoxClient } from '../../../proxmox/types';
import type { ActivityAttempt } from '../../shared/attempt';
import { beginTask } from './begin';
import { lookAtGuest, stranger, type SeenGuest } from './guest';

/** The file that an image is downloaded to: named by its content, so that every attempt means the same. */
export function imageFileName({ name }: Pick<TemplatePlan, 'name'>, { digest, format }: ImageFile): string {
  return `${name}-${digest.slice(0, 12)}.${format}`;
}

/** The volume of the image of a copy that is built over REST. */
export function imageVolume(plan: TemplatePlan, node: string): string | undefined {
  const storage = importStorageOf(plan, node);
  const { source } = plan;
  return storage === undefined || source.kind !== 'image'
    ? undefined
    : `${storage}:import/${imageFileName(plan, source)}`;
}

/**
 * Downloads the image of a copy. A late duplicate finds the file with the right checksum and changes nothing, or is
 * cut off by the checksum.
 */
export async function fetchImage(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { plan, node, settledTasks }: CopyStepArguments,
): Promise<TaskBegun> {
  const storage = importStorageOf(plan, node);
  const { source } = plan;
  if (storage === undefined || source.kind !== 'image') return { kind: 'done' };
  const filename = imageFileName(plan, source);
  const parameters = {
    ...{ content: 'import', filename, url: source.url },
    ...{ checksum: source.digest, 'checksum-algorithm': source.algorithm },
  };
  return beginTask(client, attempt, {
    task: { node, types: ['download'], id: filename },
    settledTasks,
    // Only Proxmox can tell whether a file that is there is whole: it is asked, and answers at once.
    isDone: () => Promise.resolve(false),
    send: () => downloadUrl(client, { node, storage }, parameters, { signal: attempt.signal }),
  });
}

/**
 * Makes the virtual machine of a copy under its build name, with the marker in its description. A late duplicate is
 * refused: the VMID exists.
 */
export async function makeMachine(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { plan, holder, node, vmid, settledTasks }: CopyStepArguments,
): Promise<TaskBegun> {
  const { signal } = attempt;
  const attempted = `make VM ${vmid} (${plan.buildName}) on ${node}`;
  const parameters = {
    ...withImage(plan, node),
    name: plan.buildName,
    description: printMarker(markerFor(plan, holder, { kind: 'template', vmid })),
  };
  return beginTask(client, attempt, {
    task: { node, types: ['qmcreate'], id: String(vmid) },
    settledTasks,
    async isDone() {
      const guest = await lookAtGuest(client, { node, vmid }, { signal });
      if (guest === undefined) return false;
      requireMade(guest, holder.firstExecutionRunId, attempted);
      return true;
    },
    send: () => createQemu(client, { node, vmid }, parameters, { signal }),
  });
}

/**
 * Makes a template of a machine: as a whole, or disk by disk where an interrupted conversion has left some that are no
 * base images. A late duplicate is refused: a template can't be converted, a base image can't again.
 */
export async function convertToTemplate(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { plan, holder, node, vmid, settledTasks }: CopyStepArguments,
): Promise<TaskBegun> {
  const { signal } = attempt;
  const attempted = `make a template of VM ${vmid} (${plan.buildName}) on ${node}`;
  let left: readonly string[] = [];
  return beginTask(client, attempt, {
    task: { node, types: ['qmtemplate'], id: String(vmid) },
    settledTasks,
    async isDone() {
      const guest = await lookAtGuest(client, { node, vmid }, { signal });
      if (guest === undefined) throw gone(attempted, vmid, node);
      requireMade(guest, holder.firstExecutionRunId, attempted);
      left = guest.template ? disksToConvert(guest) : [];
      return guest.template && left.length === 0;
    },
    send() {
      const [disk] = left;
      const parameters = disk === undefined ? {} : { disk };
      return beginGuestTask(client, { node, vmid }, 'template', parameters, { signal });
    },
  });
}

/** Disks of a template that are no base images yet; cloud-init drives never are. */
export function disksToConvert({ vmid, config }: SeenGuest): readonly string[] {
  const plain = new RegExp(`[:/]vm-${vmid}-disk-\\d+(\\.\\w+)?(,|$)`);
  return [...config.keys]
    .filter(
      ([key, value]) => /^((scsi|virtio|ide|sata)\d+|efidisk0|tpmstate0)$/.test(key) && plain.test(value),
    )
    .map(([key]) => key)
    .toSorted();
}

function withImage(plan: TemplatePlan, node: string): Readonly<Record<string, string>> {
  const { scsi0 = '', ...rest } = plan.configuration;
  const volume = imageVolume(plan, node);
  const disk = scsi0.replace(/,import-from=[^,]*/, '');
  return volume === undefined
    ? plan.configuration
    : { ...rest, scsi0: disk.replace(/^([^,]*)/, `$1,import-from=${volume}`) };
}

function importStorageOf({ copies }: TemplatePlan, node: string): string | undefined {
  const way = copies.find((copy) => copy.node === node)?.import;
  return way?.way === 'rest' ? way.storage : undefined;
}

function requireMade(guest: SeenGuest, run: string, attempted: string): void {
  // While it is created its configuration holds nothing but the lock (behaviour: 5.8).
  const isBegun = guest.lock === 'create' && guest.marker === undefined;
  if (isBegun) throw locked(attempted, guest);
  if (guest.marker?.run !== run || guest.marker.kind !== 'template') throw stranger(attempted, guest);
}

function locked(attempted: string, { vmid, node, lock }: SeenGuest): ManagerError {
  return new ManagerError(
    problem('GuestLocked', {
      attempted,
      node,
      failed: `VM ${vmid} on ${node} is locked (${lock ?? ''}), and no task of ours works on it`,
    }),
  );
}

function gone(attempted: string, vmid: number, node: string): ManagerError {
  return new ManagerError(
    problem('GuestNotFound', { attempted, node, failed: `VM ${vmid} is not on ${node}` }),
  );
}
