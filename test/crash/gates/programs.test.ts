import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatedClock } from '../../../simulator/clock';
import { waitUntil } from '../../support/waitUntil';
import { openProgramGate, type ProgramGate } from './programs';

describe('the gate of programs', () => {
  let folder: string;
  let clock: SimulatedClock;
  let gate: ProgramGate;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pxm-gate-'));
    const real = join(folder, 'real');
    await writeFile(real, '#!/bin/sh\necho "said $1"; echo "told $2" >&2; touch "$3"; exit 3\n', {
      mode: 0o755,
    });
    clock = new SimulatedClock({ speed: 1 });
    gate = await openProgramGate({
      ...{ folder: join(folder, 'bin'), programs: { tool: real }, clock, tellsAtEnd: true },
      lineOf: (program, words) => `${program} ${words.slice(0, 2).join(' ')}`,
    });
  });
  afterAll(async () => {
    await gate.close();
    clock.close();
    await rm(folder, { recursive: true });
  });

  function start(...words: readonly string[]) {
    const ended = new Promise<object>((resolve) => {
      const child = execFile(join(gate.binFolder, 'tool'), words, (_error, stdout, stderr) =>
        resolve({ exitCode: child.exitCode, stdout, stderr }),
      );
    });
    return { ended };
  }

  test('lets the real program work, tells what it said, and notes what the run is called', async () => {
    const { ended } = start('a b', 'c', join(folder, 'first'));
    expect(await ended).toEqual({ exitCode: 3, stdout: 'said a b\n', stderr: 'told c\n' });
    expect(gate.calls.commands).toMatchObject([{ line: 'tool a b c', outcome: 'answered', exitCode: 3 }]);
    expect(await readdir(gate.binFolder)).toEqual(['tool']);
  });

  test('drops a run before it has done anything, or after', async () => {
    const [early, late] = ['early', 'late'].map((name) => join(folder, name));
    const before = gate.calls.hold({ line: 'tool early x' }, 'before handling');
    const dropped = start('early', 'x', early ?? '');
    await before.arrived;
    before.release('drop');
    expect(await dropped.ended).toMatchObject({ exitCode: 71, stdout: '' });
    expect(existsSync(early ?? '')).toBe(false);
    const after = gate.calls.hold({ line: 'tool late x' }, 'before answering');
    const done = start('late', 'x', late ?? '');
    await after.arrived;
    after.release('drop');
    expect(await done.ended).toMatchObject({ exitCode: 71, stdout: '' });
    expect(existsSync(late ?? '')).toBe(true);
  });

  test('lets a run whose starter has died do its work', async () => {
    const file = join(folder, 'orphan');
    const hold = gate.calls.hold({ line: 'tool orphan x' }, 'before handling');
    const starter = execFile('/bin/sh', [
      '-c',
      '"$@" & wait',
      'sh',
      join(gate.binFolder, 'tool'),
      'orphan',
      'x',
      file,
    ]);
    await hold.arrived;
    const isDead = new Promise((resolve) => starter.once('exit', resolve));
    starter.kill('SIGKILL');
    await isDead;
    starter.stdout?.destroy();
    starter.stderr?.destroy();
    hold.release();
    await waitUntil('the file', () => Promise.resolve(existsSync(file) ? true : undefined));
  });
});
