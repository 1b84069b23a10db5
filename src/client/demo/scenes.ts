import type { TaskProgress } from '../../domain/progress';
import { formatBytes } from '../../domain/rendering/sizes';
import type { Session } from '../session';
import { table } from '../view/table';
import { begun } from './narration';
import type { DemoGuest } from './truth';

/** Where each guest is, as the simulator knows it. */
export function guestTable(session: Session, guests: readonly DemoGuest[]): string {
  const columns = [
    { title: 'guest' },
    { title: 'node' },
    { title: 'state' },
    { title: 'migrations begun', align: 'right' as const },
  ];
  const rows = guests
    .toSorted((one, other) => one.node.localeCompare(other.node) || one.vmid - other.vmid)
    .map((it) => [`${it.vmid} ${it.name}`, it.node, it.status, String(it.migrationsStarted)]);
  return `${table(session.output, columns, rows)}\n`;
}

/** How far a copy is. */
export function copyWords(task: TaskProgress): string {
  return `VM ${task.vmid}: ${copied(task)}`;
}

/** What became of it: the same task, one migration for each guest. */
export function adoptedLines(
  left: readonly TaskProgress[],
  running: readonly TaskProgress[],
  guests: readonly DemoGuest[],
): string[] {
  return left.map((task) => {
    const now = running.find(({ upid }) => upid === task.upid);
    const times = guests.find(({ vmid }) => vmid === task.vmid)?.migrationsStarted ?? 0;
    const state = now === undefined ? 'copied meanwhile' : copied(now);
    return `  VM ${task.vmid}: ${state}, ${begun(times)}, task ${task.upid}`;
  });
}

function copied({ copiedBytes, totalBytes }: TaskProgress): string {
  return `${formatBytes(copiedBytes)} of ${formatBytes(totalBytes)}`;
}
