import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClient, connectionSettings } from '../../src/temporal/connection';
import { forgetDeadServer } from '../../src/temporal/embeddedServer';
import { connectWorker } from '../../src/temporal/workerConnection';
import { serverStateFolder } from '../support/temporalRun';
import { temporalServer, testConnectionSettings } from '../support/temporal';

const variables = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_CONFIG_FILE', 'PXM_STATE_FOLDER'];
let folder: string;
let before: (string | undefined)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pxm-connection-'));
  before = variables.map((name) => process.env[name]);
  for (const name of variables) Reflect.deleteProperty(process.env, name);
  process.env['TEMPORAL_CONFIG_FILE'] = join(folder, 'temporal.toml');
  process.env['PXM_STATE_FOLDER'] = folder;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const [index, name] of variables.entries()) {
    const value = before[index];
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
});

const profile = '[profile.default]\naddress = "temporal.example:7233"\nnamespace = "pve"\n';

test('temporal.toml names the server, as for the temporal CLI', async () => {
  writeFileSync(join(folder, 'temporal.toml'), profile);
  await expect(connectionSettings()).resolves.toMatchObject({
    address: 'temporal.example:7233',
    namespace: 'pve',
  });
});

test('TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE come before temporal.toml', async () => {
  writeFileSync(join(folder, 'temporal.toml'), profile);
  process.env['TEMPORAL_ADDRESS'] = 'other.example:7233';
  process.env['TEMPORAL_NAMESPACE'] = 'lab';
  await expect(connectionSettings()).resolves.toMatchObject({
    address: 'other.example:7233',
    namespace: 'lab',
  });
});

test('without settings the embedded server is used if it runs, else the default address', async () => {
  await expect(connectionSettings()).resolves.toMatchObject({
    address: '127.0.0.1:7233',
    source: 'the default',
  });
  const { address } = await temporalServer();
  process.env['PXM_STATE_FOLDER'] = serverStateFolder();
  await expect(connectionSettings()).resolves.toMatchObject({ address, source: 'the embedded server' });
});

test('an embedded server that has died is named, and no other one is taken for it', async () => {
  const died = { pid: 1_999_999_999, port: 33_403, uiPort: 33_404 };
  writeFileSync(join(folder, 'temporal-server.json'), JSON.stringify(died));
  await expect(connectionSettings()).rejects.toMatchObject({
    code: 'TemporalUnreachable',
    problem: {
      attempted: expect.stringContaining('127.0.0.1:33403') as string,
      remedy: expect.stringContaining('pxm up') as string,
    },
  });
});

test('an embedded server that lives and is silent is told apart from one that has died, and only that one is forgotten', async () => {
  const commandLine = ['-e', 'setInterval(() => {}, 60_000)', 'start-dev', join(folder, 'temporal.db')];
  const silent = spawn(process.execPath, commandLine, { stdio: 'ignore' });
  try {
    await once(silent, 'spawn');
    // What answers at its port is another one.
    const port = Number((await temporalServer()).address.split(':')[1]);
    const state = { pid: silent.pid, port, uiPort: port, clusterId: 'its own' };
    writeFileSync(join(folder, 'temporal-server.json'), JSON.stringify(state));
    await forgetDeadServer(folder);
    await expect(connectionSettings()).rejects.toMatchObject({
      code: 'TemporalUnreachable',
      problem: { failed: expect.stringContaining('its process lives') as string },
    });
  } finally {
    silent.kill('SIGKILL');
    await once(silent, 'exit');
  }
  await expect(connectionSettings()).rejects.toMatchObject({
    problem: { failed: expect.stringContaining('it was killed') as string },
  });
  await forgetDeadServer(folder);
  await expect(connectionSettings()).resolves.toMatchObject({ source: 'the default' });
});

test('a broken temporal.toml is a problem of the configuration', async () => {
  writeFileSync(join(folder, 'temporal.toml'), '[profile.default\n');
  await expect(connectionSettings()).rejects.toMatchObject({ code: 'ConfigInvalid' });
});

test('client and worker connect to the same server', async () => {
  const settings = await testConnectionSettings();
  const client = await connectClient(settings);
  const worker = await connectWorker(settings);
  const seen = await Promise.all(
    [client.connection, worker.connection].map((it) => it.workflowService.getClusterInfo({})),
  );
  expect(seen[0]?.clusterId).toBe(seen[1]?.clusterId);
  await worker.connection.close();
  await client.close();
});

test('a server that does not answer is named, with where its address came from', async () => {
  process.env['TEMPORAL_ADDRESS'] = '127.0.0.1:1';
  for (const connect of [() => connectClient(), () => connectWorker()]) {
    const connected = connect();
    await expect(connected).rejects.toMatchObject({ code: 'TemporalUnreachable' });
    await expect(connected).rejects.toThrow(
      'connecting to Temporal at 127.0.0.1:1 (from temporal.toml or TEMPORAL_*)',
    );
  }
});
