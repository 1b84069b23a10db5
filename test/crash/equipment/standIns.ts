import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { startControlServer } from '../../../simulator/control/control-server';
import { childEnvironment, spawnWithoutCoreFile } from '../../../src/temporal/childProcess';
import { forget, remember } from '../leftBehind';
import type { Site } from './equipment';

const ready = z.looseObject({ bin: z.string(), stateFile: z.string() });

/** Stand-ins whose machines are the guests of a cell's simulator. */
export interface RunningStandIns extends z.infer<typeof ready> {
  close(): Promise<void>;
}

/**
 * Starts them as a process of its own: they share their state as a file with every run of a tool, and who waits for its lock
 * waits with all it does.
 */
export async function startStandIns({ folder, buildFolder, simulator }: Site): Promise<RunningStandIns> {
  const control = await startControlServer(simulator.control);
  const words = ['--folder', join(folder, 'stand-ins'), '--simulator', control.url, '--end-with-stdin'];
  const program = join(buildFolder, 'standins/main.js');
  const child = spawnWithoutCoreFile(process.execPath, [program, ...words], {
    env: childEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const { pid, stdin, stdout } = child;
  if (pid === undefined || stdin === null || stdout === null) throw new Error('no stand-ins were started');
  remember(pid);
  const ended = once(child, 'close').then(() => forget(pid));
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const said = await lines.next();
  if (said.done === true) throw new Error('the stand-ins ended before they were ready');
  return {
    ...ready.parse(JSON.parse(said.value)),
    async close() {
      stdin.end();
      await ended;
      await control.close();
    },
  };
}
