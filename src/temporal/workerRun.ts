import { hostname } from 'node:os';
import { makeTelemetryFilterString, type NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { freePort } from './freePort';
import { type HealthEndpoint, serveHealth, type WorkerHealth } from './workerHealth';
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
  const { connection, namespace, taskQueue, workflows, activities, log } = options;
  const identity = `${process.pid}@${hostname()} ${taskQueue}`;
  const worker = await Worker.create({
    ...workerTuning,
    ...{ connection, namespace, taskQueue, identity, activities },
    ...(workflows.kind === 'bundle'
      ? { workflowBundle: { codePath: workflows.codePath } }
      : { workflowsPath: workflows.workflowsPath }),
  });
  const ended = worker.run();
  let health: HealthEndpoint | undefined;
  try {
    const { host: healthHost = host, healthPort = 0 } = options.health;
    health = await serveHealth(healthHost, healthPort, () => healthOf(worker, taskQueue, identity));
    const urls = { healthUrl: health.url, metricsUrl: options.metricsUrl };
    log.info({ event: 'ready', taskQueue, namespace, identity, ...urls }, 'Worker ready');
    await ended;
  } catch (error) {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await ended;
    throw error;
  } finally {
    await health?.close();
  }
  log.info({ event: 'drained', taskQueue }, 'Worker drained');
}

function healthOf(worker: Worker, taskQueue: string, identity: string): WorkerHealth {
  const { runState, numInFlightActivities } = worker.getStatus();
  return {
    healthy: runState === 'RUNNING',
    ...{ state: runState, taskQueue, identity },
    runningActivities: numInFlightActivities,
  };
}
