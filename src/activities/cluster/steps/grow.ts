import type { MachineStepArguments } from '../../../domain/cluster/step';
import { ManagerError, problem } from '../../../domain/errors';
import type { TaskBegun } from '../../../domain/template/step';
import { drivesOf } from '../../../planning/cluster/drives';
import { growDisk } from '../../../proxmox/api/build';
import type { ProxmoxClient } from '../../../proxmox/types';
import { beginTask } from '../../guests/beginTask';
import type { ActivityAttempt } from '../../shared/attempt';
import { madeMember, ownMachine, type SeenMachine } from '../machine';

/**
 * Grows the first disk to the size of the plan; done where it is as large, or larger. A late duplicate does nothing: the
 * size is absolute and Proxmox never shrinks a disk; after any other change it is refused by its digest, in its task.
 */
export async function growMachine(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: MachineStepArguments,
): Promise<TaskBegun> {
  const { machine, frame: cluster } = input;
  const { vmid, node, name, grow } = machine;
  if (grow === undefined) return { kind: 'done' };
  const options = { signal: attempt.signal };
  const attempted = `grow ${grow.disk} of VM ${vmid} (${name})`;
  const look = () => ownMachine(client, { attempted, member: madeMember(input), cluster }, options);
  let seen: SeenMachine | undefined;
  return beginTask(client, attempt, {
    task: { node, types: ['resize'], id: String(vmid) },
    before: input,
    mayBeDoneAtFirst: true,
    async isDone() {
      seen = await look();
      return sizeOf(seen, grow.disk, attempted) >= grow.toBytes;
    },
    async send() {
      const { digest } = seen ?? (await look());
      return growDisk(client, { node, vmid }, digest, grow, options);
    },
  });
}

function sizeOf({ keys, node, vmid }: SeenMachine, disk: string, attempted: string): number {
  const drive = drivesOf(keys).find(({ key }) => key === disk);
  if (drive?.kind === 'disk') return drive.bytes;
  throw new ManagerError(
    problem('PlanDrifted', {
      attempted,
      node,
      failed: `VM ${vmid} has no disk ${disk}`,
      remedy: 'Look at the hardware of the machine and of its template, then make a new plan.',
    }),
  );
}
