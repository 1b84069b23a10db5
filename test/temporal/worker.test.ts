import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { builtPackage } from '../client/support/builtPackage';
import { workflowBundle } from '../support/temporalBundle';
import { condition } from '../support/temporalCondition';
import { startWorkerProcess, type WorkerProcess } from '../support/temporalWorkerProcess';
import { temporalServer, testClient, uniqueName } from '../support/temporal';

const tinyWorker = 'test/support/temporalTinyWorker.ts';
const tinyWorkflows = resolve(__dirname, '../support/temporalTinyWorkflows.ts');
const folder = mkdtempSync(join(tmpdir(), 'pxm-worker-'));
/** What long work waits for lies here, not beside what workers could leave. */
const gates = mkdtempSync(join(tmpdir(), 'pxm-gates-'));
/** `npm ci` and `npm run build` make it. */
const builtWorker = resolve(__dirname, '../../dist/src/worker.js');
const running: WorkerProcess[] = [];

function start(
  program: string,
  programArguments: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): WorkerProcess {
  const worker = startWorkerProcess(program, programArguments, variables, folder);
  running.push(worker);
  return worker;
}

afterEach(async () => {
  for (const worker of running.splice(0)) {
    worker.kill('SIGKILL');
    await worker.ended;
  }
});
afterAll(() => {
  for (const each of [folder, gates]) rmSync(each, { recursive: true });
});

/** Resolves once the worker has begun to drain. */
async function draining(worker: WorkerProcess): Promise<void> {
  await worker.line((line) => line.state === 'STOPPING' || line.state === 'DRAINING');
}

async function startTinyWorker(taskQueue: string): Promise<WorkerProcess> {
  const { address } = await temporalServer();
  const program = (await builtPackage()).program(tinyWorker);
  const worker = start(program, [taskQueue, await workflowBundle(tinyWorkflows)], {
    TEMPORAL_ADDRESS: address,
  });
  await worker.line((line) => line.event === 'ready');
  return worker;
}

test('SIGTERM drains: the running activity ends, in its first attempt, and the process ends with 0', async () => {
  const taskQueue = uniqueName('drain');
  const worker = await startTinyWorker(taskQueue);
  const { client, close } = await testClient();
  const until = join(gates, taskQueue);
  const handle = await client.workflow.start('longWork', {
    ...{ taskQueue, workflowId: taskQueue, args: [{ until }] },
  });
  await condition('the activity runs', async () => {
    const { raw } = await handle.describe();
    return (raw.pendingActivities ?? []).some(({ lastStartedTime }) => lastStartedTime != null);
  });
  worker.kill('SIGTERM');
  await draining(worker);
  writeFileSync(until, '');
  await expect(worker.ended).resolves.toEqual({ code: 0, signal: null });
  expect(worker.lines.map((line) => line.event)).toContain('drained');

  await startTinyWorker(taskQueue);
  await expect(handle.result()).resolves.toBe(1);
  await close();
});

test('the health endpoint answers 200 while it polls and 503 while it drains; metrics are served', async () => {
  const taskQueue = uniqueName('health');
  const worker = await startTinyWorker(taskQueue);
  const { client, close } = await testClient();
  const ready = await worker.line((line) => line.event === 'ready');
  const healthUrl = ready.healthUrl ?? '';
  const healthy = await fetch(healthUrl);
  expect(healthy.status).toBe(200);
  expect(await healthy.json()).toMatchObject({ healthy: true, state: 'RUNNING', taskQueue });
  expect((await fetch(new URL('/other', healthUrl))).status).toBe(404);
  expect(await (await fetch(ready.metricsUrl ?? '')).text()).toContain(`task_queue="${taskQueue}"`);

  const until = join(gates, taskQueue);
  const handle = await client.workflow.start('longWork', {
    ...{ taskQueue, workflowId: taskQueue, args: [{ until }] },
  });
  await condition('the activity runs', async () => {
    const told: unknown = await (await fetch(healthUrl)).json();
    return JSON.stringify(told).includes('"runningActivities":1');
  });
  worker.kill('SIGTERM');
  await draining(worker);
  const told = await fetch(healthUrl);
  expect(told.status).toBe(503);
  expect(await told.json()).toMatchObject({ healthy: false, taskQueue });
  writeFileSync(until, '');
  await worker.ended;
  await handle.terminate();
  await close();
});

