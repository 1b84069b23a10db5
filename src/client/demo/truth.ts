import { z } from 'zod';
import { parseUpid, type Upid } from '../../domain/upid';

/** What the simulator knows of a guest, whatever Proxmox's API or we say. */
const guestTruth = z.object({
  vmid: z.number(),
  name: z.string(),
  node: z.string(),
  status: z.string(),
  migrationsStarted: z.number(),
  wasInTwoPlaces: z.boolean(),
});
export type DemoGuest = z.infer<typeof guestTruth>;

/** Where each guest is and how often it was moved. */
export function readTruth(controlUrl = ''): Promise<DemoGuest[]> {
  return askSimulator(`${controlUrl}/guests`, z.array(guestTruth));
}

const machineTruth = z.object({
  vmid: z.number(),
  name: z.string(),
  node: z.string(),
  status: z.string(),
  config: z.record(z.string(), z.string()),
});
/** What the simulator knows of a virtual machine and of its configuration. */
export type MachineTruth = z.infer<typeof machineTruth>;

/** All virtual machines, by VMID. */
export async function readMachineTruths(controlUrl = ''): Promise<MachineTruth[]> {
  const machines = await askSimulator(`${controlUrl}/guests`, z.array(machineTruth));
  return machines.toSorted((one, other) => one.vmid - other.vmid);
}

/** A task of the simulated cluster. */
export interface DemoTask extends Pick<Upid, 'type' | 'id'> {
  readonly upid: string;
  readonly running: boolean;
  /** What its log ends with. */
  readonly lastLine: string;
}

const taskTruth = z.object({ upid: z.string(), running: z.boolean(), lines: z.array(z.string()) });

/** Every task that was ever begun. */
export async function readTasks(controlUrl = ''): Promise<DemoTask[]> {
  const tasks = await askSimulator(`${controlUrl}/tasks`, z.array(taskTruth));
  return tasks.map(({ upid, running, lines }) => {
    const { type, id } = parseUpid(upid);
    return { upid, type, id, running, lastLine: lines.at(-1) ?? '' };
  });
}

/** Asks the simulator's control interface: an eye that is neither ours nor Proxmox's. */
export async function askSimulator<T>(url: string, shape: z.ZodType<T>): Promise<T> {
  const answer = await fetch(url);
  return shape.parse(await answer.json());
}

/** Orders something at the simulator's control interface. Throws where it is refused. */
export async function orderOfSimulator<T>(url: string, order: unknown, shape: z.ZodType<T>): Promise<T> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
  if (!answer.ok) throw new Error(`the simulator refused ${url}: ${await answer.text()}`);
  return shape.parse(await answer.json());
}
