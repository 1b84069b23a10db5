import type { Session } from '../../session';
import { table } from '../../view/table';
import type { DemoDeed, DemoMachine } from './truth';

/** What is there, as the simulator knows it. */
export function machineTable(session: Session, machines: readonly DemoMachine[]): string {
  const columns = [{ title: 'guest' }, { title: 'node' }, { title: 'state' }, { title: 'what it is' }];
  const rows = machines.map((it) => [
    `${it.vmid} ${it.name}`,
    it.node,
    it.isTemplate ? 'template' : it.status,
    whatItIs(machines, it),
  ]);
  return `${table(session.output, columns, rows)}\n`;
}

/** How often each change was begun. */
export function deedTable(session: Session, deeds: readonly DemoDeed[]): string {
  const columns = [{ title: 'what' }, { title: 'task' }, { title: 'begun', align: 'right' as const }];
  return `${table(
    session.output,
    columns,
    deeds.map(({ what, task, begun }) => [what, task, String(begun)]),
  )}\n`;
}

function whatItIs(machines: readonly DemoMachine[], it: DemoMachine): string {
  if (it.cloneOf !== undefined) return `linked clone of VM ${it.cloneOf}`;
  if (it.generation === undefined) return '';
  const versions = machines.filter(({ name, isTemplate }) => isTemplate && name === it.name);
  const newest = Math.max(...versions.map(({ generation = 0 }) => generation));
  return `version ${it.generation}, ${it.generation === newest ? 'in force' : 'older'}`;
}
