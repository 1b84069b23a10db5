import { cp, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startSimulator, type Simulator } from '../../simulator';
import type { Call } from './calls';
import { newClusterName } from './clusterName';
import { activitiesAtWork, finishedActivities } from './history';
import { createJournal, type Journal } from './journal';
import { startProxy, type FreezableProxy } from './proxy';
import type { CrashScenario, Remains } from './scenarios/scenario';
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
export interface Stage extends Remains {
  /** Simulated seconds in one second. */
  readonly speed: number;
  readonly journal: Journal;
  readonly temporal: TemporalServer;
  /** The one that was started last. */
  readonly worker: WorkerProcess;
  /** The last worker's way to Temporal. */
  readonly proxy: FreezableProxy;
  startWorker(): Promise<void>;
  /** Calls so far. */
  callCount(): number;
  /** Activities that a worker is at now and that can be making this call. */
  activitiesThatMake(call: Call): Promise<readonly string[]>;
  areFinished(activities: readonly string[]): Promise<boolean>;
  /** Ends all processes. Returns where the folder's content is kept, if it is to be. */
  close(keep: boolean): Promise<string | undefined>;
}

/** Makes the certificates of all cells, before several cells at once would each begin to make them. */
export async function makeCertificates(scenarios: readonly CrashScenario[], folder: string): Promise<void> {
  for (const { cluster } of scenarios) {
    const simulator = await startSimulator({ scenario: cluster, certificateFolder: certificatesIn(folder) });
    await simulator.close();
  }
}

function certificatesIn(folder: string): string {
  return join(folder, 'certificates');
}

/** Sets a stage without a worker. */
export async function setStage(theatre: Theatre, temporal: TemporalServer): Promise<Stage> {
  const { scenario } = theatre;
  const cluster = newClusterName();
  const folder = join(theatre.folder, cluster);
  const simulator = await startSimulator({
    scenario: scenario.cluster,
    speed: scenario.speed,
    certificateFolder: certificatesIn(theatre.folder),
  });
  const stateFolder = join(folder, 'state');
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  // The program is <build>/src/worker.js.
  const buildFolder = dirname(dirname(theatre.workerProgram));
  const site = { cluster, folder, stateFolder, theatreFolder: theatre.folder, buildFolder, simulator };
  const equipment = await scenario.equip(site);
  const journal = createJournal(simulator.control, equipment.gates);
  const secrets = watchSecrets(simulator);
  const handle = temporal.connected.client.workflow.getHandle(scenario.workflowId(cluster));
  const started: { readonly worker: WorkerProcess; readonly proxy: FreezableProxy }[] = [];
  const last = () => {
    const newest = started.at(-1);
    if (newest === undefined) throw new Error('no worker was started');
    return newest;
  };

  return {
    ...{ cluster, folder, stateFolder, simulator, journal, temporal, handle },
    ...{ speed: scenario.speed, store: equipment.store, standIns: equipment.standIns, secrets: secrets.seen },
    get worker() {
      return last().worker;
    },
    get proxy() {
      return last().proxy;
    },
    async startWorker() {
      const proxy = await startProxy(temporal.address);
      const worker = startWorkerProcess({
        ...{ program: theatre.workerProgram, temporalAddress: proxy.address, stateFolder },
        ...{ configFile: equipment.configFile, environment: equipment.environment },
        logFile: join(folder, `worker-${started.length + 1}.log`),
      });
      started.push({ worker, proxy });
    },
    callCount: () => journal.arrivals().length,
    async activitiesThatMake(call) {
      const atWork = await activitiesAtWork(handle);
      return atWork.filter((activity) => scenario.makes(activity, call)).map(({ id }) => id);
    },
    async areFinished(activities) {
      const finished = await finishedActivities(handle);
      return activities.every((id) => finished.has(id));
    },
    async close(keep) {
      await Promise.all(started.map(({ worker }) => worker.kill()));
      await Promise.all(started.map(({ proxy }) => proxy.close()));
      secrets.stop();
      await equipment.close();
      await simulator.close();
      const kept = keep ? join(theatre.evidenceFolder, cluster) : undefined;
      if (kept !== undefined) await cp(folder, kept, { recursive: true });
      // A program that a dead worker had started may still be ending.
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      return kept;
    },
  };
}

const lookEveryMs = 5;

/** Looks often enough that no token comes and goes unseen: each is there for a command's time at the least. */
function watchSecrets({ control }: Simulator): {
  readonly seen: ReadonlySet<string>;
  readonly stop: () => void;
} {
  const seen = new Set<string>();
  const look = () => {
    for (const { tokens } of control.cluster.access.users.values()) {
      for (const { secret } of tokens.values()) seen.add(secret);
    }
  };
  const timer = setInterval(look, lookEveryMs);
  return { seen, stop: () => clearInterval(timer) };
}
