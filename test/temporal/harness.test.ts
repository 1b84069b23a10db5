import { resolve } from 'node:path';
import { defineSearchAttributeKey } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { runTestWorker, testClient, timeSkippingEnvironment, uniqueName } from '../support/temporal';
import { workflowBundle } from '../support/temporalBundle';

const workflowsPath = resolve(__dirname, '../support/temporalTinyWorkflows.ts');

test('a workflow and its activity run on the one server of the run', async () => {
  const taskQueue = uniqueName('tiny');
  const { client, close } = await testClient();
  const worker = await runTestWorker({
    taskQueue,
    workflowsPath,
    activities: { greet: (name: string) => Promise.resolve(`Hello ${name}`) },
  });
  const said: unknown = await client.workflow.execute('greeting', {
    taskQueue,
    workflowId: uniqueName('greeting'),
    args: [{ name: 'pve01' }],
    typedSearchAttributes: [
      { key: defineSearchAttributeKey('PveCluster', 'KEYWORD'), value: 'homelab' },
      { key: defineSearchAttributeKey('PveVmids', 'KEYWORD_LIST'), value: ['101', '102'] },
    ],
  });
  await worker.stop();
  await close();
  expect(said).toBe('Hello pve01');
});

test('the time-skipping server sleeps a day in no time', async () => {
  const environment = await timeSkippingEnvironment();
  try {
    const taskQueue = uniqueName('skip');
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue,
      workflowBundle: { codePath: await workflowBundle(workflowsPath) },
    });
    const slept = worker.runUntil(
      environment.client.workflow.execute('sleepADay', {
        taskQueue,
        workflowId: uniqueName('sleep'),
        typedSearchAttributes: [{ key: defineSearchAttributeKey('PveNode', 'KEYWORD'), value: 'pve01' }],
      }),
    );
    await expect(slept).resolves.toBe('slept');
  } finally {
    await environment.teardown();
  }
});
