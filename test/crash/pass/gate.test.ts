import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatedClock } from '../../../simulator/clock';
import { describeWith } from '../../support/tools';
import type { ProgramGate } from '../gates/programs';
import { openPassGate } from './gate';
import { closeKeyring, makeKeyring, makePassStore, type PassStore } from './store';

const secret = 'a value that nobody may see';

describeWith(['pass', 'gpg'], 'the gate of pass', () => {
  let theatre: string;
  let clock: SimulatedClock;
  let gate: ProgramGate;
  let store: PassStore;
  beforeAll(async () => {
    theatre = await mkdtemp(join(tmpdir(), 'pxm-gate-'));
    await makeKeyring(theatre);
    clock = new SimulatedClock({ speed: 1 });
    const cell = join(theatre, 'cell');
    await mkdir(cell);
    store = await makePassStore(cell, theatre);
    gate = await openPassGate(cell, clock);
  });
  afterAll(async () => {
    await gate.close();
    clock.close();
    closeKeyring(theatre);
    await rm(theatre, { recursive: true });
  });

  /** Runs `pass` as a worker would. */
  function pass(words: readonly string[], input = ''): Promise<{ exitCode: number | null; stdout: string }> {
    const env = {
      ...process.env,
      ...store.environment,
      PATH: `${gate.binFolder}:${process.env['PATH'] ?? ''}`,
    };
    return new Promise((resolve) => {
      const child = execFile('pass', words, { env }, (_error, stdout) =>
        resolve({ exitCode: child.exitCode, stdout }),
      );
      child.stdin?.end(input);
    });
  }

  const insert = (entry: string) => pass(['insert', '--multiline', '--force', '--', entry], secret);

  test('lets the real program work, and notes its words, nothing else', async () => {
    expect((await insert('a')).exitCode).toBe(0);
    expect((await pass(['show', '--', 'a'])).stdout).toBe(secret);
    expect((await pass(['show', '--', 'b'])).exitCode).toBe(1);
    const lines = gate.calls.commands.map(({ line, outcome, exitCode }) => ({ line, outcome, exitCode }));
    expect(lines).toEqual([
      { line: 'insert a', outcome: 'answered', exitCode: 0 },
      { line: 'show a', outcome: 'answered', exitCode: 0 },
      { line: 'show b', outcome: 'answered', exitCode: 1 },
    ]);
    expect(JSON.stringify(gate.calls.commands)).not.toContain(secret);
  });

  test('drops a run before it has done anything, or after', async () => {
    const before = gate.calls.hold({ argv: ['insert', 'early'] }, 'before handling');
    const early = insert('early');
    await before.arrived;
    before.release('drop');
    expect((await early).exitCode).toBe(71);
    const after = gate.calls.hold({ argv: ['insert', 'late'] }, 'before answering');
    const late = insert('late');
    await after.arrived;
    after.release('drop');
    await late;
    expect(await store.entries()).toEqual(expect.arrayContaining(['late']));
    expect(await store.entries()).not.toContain('early');
  });
});
