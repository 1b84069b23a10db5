import { appendFile, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { startSimulator, type Simulator } from '../../simulator';
import { writeSimulatedConfig } from '../../src/client/processes/simulatedCluster';
import { activitiesAtWork, completedActivities } from './history';
import type { Call } from './calls';
import { startProxy, type FreezableProxy } from './proxy';
import type { CrashScenario } from './scenarios/scenario';
import type { TemporalServer } from './temporalServer';
import { startWorkerProcess, type WorkerProcess } from './workerProcess';

/** What cells share. */
export interface Theatre {
  readonly scenario: CrashScenario;
  /** The built worker.js. */
  readonly workerProgram: string;
  /** Everything that cells write; goes away with the matrix. */
  readonly folder: string;
  /** Where what failed cells leave is kept. */
  readonly evidenceFolder: string;
}

/** A simulated cluster, its operation and its workers: everything of one cell. */
export interface Stage {
  readonly cluster: string;
  /** State folder of its workers, their logs, its configuration. */
  readonly folder: string;
  readonly simulator: Simulator;
  readonly temporal: TemporalServer;
  readonly handle: WorkflowHandle;
  /** The one that was started last. */
  readonly worker: WorkerProcess;
  /** The last worker's way to Temporal. */
  readonly proxy: FreezableProxy;
  startWorker(): Promise<void>;
  /** Proxmox requests so far. */
  requestCount(): number;
  /** Activities that a worker is at now and that can be making this call. */
  activitiesThatMake(call: Call): Promise<readonly string[]>;
  areCompleted(activities: readonly string[]): Promise<boolean>;
  /** Ends all processes. Returns where the folder's content is kept, if it is to be. */
  close(keep: boolean): Promise<string | undefined>;
}

/** Makes the certificates of all cells, before several cells at once would each begin to make them. */
export async function makeCertificates({ scenario, folder }: Theatre): Promise<void> {
  const simulator = await startSimulator({
    scenario: scenario.cluster,
    certificateFolder: certificatesIn(folder),
  });
  await simulator.close();
}

function certificatesIn(folder: string): string {
  return join(folder, 'certificates');
}

let count = 0;

/** Sets a stage without a worker. */
export async function setStage(theatre: Theatre, temporal: TemporalServer): Promise<Stage> {
  const { scenario } = theatre;
  const cluster = `crash-${process.pid}-${(count += 1)}`;
  const folder = join(theatre.folder, cluster);
  const simulator = await startSimulator({
    scenario: scenario.cluster,
    speed: scenario.speed,
    certificateFolder: certificatesIn(theatre.folder),
  });
  const { nodes, certificateAuthorityPem, token } = simulator;
  if (token === undefined) throw new Error('the scenario has no token');
  await mkdir(join(folder, 'state'), { recursive: true, mode: 0o700 });
  const { configFile } = writeSimulatedConfig(folder, {
    cluster,
    nodes: [...nodes],
    certificateAuthorityPem,
    token,
  });
  await appendFile(configFile, scenario.config);
  for (const [path, text] of Object.entries(scenario.files ?? {})) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const handle = temporal.connected.client.workflow.getHandle(scenario.workflowId(cluster));
  const started: { readonly worker: WorkerProcess; readonly proxy: FreezableProxy }[] = [];
  const last = () => {
    const newest = started.at(-1);
    if (newest === undefined) throw new Error('no worker was started');
    return newest;
  };

  return {
    ...{ cluster, folder, simulator, temporal, handle },
    get worker() {
      return last().worker;
    },
    get proxy() {
      return last().proxy;
    },
    async startWorker() {
      const proxy = await startProxy(temporal.address);
      const worker = startWorkerProcess({
        ...{ program: theatre.workerProgram, configFile, temporalAddress: proxy.address },
        stateFolder: join(folder, 'state'),
        logFile: join(folder, `worker-${started.length + 1}.log`),
      });
      started.push({ worker, proxy });
    },
    requestCount: () => simulator.control.requests().length,
    async activitiesThatMake(call) {
      const atWork = await activitiesAtWork(handle);
      return atWork.filter((activity) => scenario.makes(activity, call)).map(({ id }) => id);
    },
    async areCompleted(activities) {
      const completed = await completedActivities(handle);
      return activities.every((id) => completed.has(id));
    },
    async close(keep) {
      await Promise.all(started.map(({ worker }) => worker.kill()));
      await Promise.all(started.map(({ proxy }) => proxy.close()));
      await simulator.close();
      const kept = keep ? join(theatre.evidenceFolder, cluster) : undefined;
      if (kept !== undefined) await cp(folder, kept, { recursive: true });
      await rm(folder, { recursive: true });
      return kept;
    },
  };
}
