import type { TemplatePlan } from '../../../domain/templatePlan';
import { parseMarker } from '../../../planning/template/marker';
import { readMachineTruths, type DemoTask, type MachineTruth } from '../truth';

/** What the simulator knows of a virtual machine. */
export interface DemoMachine extends Omit<MachineTruth, 'config'> {
  readonly isTemplate: boolean;
  /** Which version of its template it is, by its marker. */
  readonly generation?: number;
  /** The template that its disk is a linked clone of. */
  readonly cloneOf?: number;
}

/** All virtual machines, by VMID. */
export async function readMachines(controlUrl = ''): Promise<DemoMachine[]> {
  return (await readMachineTruths(controlUrl)).map(machineOf);
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

function machineOf({ config, ...machine }: MachineTruth): DemoMachine {
  const generation = parseMarker(config['description'])?.generation;
  const base = /base-(\d+)-disk-\d+[^,]*\/vm-/.exec(config['scsi0'] ?? '')?.[1];
  return {
    ...machine,
    isTemplate: config['template'] === '1',
    ...(generation === undefined ? {} : { generation }),
    ...(base === undefined ? {} : { cloneOf: Number(base) }),
  };
}
