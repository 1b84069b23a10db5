import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { askSimulator, readMachineTruths, type MachineTruth } from '../truth';

/** What the simulator knows of a virtual machine. */
export interface ClusterMachine extends Omit<MachineTruth, 'config'> {
  /** SMBIOS uuid, lower case; empty where it has none. */
  readonly uuid: string;
  readonly description: string;
  readonly tags: string;
  readonly isTemplate: boolean;
  /** The volumes that its configuration names, e.g. `nas:1000/vm-1000-disk-0.qcow2`. */
  readonly volumes: readonly string[];
}

/** All virtual machines, by VMID. */
export async function readMachines(controlUrl: string): Promise<ClusterMachine[]> {
  return (await readMachineTruths(controlUrl)).map(machineOf);
}

/** The machine, if there is one. */
export async function readMachine(controlUrl: string, vmid: number): Promise<ClusterMachine | undefined> {
  return (await readMachines(controlUrl)).find((it) => it.vmid === vmid);
}

const volumeTruth = z.object({
  volid: z.string(),
  /** Absent: on a shared storage. */
  node: z.string().optional(),
  /** Absent: no disk of a guest, but an image, an ISO file or the like. */
  vmid: z.number().optional(),
});
/** What the simulator knows of a volume. */
export type DemoVolume = z.infer<typeof volumeTruth>;

/** All volumes that were made as disks of guests, whether those are there or not. */
export async function readDisks(controlUrl: string): Promise<DemoVolume[]> {
  const volumes = await askSimulator(`${controlUrl}/volumes`, z.array(volumeTruth));
  return volumes.filter(({ vmid }) => vmid !== undefined);
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

const diskKey = /^(?:scsi|ide|sata|virtio|efidisk|tpmstate|unused)\d+$/;

function machineOf({ config, ...machine }: MachineTruth): ClusterMachine {
  return {
    ...machine,
    uuid: /(?:^|,)uuid=([0-9a-f-]{36})/i.exec(config['smbios1'] ?? '')?.[1]?.toLowerCase() ?? '',
    description: config['description'] ?? '',
    tags: config['tags'] ?? '',
    isTemplate: config['template'] === '1',
    volumes: Object.entries(config).flatMap(([key, value]) =>
      diskKey.test(key) ? value.split(',').slice(0, 1) : [],
    ),
  };
}
