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

/** Asks the simulator's control interface: an eye that is neither ours nor Proxmox's. */
export async function readTruth(controlUrl = ''): Promise<DemoGuest[]> {
  const answer = await fetch(`${controlUrl}/guests`);
  return z.array(guestTruth).parse(await answer.json());
}
