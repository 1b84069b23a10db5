import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadClusterConfig } from '../../config/load';
import type { ClusterConfig } from '../../config/clusterConfig';
import { connectClient, type ConnectedClient } from '../../temporal/connection';
import { startEmbeddedServer, type EmbeddedServer } from '../../temporal/embeddedServer';
import { locateExecutable } from '../../temporal/executable/locate';
import { temporalCli } from '../../temporal/executable/pins';
import { writeSimulatedConfig, type SimulatorReady } from '../processes/simulatedCluster';
import { spawnSimulator, untilReady } from '../processes/simulatorProcess';
import { startWorker } from '../processes/workerProcess';
import type { WorkerState } from '../processes/workerState';
import type { DemoFolder } from './folder';
import { writeDemoScenario, type DemoScenario, type DemoVersion } from './scenario';

/** Simulated seconds in one second: fast enough to watch, slow enough to kill a worker in the middle of a copy. */
const defaultSpeed = 2;

/** Everything the demo runs on: a state folder and ports of its own, a simulated cluster, a server, workers. */
export interface DemoStage {
  readonly folder: string;
  readonly server: EmbeddedServer;
  readonly simulator: SimulatorReady;
  readonly version: DemoVersion;
  readonly config: ClusterConfig;
  readonly temporal: ConnectedClient;
  startWorker(): Promise<WorkerState>;
}

/** Where a demo may put what its worker needs besides the configuration of the simulated cluster. */
export interface DemoPlace extends Pick<DemoStage, 'folder' | 'simulator'> {
  readonly configFile: string;
  /** Ends a process with the demo. */
  readonly endsWith: (pid: number) => void;
}

/** What a demo is played on. */
export interface DemoSetting {
  /** The name of a shipped scenario. */
  readonly scenario: string;
  /** Simulated seconds in one second. Default: 2. */
  readonly speed?: number;
  /** Adds to the configuration and to the files beside it, before either is read. */
  readonly furnish?: (place: DemoPlace) => Promise<void>;
}

/** Sets the stage in a folder, which ends it too; `say` tells what takes a while. */
export async function setDemoStage(
  folder: DemoFolder,
  setting: DemoSetting,
  version: DemoVersion | undefined,
  say: (line: string) => void,
): Promise<DemoStage> {
  const executable = await locateExecutable(temporalCli, { onProgress: say });
  useOwnSettings(folder.path);
  const scenario = writeDemoScenario(folder.path, setting.scenario, version);
  const [server, simulator] = await Promise.all([
    startEmbeddedServer({ stateFolder: folder.path, executable, port: 0, uiPort: 0 }),
    startSimulator(folder, scenario, setting.speed ?? defaultSpeed),
  ]);
  process.env['TEMPORAL_ADDRESS'] = server.address;
  const { configFile } = writeSimulatedConfig(join(folder.path, 'cluster'), simulator);
  const endsWith = (pid: number) => folder.endsWith(pid);
  await setting.furnish?.({ folder: folder.path, simulator, configFile, endsWith });
  const config = loadClusterConfig(configFile);
  return {
    folder: folder.path,
    server,
    simulator,
    version: scenario.version,
    config,
    temporal: await connectClient(),
    startWorker: () => startWorker(config, server.address),
  };
}

/** A running `pxm up`, and settings for another server, are none of the demo's business. */
function useOwnSettings(folder: string): void {
  for (const name of Object.keys(process.env))
    if (name.startsWith('TEMPORAL_')) Reflect.deleteProperty(process.env, name);
  const noSettings = join(folder, 'temporal.toml');
  writeFileSync(noSettings, '[profile.default]\n');
  process.env['TEMPORAL_CONFIG_FILE'] = noSettings;
  process.env['PXM_STATE_FOLDER'] = folder;
}

function startSimulator(folder: DemoFolder, scenario: DemoScenario, speed: number): Promise<SimulatorReady> {
  const child = spawnSimulator({ scenario: scenario.file, speed: String(speed) });
  if (child.pid !== undefined) folder.endsWith(child.pid);
  return untilReady(child);
}
