import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/temporalBundle';
import { runTestWorker, testClient, uniqueName } from '../support/temporal';

const packages = ['activity', 'client', 'common', 'envconfig', 'proto', 'testing', 'worker', 'workflow'];
const fromWorker = createRequire(require.resolve('@temporalio/worker'));

test('all of @temporalio loads one protobufjs, of version 8', () => {
  const loaded = packages.map((name) =>
    createRequire(fromWorker.resolve(`@temporalio/${name}`)).resolve('protobufjs'),
  );
  expect(new Set(loaded).size).toBe(1);
  const manifest = resolve(dirname(loaded[0] ?? ''), 'package.json');
  expect(readFileSync(manifest, 'utf8')).toMatch(/"version": "8\./);
});

test('all of @temporalio has one version', () => {
  const versions = packages.map((name) => {
    const manifest: unknown = JSON.parse(
      readFileSync(resolve(__dirname, `../../node_modules/@temporalio/${name}/package.json`), 'utf8'),
    );
    return manifest instanceof Object && 'version' in manifest ? manifest.version : undefined;
  });
  expect(new Set(versions).size).toBe(1);
});

test('a history that was written as JSON can be replayed', async () => {
  const workflowsPath = resolve(__dirname, '../support/temporalTinyWorkflows.ts');
  const taskQueue = uniqueName('replay');
  const { client, close } = await testClient();
  const activities = { greet: (name: string) => Promise.resolve(`Hello ${name}`) };
  const worker = await runTestWorker({ taskQueue, workflowsPath, activities });
  const handle = await client.workflow.start('greeting', {
    ...{ taskQueue, workflowId: taskQueue, args: [{ name: 'pve02' }] },
  });
  await handle.result();
  await worker.stop();
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
  await close();
  const codePath = await workflowBundle(workflowsPath);
  await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, taskQueue);
});
