import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { startSimulator, type ScenarioInput, type Simulator } from '../../../simulator';
import type { Task } from '../../../simulator/tasks/task';
import { createActivities } from '../../../src/activities';
import { loadClusterConfig } from '../../../src/config/load';
import { createCredentialProvider } from '../../../src/credentials/provider';
import { createCredentialStore } from '../../../src/credentials/store';
import type { Decision, DecisionChoice } from '../../../src/domain/decision';
import type { EvacuationPlan, EvacuationRequest } from '../../../src/domain/evacuationPlan';
import { evacuationWorkflowId, shownPlanHashLength, taskQueueOf } from '../../../src/domain/names';
import type { OperationProgress } from '../../../src/domain/progress';
import type { EvacuationReport } from '../../../src/domain/report';
import { createProxmoxClient } from '../../../src/proxmox/client';
import { createSsh } from '../../../src/ssh/ssh';
import { createTaskPoller, type TaskPoller } from '../../../src/proxmox/tasks/poller';
import type { ProxmoxClient } from '../../../src/proxmox/types';
import type { ConnectedClient } from '../../../src/temporal/connection';
import { runTestWorker, testClient, uniqueName, type TestWorker } from '../../support/temporal';
import { waitUntil } from '../../support/waitUntil';

/** How a stage is set. */
export interface StageOptions {
  readonly scenario: ScenarioInput;
  /** Simulated seconds per real second. */
  readonly speed?: number;
  /** Further sections of cluster-config.yaml, as YAML. */
  readonly config?: string;
  /** At most one polling request in so many milliseconds. Default 200: the simulated clusters are as much faster. */
  readonly pollEveryMs?: number;
}

/** A simulated cluster, a worker on the run's Temporal server, and what a test does with them. */
export interface Stage {
  readonly simulator: Simulator;
  readonly cluster: string;
  readonly configFile: string;
  readonly reportsFolder: string;
  readonly temporal: ConnectedClient;
  /** The report files that were written. */
  reportFiles(): Promise<{ readonly mode: number; readonly text: string }[]>;
  startWorker(): Promise<TestWorker>;
  /** Drains all workers of the stage: nobody works until `startWorker`. */
  stopWorkers(): Promise<void>;
  evacuate(request: EvacuationRequest, workflowId?: string): Promise<Evacuation>;
  close(): Promise<void>;
}

/** One evacuation under way. */
export interface Evacuation {
  readonly handle: WorkflowHandle;
  /** Resolves with the plan once it waits for approval. */
  plan(): Promise<EvacuationPlan>;
  approve(plan: EvacuationPlan): Promise<void>;
  /** Plan, then approve it. */
  approved(): Promise<EvacuationPlan>;
  /** Resolves with the first open decision. */
  decision(): Promise<Decision>;
  decide(decision: Decision, choice: DecisionChoice): Promise<void>;
  progress(): Promise<OperationProgress>;
  /** Resolves once the progress fits. */
  until(what: string, fits: (progress: OperationProgress) => boolean): Promise<OperationProgress>;
  report(): Promise<EvacuationReport>;
}

/** Sets a stage for one play and closes it whatever happens. */
export async function onStage(options: StageOptions, play: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await setStage(options);
  try {
    await play(stage);
  } finally {
    await stage.close();
  }
}

/** Resolves with the migration's task once its copy is under way. */
export function copying({ simulator: { control } }: Stage, vmid: number): Promise<Task> {
  return control.waitFor(
    () =>
      control
        .runningTasks({ type: 'qmigrate', id: String(vmid) })
        .find((task) => task.lines.some((line) => line.includes('migration active'))),
    `the copy of VM ${vmid}`,
  );
}

/** Slow enough that what is copied is not copied to its end within the time of any test. */
const slowSpeed = 0.1;

/**
 * Does something while a copy is under way: simulated time goes slowly meanwhile, so that it is, however busy the machine
 * is. `speed`: for what waits for Proxmox meanwhile.
 */
export async function whileCopying<T>(
  stage: Stage,
  vmid: number,
  act: (task: Task) => Promise<T>,
  speed = slowSpeed,
): Promise<T> {
  const { control } = stage.simulator;
  const task = await copying(stage, vmid);
  const before = control.cluster.clock.speed;
  control.setSpeed(speed);
  try {
    return await act(task);
  } finally {
    control.setSpeed(before);
  }
}

