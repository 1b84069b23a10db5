import { readdirSync, readFileSync } from 'node:fs';
import { errorCode } from '../errorCode';
import type { KnownProcess } from './folder';

/** The variable that all processes of a run have in their environment. */
export const runVariable = 'PXM_ANSIBLE_RUN';

/** A process as it is to be known again; undefined: there is none, or it only waits to be buried. */
export function processOf(pid: number): KnownProcess | undefined {
  if (process.platform !== 'linux') return isThere(pid) ? { pid, since: '' } : undefined;
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name stands in brackets and may hold anything; the state comes after it, the start as the 20th from there.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, since: `${bootId()}/${fields[19] ?? ''}` };
}

/** Whether it is still the same process, and alive. */
export function isAlive({ pid, since }: KnownProcess): boolean {
  return processOf(pid)?.since === since;
}

/** The processes of a run, wherever they are in the tree of processes. Knows none where there is no /proc. */
export function processesOfRun(id: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  const mark = `${runVariable}=${id}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(`/proc/${pid}/environ`)?.split('\0').includes(mark) === true)
    .map(Number)
    .filter((pid) => processOf(pid) !== undefined);
}

/** Whether Ansible itself still runs, though the shell around it is gone. Connections that it keeps open do not count. */
export function hasAnsible(id: string): boolean {
  return processesOfRun(id).some(
    (pid) => read(`/proc/${pid}/cmdline`)?.includes('ansible-playbook') === true,
  );
}

/** Sends a signal to a process, or to a group (its number, negative). One that has just ended is no error. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

/** Processes come and go, and those of others can't be looked at. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
