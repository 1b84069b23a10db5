import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { connectWorker } from '../../src/temporal/workerConnection';
import { createWorkerLog } from '../../src/temporal/workerLog';
import { installRuntime, runTemporalWorker } from '../../src/temporal/workerRun';

/** A worker process with the tiny workflows: `node temporalTinyWorker.js <task queue> <bundle>`; Temporal by TEMPORAL_*. */
const activities = {
  greet: (name: string) => Promise.resolve(`Hello ${name}`),
  /** Works until the file is there. */
  async work({ until }: { readonly until: string }) {
    while (!existsSync(until)) {
      await delay(50);
      Context.current().heartbeat();
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