test('SIGABRT leaves neither a core file nor a diagnostic report', async () => {
  const worker = await startTinyWorker(uniqueName('abort'));
  if (process.platform === 'linux') {
    expect(readFileSync(`/proc/${worker.pid}/limits`, 'utf8')).toMatch(/^Max core file size\s+0\s+0\s/m);
  }
  worker.kill('SIGABRT');
  await expect(worker.ended).resolves.toEqual({ code: null, signal: 'SIGABRT' });
  expect(readdirSync(folder)).toEqual([]);
});

test('a broken configuration ends the worker with exit code 2 and one line that names each problem', async () => {
  const config = join(folder, 'broken.yaml');
  writeFileSync(config, 'cluster:\n  nam: homelab\n');
  const worker = start(builtWorker, ['--config', config]);
  await expect(worker.ended).resolves.toEqual({ code: 2, signal: null });
  rmSync(config);
  expect(worker.lines).toHaveLength(1);
  expect(worker.lines[0]).toMatchObject({ level: 'fatal', code: 'ConfigInvalid' });
  expect(JSON.stringify(worker.lines)).toContain('broken.yaml:2:');
});

test('an unknown option ends the worker with exit code 2', async () => {
  const worker = start(builtWorker, ['--nonsense']);
  await expect(worker.ended).resolves.toEqual({ code: 2, signal: null });
  expect(worker.lines[0]).toMatchObject({ code: 'InputInvalid' });
});

test('without a Temporal server the worker says which address it tried, and ends with exit code 1', async () => {
  const config = join(folder, 'cluster-config.yaml');
  writeFileSync(config, configText);
  const worker = start(builtWorker, ['--config', config], {
    ...{ TEMPORAL_ADDRESS: '127.0.0.1:1', ...token },
  });
  await expect(worker.ended).resolves.toEqual({ code: 1, signal: null });
  rmSync(config);
  expect(worker.lines[0]).toMatchObject({ code: 'TemporalUnreachable' });
  expect(JSON.stringify(worker.lines)).toContain('127.0.0.1:1 (from temporal.toml or TEMPORAL_*)');
});

test('the built package starts, polls its queue within ten seconds, and shows its token nowhere', async () => {
  const config = join(folder, 'cluster-config.yaml');
  writeFileSync(config, configText);
  const { address, namespace } = await temporalServer();
  const startedMs = Date.now();
  const worker = start(builtWorker, ['--config', config], {
    ...{ TEMPORAL_ADDRESS: address, PXM_STATE_FOLDER: folder, ...token },
  });
  await worker.line((line) => line.event === 'ready');
  expect(Date.now() - startedMs - waitedForProcessorMs(worker.pid)).toBeLessThan(10_000);
  const { connection, close } = await testClient();
  await condition('the server sees it poll', async () => {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      ...{ namespace, taskQueue: { name: 'proxmox/worker-test' } },
    });
    return pollers.some((it) => it.identity?.startsWith(`${worker.pid}@`));
  });
  await close();
  worker.kill('SIGINT');
  await expect(worker.ended).resolves.toEqual({ code: 0, signal: null });
  rmSync(config);
  expect(JSON.stringify(worker.lines)).not.toContain(token.PVE_TOKEN_SECRET);
});

/** How long a process has waited for the processor: others' doing. 0 where the system does not tell. */
function waitedForProcessorMs(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' '),
    );
    return Math.max(...threads.map(([, waitedNs]) => Number(waitedNs) / 1e6));
  } catch {
    return 0;
  }
}

test('the built package marks its commands as executable', () => {
  expect(
    execFileSync(resolve(__dirname, '../../dist/src/client/main.js'), ['--help'], { encoding: 'utf8' }),
  ).toContain('evacuate');
});

const token = {
  PVE_TOKEN_ID: 'robot@pve!worker',
  PVE_TOKEN_SECRET: '3f0c2a41-canary-4c0f-9b1e-aa55e1d0c0de',
};
const configText = `
cluster:
  name: worker-test
  nodes:
    - { name: pve01, host: 127.0.0.1 }
credentials:
  environment: { token_id: PVE_TOKEN_ID, token_secret: PVE_TOKEN_SECRET }
`;
