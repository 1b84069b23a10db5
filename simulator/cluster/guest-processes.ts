import type { GuestProcess, GuestState, QemuStatus } from './guests';

/** What a new process needs. */
export interface ProcessStart {
  readonly node: string;
  readonly pid: number;
  readonly now: number;
  readonly qemuStatus?: QemuStatus;
}

/** Starts a process of the guest on a node; one that is there already is replaced. */
export function startProcess(
  guest: GuestState,
  { node, pid, now, qemuStatus = 'running' }: ProcessStart,
): GuestProcess {
  endProcess(guest, node, now);
  const process: GuestProcess = { node, pid, startedAt: now, qemuStatus, mirrorJobs: new Set() };
  guest.processes.set(node, process);
  if (qemuStatus === 'running') openPlacement(guest, node, now);
  return process;
}

/** Ends the guest's process on a node, if there is one. */
export function endProcess(guest: GuestState, node: string, now: number): void {
  if (!guest.processes.delete(node)) return;
  closePlacement(guest, node, now);
}

/** Changes what QEMU does on a node; `running` there begins a placement, anything else ends it. */
export function setQemuStatus(guest: GuestState, node: string, qemuStatus: QemuStatus, now: number): void {
  const process = guest.processes.get(node);
  if (process === undefined || process.qemuStatus === qemuStatus) return;
  process.qemuStatus = qemuStatus;
  if (qemuStatus === 'running') openPlacement(guest, node, now);
  else closePlacement(guest, node, now);
}

function openPlacement(guest: GuestState, node: string, now: number): void {
  guest.placements.push({ node, from: now, until: undefined });
}

function closePlacement(guest: GuestState, node: string, now: number): void {
  for (const placement of guest.placements) {
    if (placement.node === node) placement.until ??= now;
  }
}
