import { parseArgs } from 'node:util';
import { ManagerError, problem } from '../domain/errors';
import { logLevels, type WorkerLogLevel } from './workerLog';
import type { WorkerEndpoints } from './workerRun';

/** What a worker process is started with. */
export interface WorkerOptions {
  /** The configuration file. Default: as `locateClusterConfig` finds it. */
  readonly configFile?: string;
  /** Default: the ports of the configuration's `worker` section, else free ones, on 127.0.0.1. */
  readonly endpoints?: WorkerEndpoints;
  /** Default `info`. */
  readonly logLevel?: WorkerLogLevel;
}

/** What `--help` prints. */
export const workerUsage = `Runs the worker of the Proxmox cluster that the configuration names.

  --config <file>        cluster-config.yaml (default: PXM_CONFIG, ./cluster-config.yaml, the user's configuration folder)
  --host <address>       where health and metrics listen (default: 127.0.0.1)
  --health-port <port>   GET /healthz (default: worker.health_port of the configuration, else a free port)
  --metrics-port <port>  GET /metrics for Prometheus (default: worker.metrics_port, else a free port)
  --log-level <level>    ${logLevels.join(', ')} (default: info)

Where Temporal is: temporal.toml and TEMPORAL_* as for the temporal CLI, else the embedded server.
SIGTERM and SIGINT drain it.`;

/** Reads the command line; throws ManagerError `InputInvalid`. Undefined: help was asked for. */
export function readWorkerArguments(): WorkerOptions | undefined {
  const { values } = parse();
  if (values.help) return undefined;
  const endpoints = {
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values['health-port'] === undefined ? {} : { healthPort: portOf(values['health-port']) }),
    ...(values['metrics-port'] === undefined ? {} : { metricsPort: portOf(values['metrics-port']) }),
  };
  const logLevel = logLevels.find((level) => level === values['log-level']);
  if (logLevel === undefined) throw badInput(`--log-level must be one of ${logLevels.join(', ')}`);
  return { ...(values.config === undefined ? {} : { configFile: values.config }), endpoints, logLevel };
}

function parse() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      options: {
        ...{ config: text, host: text, 'health-port': text, 'metrics-port': text },
        'log-level': { type: 'string', default: 'info' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw badInput(error instanceof Error ? error.message : String(error));
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw badInput(`${text} is not a port (0 to 65535)`);
}

function badInput(failed: string): ManagerError {
  return new ManagerError(
    problem('InputInvalid', { attempted: 'reading the command line of the worker', failed }),
  );
}
