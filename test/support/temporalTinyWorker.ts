import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { connectWorker } from '../../src/temporal/workerConnection';
import { createWorkerLog } from '../../src/temporal/workerLog';
import { installRuntime, runTemporalWorker } from '../../src/temporal/workerRun';

/** A worker process with the tiny workflows: `tsx temporalTinyWorker.ts <task queue>`; Temporal by TEMPORAL_*. */
const activities = {
  greet: (name: string) => Promise.resolve(`Hello ${name}`),
  async work({ steps }: { readonly steps: number }) {
    for (let step = 1; step <= steps; step += 1) {
      await delay(100);
      Context.current().heartbeat({ step });
    }
    return Context.current().info.attempt;
  },
};

async function main(taskQueue: string): Promise<void> {
  const log = createWorkerLog('info');
  const metricsUrl = await installRuntime({}, log);
  const { connection, settings } = await connectWorker();
  await runTemporalWorker({
    ...{ connection, namespace: settings.namespace, taskQueue, activities, log, metricsUrl },
    workflows: { kind: 'source', workflowsPath: resolve(__dirname, 'temporalTinyWorkflows.ts') },
    health: {},
  });
  await connection.close();
}

void main(process.argv[2] ?? '');
