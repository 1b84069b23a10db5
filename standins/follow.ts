import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { StandInControl } from './control';

/** A guest as the control interface of a simulated Proxmox tells it. */
const guestShape = z.object({
  vmid: z.number(),
  type: z.string(),
  status: z.string(),
  config: z.record(z.string(), z.string()),
});
const guestsShape = z.array(guestShape);
type Guest = z.infer<typeof guestShape>;

/** A virtual machine that may have Talos in it. */
interface Candidate {
  readonly vmid: number;
  readonly uuid: string;
  readonly address: string;
  readonly isRunning: boolean;
}

const pollEveryMs = 200;

/**
 * Lets the machines of the stand-ins be the guests of a simulated Proxmox: those with a static address. They get power
 * and lose it with their guests, and a machine that was reset shuts its guest down. Until the signal aborts.
 */
export async function followSimulator(
  control: StandInControl,
  simulatorUrl: string,
  signal: AbortSignal,
): Promise<void> {
  const running = new Set<string>();
  while (!signal.aborted) {
    const guests = guestsShape.parse(await answer(await fetch(new URL('/guests', simulatorUrl), { signal })));
    await follow(control, simulatorUrl, guests.flatMap(candidate), running);
    await delay(pollEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function answer(response: Response): Promise<unknown> {
  return response.json();
}

function candidate({ vmid, type, status, config }: Guest): Candidate[] {
  const uuid = /(?:^|,)uuid=([0-9a-f-]{36})/i.exec(config['smbios1'] ?? '')?.[1];
  const address = /(?:^|,)ip=([\d.]+)\//.exec(config['ipconfig0'] ?? '')?.[1];
  if (type !== 'qemu' || uuid === undefined || address === undefined) return [];
  return [{ vmid, uuid: uuid.toLowerCase(), address, isRunning: status === 'running' }];
}

async function follow(
  control: StandInControl,
  simulatorUrl: string,
  candidates: readonly Candidate[],
  running: Set<string>,
): Promise<void> {
  for (const { uuid, address, isRunning, vmid } of candidates) {
    if (isRunning && !running.has(uuid)) {
      running.add(uuid);
      control.powerOn(uuid, address);
    } else if (!isRunning && running.delete(uuid)) {
      control.powerOff(uuid);
    } else if (isRunning && isOff(control, uuid)) {
      await shutDown(simulatorUrl, vmid);
    }
  }
  const uuids = new Set(candidates.map((it) => it.uuid));
  for (const { uuid } of control.state().machines) {
    if (uuids.has(uuid)) continue;
    running.delete(uuid);
    control.remove(uuid);
  }
}

function isOff(control: StandInControl, uuid: string): boolean {
  return control.state().machines.find((it) => it.uuid === uuid)?.phase === 'off';
}

async function shutDown(simulatorUrl: string, vmid: number): Promise<void> {
  await fetch(new URL('/actions/setGuest', simulatorUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ vmid, status: 'stopped' }),
  });
}
