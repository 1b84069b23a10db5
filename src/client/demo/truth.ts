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
