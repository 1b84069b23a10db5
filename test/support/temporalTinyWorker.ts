import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { connectWorker } from '../../src/temporal/workerConnection';
import { createWorkerLog } from '../../src/temporal/workerLog';
import { installRuntime, runTemporalWorker } from '../../src/temporal/workerRun';

/** A worker process with the tiny workflows: `node temporalTinyWorker.js <task queue> <bundle>`; Temporal by TEMPORAL_*. */
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

async function main(taskQueue: string, codePath: string): Promise<void> {
  const log = createWorkerLog('info');
  const metricsUrl = await installRuntime({}, log);
  const { connection, settings } = await connectWorker();
  await runTemporalWorker({
    ...{ connection, namespace: settings.namespace, taskQueue, activities, log, metricsUrl },
    workflows: { kind: 'bundle', codePath },
    health: {},
  });
  await connection.close();
}

const [, , taskQueue = '', bundle = ''] = process.argv;
void main(taskQueue, bundle);