/** Sets a stage with one worker. Close it. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'pxm-stage-'));
  const simulator = await startSimulator({ scenario: options.scenario, speed: options.speed ?? 20 });
  const cluster = uniqueName('lab');
  const configFile = await writeConfig(folder, cluster, simulator, options.config ?? '');
  const temporal = await testClient();
  const reportsFolder = join(folder, 'reports');
  const workers: TestWorker[] = [];
  const pollers: TaskPoller[] = [];
  const clients: ProxmoxClient[] = [];

  async function startWorker(): Promise<TestWorker> {
    const config = loadClusterConfig(configFile);
    const credentials = createCredentialStore(createCredentialProvider(config.credentials));
    const proxmox = createProxmoxClient({ cluster: config.cluster, credentials });
    const poller = createTaskPoller(proxmox, { pollEveryMs: options.pollEveryMs ?? 200 });
    const activities = createActivities({
      config,
      proxmox,
      poller,
      credentials,
      ssh: createSsh({ ownKnownHostsFile: join(folder, 'known_hosts'), home: folder, environment: {} }),
      temporal: temporal.client,
      reportsFolder,
    });
    const worker = await runTestWorker({ taskQueue: taskQueueOf(cluster), activities });
    workers.push(worker);
    pollers.push(poller);
    clients.push(proxmox);
    return worker;
  }

  async function stopWorkers(): Promise<void> {
    const stopped = workers.splice(0).map((worker) => worker.stop());
    // Their waits end now, not after the time that a worker gives its activities.
    for (const poller of pollers.splice(0)) poller.close();
    await Promise.all(stopped);
    await Promise.all(clients.splice(0).map((client) => client.close()));
  }

  await startWorker();
  return {
    simulator,
    cluster,
    configFile,
    reportsFolder,
    temporal,
    startWorker,
    stopWorkers,
    reportFiles: () => readFiles(reportsFolder),
    async evacuate(request, workflowId = evacuationWorkflowId(cluster, request.node)) {
      const handle = await temporal.client.workflow.start('evacuateNode', {
        workflowId,
        taskQueue: taskQueueOf(cluster),
        args: [request],
      });
      return evacuationOf(handle);
    },
    async close() {
      await stopWorkers();
      await temporal.close();
      await simulator.close();
      await rm(folder, { recursive: true });
    },
  };
}

function evacuationOf(handle: WorkflowHandle): Evacuation {
  const progress = () => handle.query<OperationProgress>('progress');
  const until: Evacuation['until'] = (what, fits) =>
    waitUntil(what, async () => {
      const now = await progress();
      return fits(now) ? now : undefined;
    });
  const evacuation: Evacuation = {
    handle,
    progress,
    until,
    async plan() {
      await until('a plan that waits for approval', (now) => now.waitingFor === 'approval');
      const plan = await handle.query<EvacuationPlan | null>('plan');
      if (plan === null) throw new Error('there is no plan');
      return plan;
    },
    async approve(plan) {
      const planHash = plan.hash.slice(0, shownPlanHashLength);
      await handle.executeUpdate('approve', { args: [{ planHash, by: 'test' }] });
    },
    async approved() {
      const plan = await evacuation.plan();
      await evacuation.approve(plan);
      return plan;
    },
    decision: () =>
      waitUntil('an open decision', async () => {
        const decisions = await handle.query<Decision[]>('decisions');
        return decisions.find((decision) => decision.answer === undefined);
      }),
    async decide(decision, choice) {
      await handle.executeUpdate('decide', { args: [{ decisionId: decision.id, choice, by: 'test' }] });
    },
    report: () => handle.result() as Promise<EvacuationReport>,
  };
  return evacuation;
}

async function writeConfig(
  folder: string,
  cluster: string,
  simulator: Simulator,
  more: string,
): Promise<string> {
  const token = simulator.token;
  if (token === undefined) throw new Error('the scenario has no token');
  await writeFile(join(folder, 'token'), `${token.id}\n${token.secret}\n`, { mode: 0o600 });
  await writeFile(join(folder, 'ca.pem'), simulator.certificateAuthorityPem);
  const nodes = simulator.nodes.map(
    ({ name, host, port }) => `    - { name: ${name}, host: ${host}, port: ${port} }`,
  );
  const file = join(folder, 'cluster-config.yaml');
  const text = [
    'cluster:',
    `  name: ${cluster}`,
    '  ca_file: ca.pem',
    '  nodes:',
    ...nodes,
    'credentials:',
    '  file: token',
    withSetupTime(more, simulator),
  ].join('\n');
  await writeFile(file, `${text}\n`);
  return file;
}

/** What `pxm simulate` writes as well: at the simulator's speed a migration is set up in less than the default time. */
function withSetupTime(config: string, { network }: Simulator): string {
  if (config.includes('setup_time')) return config;
  const section = `migration:\n  setup_time: ${Math.max(1, Math.round(1000 * network.setupSeconds))}ms`;
  return config.includes('migration:') ? config.replace('migration:', section) : `${section}\n${config}`;
}

async function readFiles(folder: string): Promise<{ readonly mode: number; readonly text: string }[]> {
  const names = await readdir(folder);
  return Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      return { mode: (await stat(file)).mode & 0o777, text: await readFile(file, 'utf8') };
    }),
  );
}
