import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { makeTelemetryFilterString, type NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { version } from '../../package.json';
import { workerIdentity } from '../domain/workerIdentity';
import { freePort } from './freePort';
import { serveHealth, type WorkerHealth } from './workerHealth';
import { temporalLogger, type WorkerLog } from './workerLog';
import { workerTuning } from './workerTuning';

/** Where the workflow code is. */
export type WorkflowSource =
  /** Made by the build: starts fast. */
  | { readonly kind: 'bundle'; readonly codePath: string }
  /** Bundled at start: for development. */
  | { readonly kind: 'source'; readonly workflowsPath: string };

/** On which addresses a worker tells about itself. */
export interface WorkerEndpoints {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Port of the health endpoint. Default 0: a free one. */
  readonly healthPort?: number;
  /** Port of the Prometheus metrics (`/metrics`). Default 0: a free one. */
  readonly metricsPort?: number;
}

/** What a worker process runs. */
export interface WorkerRunOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly workflows: WorkflowSource;
  readonly activities: object;
  readonly health: WorkerEndpoints;
  /** Where `http://.../metrics` is, as `installRuntime` said. */
  readonly metricsUrl: string;
  readonly log: WorkerLog;
}

const host = '127.0.0.1';

/**
 * Sets up the SDK's runtime of this process: its messages into our log, Prometheus metrics, and drain on
 * SIGTERM, SIGINT and SIGQUIT. Once a process, before anything else of the SDK. Returns where the metrics are.
 */
export async function installRuntime(endpoints: WorkerEndpoints, log: WorkerLog): Promise<string> {
  const port =
    endpoints.metricsPort === undefined || endpoints.metricsPort === 0
      ? await freePort()
      : endpoints.metricsPort;
  const bindAddress = `${endpoints.host ?? host}:${port}`;
  Runtime.install({
    logger: temporalLogger(log),
    shutdownSignals: ['SIGTERM', 'SIGINT', 'SIGQUIT'],
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} },
      metrics: { prometheus: { bindAddress, unitSuffix: true, countersTotalSuffix: true } },
    },
  });
  return `http://${bindAddress}/metrics`;
}

/**
 * Runs a worker until it is told to drain (a signal) and has drained. One log line with `"event":"ready"`
 * tells a parent process that it polls, where its health and metrics are, and who it is.
 * Rejects if the worker fails, or if activities did not end within the shutdown's time.
 */
export async function runTemporalWorker(options: WorkerRunOptions): Promise<void> {
  const { connection, namespace, taskQueue, workflows, activities, log, metricsUrl } = options;
  const identity = workerIdentity({ pid: process.pid, host: hostname(), taskQueue, version });
  let worker: Worker | undefined;
  const { host: healthHost = host, healthPort = 0 } = options.health;
  const health = await serveHealth(healthHost, healthPort, () => healthOf(worker, taskQueue, identity));
  try {
    worker = await Worker.create({
      ...workerTuning,
      ...{ connection, namespace, taskQueue, identity, activities },
      ...(workflows.kind === 'bundle'
        ? { workflowBundle: { codePath: workflows.codePath } }
        : { workflowsPath: workflows.workflowsPath }),
    });
    const ended = worker.run();
    if (await startsPolling(worker, ended)) {
      const facts = { taskQueue, namespace, identity, healthUrl: health.url, metricsUrl };
      log.info({ event: 'ready', ...facts }, 'Worker ready');
    }
    await ended;
    log.info({ event: 'drained', taskQueue }, 'Worker drained');
  } finally {
    await health.close();
  }
}

/** Returns true once the worker asks its task queue for work, false if it ends before. */
async function startsPolling(worker: Worker, ended: Promise<void>): Promise<boolean> {
  const run = { isOver: false };
  const markOver = () => {
    run.isOver = true;
  };
  const over = ended.then(markOver, markOver);
  while (!run.isOver && !worker.getStatus().hasOutstandingWorkflowPoll) {
    await Promise.race([delay(10), over]);
  }
  return !run.isOver;
}

function healthOf(worker: Worker | undefined, taskQueue: string, identity: string): WorkerHealth {
  const status = worker?.getStatus();
  return {
    healthy: status?.runState === 'RUNNING',
    ...{ state: status?.runState ?? 'STARTING', taskQueue, identity },
    runningActivities: status?.numInFlightActivities ?? 0,
  };
}
