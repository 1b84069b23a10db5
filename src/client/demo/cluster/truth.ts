import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { askSimulator } from '../truth';

const machineTruth = z.object({
  vmid: z.number(),
  name: z.string(),
  node: z.string(),
  status: z.string(),
  config: z.record(z.string(), z.string()),
});

/** What the simulator knows of a virtual machine. */
export interface ClusterMachine extends Pick<
  z.infer<typeof machineTruth>,
  'vmid' | 'name' | 'node' | 'status'
> {
  /** SMBIOS uuid, lower case; empty where it has none. */
  readonly uuid: string;
  readonly description: string;
  readonly tags: string;
  readonly isTemplate: boolean;
}

/** All virtual machines, by VMID. */
export async function readMachines(controlUrl: string): Promise<ClusterMachine[]> {
  const machines = await askSimulator(`${controlUrl}/guests`, z.array(machineTruth));
  return machines.map(machineOf).toSorted((one, other) => one.vmid - other.vmid);
}

/** The machine, if there is one. */
export async function readMachine(controlUrl: string, vmid: number): Promise<ClusterMachine | undefined> {
  return (await readMachines(controlUrl)).find((it) => it.vmid === vmid);
}

const standInTruth = z.object({
  machines: z.array(z.object({ uuid: z.string(), phase: z.string() })),
  clusters: z.array(
    z.object({
      hasSplitBrain: z.boolean(),
      /** uuids, in their order. */
      bootstraps: z.array(z.string()),
      etcdMembers: z.array(z.object({ uuid: z.string() })),
      nodes: z.array(z.object({ name: z.string(), uuid: z.string() })),
    }),
  ),
});
/** What the stand-ins know of machines with Talos and of their clusters. */
export type StandInTruth = z.infer<typeof standInTruth>;

const lookEveryMs = 200;
const patienceMs = 20_000;

/**
 * What the stand-ins know once all these machines (by uuid) are up again in Talos, which starts after Proxmox says that
 * they run; after twenty seconds whatever is so then.
 */
export async function readStandIns(stateFile: string, uuids: readonly string[]): Promise<StandInTruth> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const truth = standInTruth.parse(JSON.parse(readFileSync(stateFile, 'utf8')));
    const isUp = (uuid: string) => truth.machines.some((it) => it.uuid === uuid && it.phase === 'running');
    if (uuids.every(isUp) || Date.now() > giveUpAt) return truth;
    await delay(lookEveryMs);
  }
}

function machineOf({ config, ...machine }: z.infer<typeof machineTruth>): ClusterMachine {
  return {
    ...machine,
    uuid: /(?:^|,)uuid=([0-9a-f-]{36})/i.exec(config['smbios1'] ?? '')?.[1]?.toLowerCase() ?? '',
    description: config['description'] ?? '',
    tags: config['tags'] ?? '',
    isTemplate: config['template'] === '1',
  };
}
