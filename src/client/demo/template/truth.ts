import { z } from 'zod';
import type { TemplatePlan } from '../../../domain/templatePlan';
import { parseUpid, type Upid } from '../../../domain/upid';
import { parseMarker } from '../../../planning/template/marker';
import { askSimulator } from '../truth';

const machineTruth = z.object({
  vmid: z.number(),
  name: z.string(),
  node: z.string(),
  status: z.string(),
  config: z.record(z.string(), z.string()),
});

/** What the simulator knows of a virtual machine. */
export interface DemoMachine {
  readonly vmid: number;
  readonly name: string;
  readonly node: string;
  readonly status: string;
  readonly isTemplate: boolean;
  /** Which version of its template it is, by its marker. */
  readonly generation?: number;
  /** The template that its disk is a linked clone of. */
  readonly cloneOf?: number;
}

/** All virtual machines, by VMID. */
export async function readMachines(controlUrl = ''): Promise<DemoMachine[]> {
  const machines = await askSimulator(`${controlUrl}/guests`, z.array(machineTruth));
  return machines.map(machineOf).toSorted((one, other) => one.vmid - other.vmid);
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

/** How often tasks of a type were begun for a virtual machine. */
export function timesBegun(tasks: readonly DemoTask[], type: string, id: string): number {
  return tasks.filter((task) => task.type === type && task.id === id).length;
}

/** A change that a template in the making needs exactly once. */
export interface DemoDeed {
  readonly what: string;
  readonly task: string;
  readonly begun: number;
}

/** What must have been begun once each, with how often it was. */
export function deedsOf({ copies, bootTest }: TemplatePlan, tasks: readonly DemoTask[]): readonly DemoDeed[] {
  const deed = (what: string, task: string, vmid: number) => {
    return { what, task, begun: timesBegun(tasks, task, String(vmid)) };
  };
  return copies.flatMap(({ vmid }) => [
    deed(`create VM ${vmid}`, 'qmcreate', vmid),
    deed(`make VM ${vmid} a template`, 'qmtemplate', vmid),
    // The task of a clone has the VMID of what is cloned.
    deed(`clone it as VM ${bootTest?.vmid ?? 0}`, 'qmclone', vmid),
  ]);
}

function machineOf({ config, ...machine }: z.infer<typeof machineTruth>): DemoMachine {
  const generation = parseMarker(config['description'])?.generation;
  const base = /base-(\d+)-disk-\d+[^,]*\/vm-/.exec(config['scsi0'] ?? '')?.[1];
  return {
    ...machine,
    isTemplate: config['template'] === '1',
    ...(generation === undefined ? {} : { generation }),
    ...(base === undefined ? {} : { cloneOf: Number(base) }),
  };
}
