import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/temporal/childProcess';
import { connectClient } from '../../src/temporal/connection';
import {
  type EmbeddedServer,
  findEmbeddedServer,
  startEmbeddedServer,
} from '../../src/temporal/embeddedServer';
import { readServerState, writeServerState } from '../../src/temporal/embeddedState';
import { condition } from '../support/temporalCondition';
import { temporalExecutable, temporalServer, uniqueName } from '../support/temporal';

let stateFolder: string;
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'pxm-server-'));
});
afterEach(async () => {
  await (await findEmbeddedServer(stateFolder))?.stop();
  rmSync(stateFolder, { recursive: true });
});

async function start(): Promise<EmbeddedServer> {
  return startEmbeddedServer({ stateFolder, executable: await temporalExecutable(), port: 0, uiPort: 0 });
}

function clientOf({ address, namespace }: EmbeddedServer) {
  return connectClient({ address, namespace, options: {}, source: 'the embedded server' });
}

test('a state folder that can not be used is named', async () => {
  const file = join(stateFolder, 'file');
  writeFileSync(file, '');
  const nowhere = process.platform === 'linux' ? ['/proc/nowhere/state'] : [];
  for (const folder of [file, join(file, 'below/it'), ...nowhere]) {
    const started = startEmbeddedServer({ stateFolder: folder, executable: 'none', port: 0, uiPort: 0 });
    await expect(started).rejects.toMatchObject({
      code: 'ConfigInvalid',
      problem: { failed: expect.stringContaining(folder) as string },
    });
  }
});

test('callers at the same time, and later ones, get the same server', async () => {
  const [first, second] = await Promise.all([start(), start()]);
  const third = await start();
  expect([second.pid, third.pid]).toEqual([first.pid, first.pid]);
  expect([first, second].filter((it) => it.alreadyRunning)).toHaveLength(1);
  expect(third).toMatchObject({ alreadyRunning: true, address: first.address, webUiUrl: first.webUiUrl });
});

test('it serves the Web UI, keeps closed workflows 90 days, and has our search attributes', async () => {
  const server = await start();
  expect((await fetch(server.webUiUrl)).status).toBe(200);
  const { connection, close } = await clientOf(server);
  const { namespace } = server;
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  expect(config?.workflowExecutionRetentionTtl?.seconds?.toNumber()).toBe(90 * 24 * 3600);
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  expect(customAttributes).toMatchObject({ PveCluster: 2, PveWaitingFor: 2, PveVmids: 7 });
  await close();
});

test('after kill -9 it starts again at the same address with what it knew', async () => {
  const before = await start();
  const workflowId = uniqueName('survivor');
  const first = await clientOf(before);
  await first.client.workflow.start('anything', { workflowId, taskQueue: workflowId });
  await first.close();
  process.kill(before.pid, 'SIGKILL');
  await condition('it is gone', () => !isAlive(before.pid));
  expect(await findEmbeddedServer(stateFolder)).toBeUndefined();

  const after = await start();
  expect(after).toMatchObject({ address: before.address, webUiUrl: before.webUiUrl, alreadyRunning: false });
  expect(after.pid).not.toBe(before.pid);
  const second = await clientOf(after);
  await expect(second.client.workflow.getHandle(workflowId).describe()).resolves.toMatchObject({
    status: { name: 'RUNNING' },
  });
  await second.close();
});

test('one that is frozen is replaced', async () => {
  const frozen = await start();
  process.kill(frozen.pid, 'SIGSTOP');
  const fresh = await start();
  expect(isAlive(frozen.pid)).toBe(false);
  expect(fresh.pid).not.toBe(frozen.pid);
});

test('stop ends the process and forgets it; the database stays', async () => {
  const server = await start();
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
  expect(await readServerState(stateFolder)).toBeUndefined();
  expect(readFileSync(join(stateFolder, 'temporal.db')).byteLength).toBeGreaterThan(0);
});

test('a server of another folder at the remembered port is not taken for ours', async () => {
  const ours = await start();
  await ours.stop();
  const other = await temporalServer();
  const port = Number(other.address.split(':')[1]);
  await writeServerState(stateFolder, { pid: other.pid, port, uiPort: port });
  expect(await findEmbeddedServer(stateFolder)).toBeUndefined();
});

test('a port that is taken is named', async () => {
  const squatter = createServer();
  await new Promise<void>((done) => squatter.listen(0, '127.0.0.1', done));
  const address = squatter.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const executable = await temporalExecutable();
  const started = startEmbeddedServer({ stateFolder, executable, port, uiPort: 0 });
  await expect(started).rejects.toMatchObject({ code: 'TemporalUnreachable' });
  await expect(started).rejects.toThrow(`port ${port} is taken`);
  await new Promise((done) => squatter.close(done));
});

test('a server that ends by itself is told with its last words', async () => {
  const executable = join(stateFolder, 'temporal');
  writeFileSync(executable, '#!/bin/sh\necho "disk I/O error" >&2\nexit 3\n', { mode: 0o755 });
  const started = startEmbeddedServer({ stateFolder, executable, port: 0, uiPort: 0 });
  await expect(started).rejects.toThrow('disk I/O error');
});

test('it never writes a core file, and sees nothing of our environment but what it needs', async () => {
  process.env['PVE_TOKEN_SECRET'] = 'canary';
  const { pid } = await start();
  delete process.env['PVE_TOKEN_SECRET'];
  if (process.platform !== 'linux') return;
  expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/^Max core file size\s+0\s+0\s/m);
  expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('canary');
});
