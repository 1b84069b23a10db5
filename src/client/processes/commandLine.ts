import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { childEnvironment, isAlive } from '../../temporal/childProcess';

/** Whether a process runs this file: a pid from a state file may belong to another program by now. */
export async function runsFile(pid: number, file: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  try {
    const words = ['-ww', '-o', 'stat=,args=', '-p', String(pid)];
    const { stdout } = await promisify(execFile)('ps', words, { env: childEnvironment() });
    return stdout.includes(file) && !stdout.startsWith('Z');
  } catch {
    return false;
  }
}
