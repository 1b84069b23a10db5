import type { GuestTruth, SimulatorControl } from '../../simulator';
import type { Task } from '../../simulator/tasks/task';

/** How a late duplicate ends that came before the first task had locked the configuration (docs/reliability.md). */
const waitedInVain = /^can't lock file '\/var\/lock\/pve-manager\/pve-migrate-\d+' - got timeout$/;
/** The same where the first task was done before its time was up: the guest is not there any more. */
const cameTooLate = /: Configuration file 'nodes\/[^']+' does not exist$/;

/** Tasks of a guest's migrations, without those that have changed nothing. */
export function migrationTasks(control: SimulatorControl, vmid: number): Task[] {
  return tasksOf(control, vmid).filter((task) => !hasWaitedInVain(task) && !hasComeTooLate(task));
}

/** How often it was begun to be moved: the simulator also counts tasks that got the lock once the guest had gone. */
export function migrationsBegun(control: SimulatorControl, { vmid, migrationsStarted }: GuestTruth): number {
  return migrationsStarted - tasksOf(control, vmid).filter(hasComeTooLate).length;
}

function tasksOf(control: SimulatorControl, vmid: number): Task[] {
  const all = control.cluster.tasks.all();
  return all.filter(({ parts }) => parts.type === 'qmigrate' && parts.id === String(vmid));
}

function hasWaitedInVain({ exitStatus }: Task): boolean {
  return exitStatus !== undefined && waitedInVain.test(exitStatus);
}

function hasComeTooLate({ exitStatus, lines }: Task): boolean {
  return exitStatus === 'migration aborted' && lines.some((line) => cameTooLate.test(line));
}
