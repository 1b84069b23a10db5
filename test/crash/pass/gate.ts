import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { SimulatedClock } from '../../../simulator/clock';
import { openProgramGate, type ProgramGate } from '../gates/programs';

/** A program `pass` before the real one. Throws where no `pass` is installed. */
export function openPassGate(folder: string, clock: SimulatedClock): Promise<ProgramGate> {
  return openProgramGate({
    folder: join(folder, 'bin'),
    programs: { pass: realPass() },
    // `mv --force -- a.new a`: `mv a.new a`. Its words hold no secret: that comes on standard input.
    lineOf: (_program, words) => words.filter((word) => !word.startsWith('--')).join(' '),
    clock,
  });
}

/** Where the real `pass` is. */
export function realPass(): string {
  return execFileSync('sh', ['-c', 'command -v pass'], { encoding: 'utf8' }).trim();
}
