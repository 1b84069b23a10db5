#!/usr/bin/env node
import { createActivities } from './activities';
import { checkClusterConfig, loadClusterConfig } from './config/load';
import { locateClusterConfig } from './config/locate';
import { knownHostsFile, reportsFolder, talosFolder } from './config/paths';
import { describeConfigProblems } from './config/problems';
import { exitCodes } from './domain/exitCodes';
import { ManagerError } from './domain/errors';
import { taskQueueOf } from './domain/names';
import { createProxmoxClient } from './proxmox/client';
import { createPassphraseProvider } from './ssh/access/passphraseProvider';
import { ownTerminal } from './ssh/access/terminalPassphrases';
import { createSsh } from './ssh/ssh';
import { createTaskPoller } from './proxmox/tasks/poller';
import { removeAllLeftovers } from './talos/folder';
import { connectClient, connectionSettings } from './temporal/connection';
import { connectWorker } from './temporal/workerConnection';
import { forbidDiagnosticReports } from './temporal/diagnosticReports';
import { ensureSearchAttributes } from './temporal/searchAttributes';
import { readWorkerArguments, type WorkerOptions, workerUsage } from './temporal/workerArguments';
import { createWorkerLog, type WorkerLog } from './temporal/workerLog';
import { installRuntime, runTemporalWorker } from './temporal/workerRun';
import { openCredentials } from './temporal/workerCredentials';
import { workflowSource } from './temporal/workflowSource';

/**
 * Runs the worker of one Proxmox cluster until a signal drains it: configuration, credentials, Temporal,
 * search attributes, activities, workflows. Throws ManagerError `ConfigInvalid`, or `TemporalUnreachable`
 * where the server or its search attributes are missing.
 */
export async function runWorker(options: WorkerOptions, log: WorkerLog): Promise<void> {
  const configFile = locateClusterConfig(options.configFile);
  const config = loadClusterConfig(configFile, ['cluster.ca_file']);
  await removeAllLeftovers(talosFolder());
  warnOfTokenFile(configFile, log);
  const endpoints = { ...config.worker, ...options.endpoints };
  const metricsUrl = await installRuntime(endpoints, log);
  const credentials = await openCredentials(config.credentials, log);
  const settings = await connectionSettings();
  const client = await connectClient(settings);
  try {
    const registered = await ensureSearchAttributes(client.connection, settings.namespace);
    if (registered.length > 0) log.info({ registered }, 'Search attributes registered');
    const { connection } = await connectWorker(settings);
    const proxmox = createProxmoxClient({ cluster: config.cluster, credentials });
    const poller = createTaskPoller(proxmox);
    const ssh = createSsh({
      ownKnownHostsFile: knownHostsFile(),
      passphraseFor: createPassphraseProvider(config.sshKeyPassPath, ownTerminal()),
    });
    try {
      await runTemporalWorker({
        ...{ connection, namespace: settings.namespace, taskQueue: taskQueueOf(config.cluster.name) },
        ...{ workflows: workflowSource(), health: endpoints, metricsUrl, log },
        activities: createActivities({
          ...{ config, proxmox, poller, credentials, ssh, temporal: client.client },
          reportsFolder: reportsFolder(),
        }),
      });
    } finally {
      poller.close();
      ssh.close();
      await proxmox.close();
      await connection.close();
    }
  } finally {
    await client.close();
  }
}

/** A token file that is missing pauses operations until it is there; it does not keep the worker from starting. */
function warnOfTokenFile(configFile: string, log: WorkerLog): void {
  const { problems } = checkClusterConfig(configFile, ['credentials.file']);
  if (problems.length === 0) return;
  log.warn({ problems: describeConfigProblems(problems) }, 'The API token can not be read yet');
}

async function main(): Promise<void> {
  forbidDiagnosticReports();
  const earlyLog = createWorkerLog('info');
  try {
    const options = readWorkerArguments();
    if (options === undefined) {
      process.stdout.write(`${workerUsage}\n`);
      return;
    }
    await runWorker(options, createWorkerLog(options.logLevel ?? 'info'));
  } catch (error) {
    process.exitCode = reportFailure(error, earlyLog);
  }
  // The SDK's runtime, once set up without a worker, would keep the process alive for ever.
  process.exit();
}

function reportFailure(error: unknown, log: WorkerLog): number {
  if (!(error instanceof ManagerError)) {
    log.fatal({ event: 'failed', error }, 'Worker failed');
    return exitCodes.incomplete;
  }
  const { code, attempted, failed, remedy } = error.problem;
  log.fatal({ event: 'failed', code, attempted, failed, remedy }, 'Worker failed');
  return code === 'ConfigInvalid' || code === 'InputInvalid' ? exitCodes.badInput : exitCodes.incomplete;
}

if (require.main === module) void main();
