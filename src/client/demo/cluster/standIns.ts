import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ManagerError, problem } from '../../../domain/errors';
import { childEnvironment, spawnWithoutCoreFile } from '../../../temporal/childProcess';
import { standInsProgram } from '../../processes/programs';
import type { DemoPlace } from '../stage';

/** The line of JSON that they print once the Kubernetes API answers. */
const standInsReady = z.object({ bin: z.string() });

/** What the stand-ins of a demo know, and nobody else writes. */
export function standInStateFile(demoFolder: string): string {
  return join(standInFolder(demoFolder), 'state.json');
}

/**
 * Starts stand-ins of talosctl and flux, of the machines that talosctl talks to (the guests of the simulated cluster), and
 * of the Kubernetes API, as a process that ends with us however we end. Returns the folder of the programs. Throws
 * ManagerError `Internal` if they end before they are ready.
 */
export async function startStandIns({ folder, simulator, endsWith }: DemoPlace): Promise<string> {
  const { command, args } = standInsProgram();
  const options = ['--folder', standInFolder(folder), '--simulator', simulator.controlUrl ?? ''];
  const child = spawnWithoutCoreFile(command, [...args, ...options, '--end-with-stdin'], {
    env: childEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (child.pid !== undefined) endsWith(child.pid);
  if (child.stdout === null) throw notReady();
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() => undefined);
  const first = await Promise.race([once(lines, 'line'), ended]);
  if (first === undefined) throw notReady();
  return standInsReady.parse(JSON.parse(String(first[0]))).bin;
}

function standInFolder(demoFolder: string): string {
  return join(demoFolder, 'tools');
}

function notReady(): ManagerError {
  return new ManagerError(
    problem('Internal', {
      attempted: 'start the stand-ins of talosctl and flux',
      failed: 'they ended before they were ready',
      remedy: 'What they said stands above.',
    }),
  );
}
