import type { TaskProgress } from '../../domain/progress';
import { formatBytes } from '../../domain/rendering/sizes';
import type { Session } from '../session';
import { table } from '../view/table';
import type { DemoGuest } from './truth';

/** A heading, and what is about to be seen. */
export function scene(session: Session, title: string, lines: readonly string[]): void {
  const { bold, cyan } = session.output.colors;
  session.output.note(['', bold(cyan(`== ${title} ==`)), ...lines, ''].join('\n'));
}

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

/** What was under way when the worker died: which Proxmox task, how far. */
export function copyLines(tasks: readonly TaskProgress[]): string[] {
  return tasks.map(
    (task) =>
      `  VM ${task.vmid}: ${formatBytes(task.copiedBytes)} of ${formatBytes(task.totalBytes)}, task ${task.upid}`,
  );
}

/** What became of it: the same task, one migration. */
export function adoptedLines(tasks: readonly TaskProgress[], guests: readonly DemoGuest[]): string[] {
  return tasks.map((task) => {
    const begun = guests.find(({ vmid }) => vmid === task.vmid)?.migrationsStarted ?? 0;
    return `  VM ${task.vmid}: still task ${task.upid}, migrations begun: ${begun}`;
  });
}
