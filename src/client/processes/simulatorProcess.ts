import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { ManagerError, problem } from '../../domain/errors';
import { exitCodes } from '../../domain/exitCodes';
import { childEnvironment, spawnWithoutCoreFile } from '../../temporal/childProcess';
import { simulatorProgram } from './programs';
import { scenarioNames } from './scenarios';
import { simulatorReady, type SimulatorReady } from './simulatedCluster';

/** How a simulator is started. */
export interface SimulatorStart {
  /** The name of a shipped scenario, or a YAML file. */
  readonly scenario: string;
  /** Simulated seconds in one second. */
  readonly speed: string;
}

/**
 * Starts a simulator as a child process, which ends with us however we end: it sees its standard input closed.
 * Throws ManagerError `InputInvalid` if there is no such scenario.
 */
export function spawnSimulator({ scenario, speed }: SimulatorStart): ChildProcess {
  requireScenario(scenario);
  const { command, args } = simulatorProgram();
  const options = ['--scenario', scenario, '--speed', speed, '--end-with-stdin'];
  return spawnWithoutCoreFile(command, [...args, ...options], {
    env: childEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

function requireScenario(scenario: string): void {
  const shipped = scenarioNames();
  if (shipped.includes(scenario) || statSync(scenario, { throwIfNoEntry: false })?.isFile() === true) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: 'start the simulator',
      failed: `${scenario} is no shipped scenario and no file`,
      remedy: `Name one that is shipped (${shipped.join(', ')}), or a YAML file (docs/simulator.md).`,
    }),
  );
}

/**
 * The first line of JSON that it prints. Throws ManagerError if it ends before: `InputInvalid` if it refused what
 * it was given.
 */
export async function untilReady(child: ChildProcess): Promise<SimulatorReady> {
  if (child.stdout !== null) {
    for await (const line of createInterface({ input: child.stdout })) {
      const parsed = simulatorReady.safeParse(parseJson(line));
      if (parsed.success) {
        child.stdout.resume();
        return parsed.data;
      }
    }
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const isRefused = child.exitCode === exitCodes.badInput;
  throw new ManagerError(
    problem(isRefused ? 'InputInvalid' : 'Internal', {
      attempted: 'start the simulator',
      failed: 'it ended before it was ready',
      remedy: 'What it said stands above; a scenario of your own may have a mistake.',
    }),
  );
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
