import { z } from 'zod';
import type { Session } from '../../session';
import { scene } from '../narration';
import type { DemoStage } from '../stage';
import { orderOfSimulator, readTasks } from '../truth';
import { controlUrlOf } from './changing';
import { readMachine, type ClusterMachine } from './truth';

/** Between two rounds of a node's broadcasts, and a little more. */
const broadcastSeconds = 11;

/** A machine that looks like a member and is none. */
export interface DemoStranger {
  readonly machine: ClusterMachine;
  /** Tasks for its VMID until it was there: those of the machine before it. */
  readonly tasksBefore: number;
}

/** Somebody makes a machine by hand that has everything of a deleted member but its SMBIOS uuid. */
export async function addStranger(
  session: Session,
  stage: DemoStage,
  former: ClusterMachine,
): Promise<DemoStranger | undefined> {
  const { vmid, name, node } = former;
  const controlUrl = controlUrlOf(stage);
  scene(session, 'A stranger', [
    `VMID ${vmid} is free again. Somebody makes a machine with it by hand, calls it ${name}, gives it the same tags, and`,
    "copies the old one's description with our marker. All that differs is the SMBIOS uuid, which Proxmox makes. It runs.",
  ]);
  await orderOfSimulator(`${controlUrl}/actions/addGuest`, guestLike(former), z.unknown());
  // The lists of the cluster know it after the next broadcasts of its node.
  await orderOfSimulator(`${controlUrl}/actions/advance`, { seconds: broadcastSeconds }, z.unknown());
  const machine = await readMachine(controlUrl, vmid);
  const tasksBefore = await timesTouched(controlUrl, vmid);
  if (machine === undefined || machine.uuid === former.uuid) return undefined;
  session.output.note(
    `VM ${vmid} (${name}) on ${node}: uuid ${machine.uuid}; the member had ${former.uuid}.`,
  );
  return { machine, tasksBefore };
}

/** How many tasks there were for a VMID. */
export async function timesTouched(controlUrl: string, vmid: number): Promise<number> {
  return (await readTasks(controlUrl)).filter(({ id }) => id === String(vmid)).length;
}

function guestLike({ vmid, node, name, tags, description }: ClusterMachine): object {
  return {
    ...{ vmid, node, name, status: 'running' },
    config: {
      ...{ memory: 8192, cores: 4, tags, description },
      net0: 'virtio=BC:24:11:00:AA:05,bridge=vmbr0',
      scsi0: `nas:${vmid}/vm-${vmid}-disk-0.qcow2,size=10G`,
    },
  };
}
