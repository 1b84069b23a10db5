import { z } from 'zod';

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
