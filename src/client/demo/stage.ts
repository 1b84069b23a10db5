import type { ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClient, type ConnectedClient } from '../../temporal/connection';
import { childEnvironment, spawnWithoutCoreFile } from '../../temporal/childProcess';
import { endProcess } from '../../temporal/embeddedProcess';
import { startEmbeddedServer, type EmbeddedServer } from '../../temporal/embeddedServer';
import { locateExecutable } from '../../temporal/executable/locate';
import { temporalCli } from '../../temporal/executable/pins';
import { loadClusterConfig } from '../../config/load';
import type { ClusterConfig } from '../../config/clusterConfig';
import { simulatorProgram } from '../processes/programs';
import { untilReady, writeSimulatedConfig, type SimulatorReady } from '../processes/simulatedCluster';
import { startWorker, stopWorkers } from '../processes/workerProcess';
import type { WorkerState } from '../processes/workerState';

/** Simulated seconds in one second: fast enough to watch, slow enough to kill a worker in the middle of a copy. */
const speed = 3;

/** Everything the demo runs on: a state folder and ports of its own, a simulated cluster, a server, workers. */
export interface DemoStage {
  readonly server: EmbeddedServer;
  readonly simulator: SimulatorReady;
  readonly config: ClusterConfig;
  readonly temporal: ConnectedClient;
  startWorker(): Promise<WorkerState>;
  /** Ends everything and removes the folder. */
  close(): Promise<void>;
}

/** Sets the stage; `say` tells what takes a while. Whatever was started is ended if a later part fails. */
export async function setDemoStage(say: (line: string) => void): Promise<DemoStage> {
  const executable = await locateExecutable(temporalCli, { onProgress: say });
  const folder = mkdtempSync(join(tmpdir(), 'pxm-demo-'));
  useOwnSettings(folder);
  const closers: (() => Promise<unknown>)[] = [
    () => Promise.resolve(rm(folder, { recursive: true, force: true })),
  ];
  const close = async () => {
    for (const each of closers.toReversed()) await each().catch(() => undefined);
  };
  try {
    const server = await startEmbeddedServer({ stateFolder: folder, executable, port: 0, uiPort: 0 });
    closers.push(() => server.stop());
    process.env['TEMPORAL_ADDRESS'] = server.address;
    const child = startSimulator();
    closers.push(() => (child.pid === undefined ? Promise.resolve() : endProcess(child.pid, 5_000)));
    const simulator = await untilReady(child);
    const config = loadClusterConfig(writeSimulatedConfig(join(folder, 'cluster'), simulator));
    closers.push(() => stopWorkers());
    const temporal = await connectClient();
    closers.push(() => temporal.close());
    return {
      server,
      simulator,
      config,
      temporal,
      startWorker: () => startWorker(config, server.address),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A running `pxm up`, and settings for another server, are none of the demo's business. */
function useOwnSettings(folder: string): void {
  for (const name of Object.keys(process.env))
    if (name.startsWith('TEMPORAL_')) Reflect.deleteProperty(process.env, name);
  process.env['PXM_STATE_FOLDER'] = folder;
}

function startSimulator(): ChildProcess {
  const { command, args } = simulatorProgram();
  return spawnWithoutCoreFile(command, [...args, '--scenario', 'three-nodes', '--speed', String(speed)], {
    env: childEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
