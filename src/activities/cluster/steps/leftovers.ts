import type { MachineStepArguments, MoveLeft } from '../../../domain/cluster/step';
import type { Leftover } from '../../../domain/moveProof';
import { ownerOf, storageOf, volumeName } from '../../../planning/volumes';
import { nodeStorages, storageContent } from '../../../proxmox/api/node';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import type { ActivityAttempt } from '../../shared/attempt';
import { undefinedIfItFails } from '../../shared/undefinedIfItFails';
import { firstNodeOf, lookAtMachine, madeMember, notThere, requireMember } from '../machine';

/**
 * Volumes of a machine that are not where they should be after its move, however that has ended: on the node that has it
 * those that its configuration does not name, on the other one any. Only volumes that are called as disks of this VMID (no
 * backups), and only on storages that the nodes do not share: where that is not known none is called left, for it may be
 * the machine's own disk. What can't be listed is named. Only looks. Throws PlanDrifted for another machine, GuestNotFound where
 * it is on neither node.
 */
export async function lookForLeftovers(
  client: ProxmoxClient,
  { signal }: Pick<ActivityAttempt, 'signal'>,
  input: MachineStepArguments,
): Promise<MoveLeft> {
  const { machine, frame: cluster } = input;
  const { vmid, name, node: to } = machine;
  const options = { signal };
  const from = firstNodeOf(machine);
  const attempted = `look what the move of VM ${vmid} (${name}) has left`;
  const seen =
    (await lookAtMachine(client, { node: to, vmid }, options)) ??
    (await lookAtMachine(client, { node: from, vmid }, options));
  if (seen === undefined) throw notThere({ attempted, member: { vmid, node: to } });
  requireMember({ attempted, member: madeMember(input), cluster }, seen);
  if (seen.lock === 'migrate') return { left: [], notLooked: ['it is still being moved'] };
  const listed = await undefinedIfItFails(nodeStorages(client, seen.node, options));
  if (listed === undefined) {
    return { left: [], notLooked: [`the storages of ${seen.node} could not be listed`] };
  }
  const named = new Set(seen.volumes.map(keyOf));
  const left: Leftover[] = [];
  const notLooked: string[] = [];
  for (const storage of [...new Set(seen.volumes.map(storageOf))].sort()) {
    const seenThere = listed.find((it) => it.storage === storage);
    if (seenThere === undefined) notLooked.push(`${seen.node} does not list the storage ${storage}`);
    if (seenThere?.shared !== false) continue;
    for (const node of new Set([from, to])) {
      const found = await disksOn(client, { node, storage, vmid }, options);
      if (found === undefined) notLooked.push(`${storage} on ${node} could not be listed`);
      const isIts = (volume: string) => node === seen.node && named.has(keyOf(volume));
      left.push(...(found ?? []).filter((it) => !isIts(it)).map((volume) => ({ node, volume })));
    }
  }
  return { left, notLooked };
}

/** The same on each storage, whatever base image a linked clone's volume id begins with. */
function keyOf(volume: string): string {
  return `${storageOf(volume)}:${volumeName(volume)}`;
}

/** Undefined: it could not be listed. */
async function disksOn(
  client: ProxmoxClient,
  where: { readonly node: string; readonly storage: string; readonly vmid: number },
  options: CallOptions,
): Promise<readonly string[] | undefined> {
  const rows = await undefinedIfItFails(storageContent(client, where, options));
  return rows
    ?.map(({ volid }) => volid)
    .filter((volume) => ownerOf(volume) === where.vmid)
    .sort();
}
