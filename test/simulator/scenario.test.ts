import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { startSimulator } from '../../simulator';
import { loadScenario, parseScenario } from '../../simulator/scenario/load';
import { send, smallScenario } from './client';

test('every problem of a scenario is told at once', () => {
  const bad = {
    nodes: [{ name: 'pve 01', memory: 'lots' }],
    guests: [{ vmid: 99, node: 'pve01' }],
    nonsense: 1,
  };
  expect(() => parseScenario(bad)).toThrow(
    /nodes\[0\]\.name[\s\S]*nodes\[0\]\.memory[\s\S]*guests\[0\]\.vmid/,
  );
});

test('a guest on an unknown node is refused', () => {
  expect(() => parseScenario({ nodes: [{ name: 'pve01' }], guests: [{ vmid: 100, node: 'pve02' }] })).toThrow(
    'guest 100 is on the unknown node pve02',
  );
});

test('the shipped scenarios hold what their names say', () => {
  expect(loadScenario('three-nodes')).toMatchObject({ nodes: { length: 3 }, guests: { length: 12 } });
  expect(loadScenario('thirty-nodes').nodes).toHaveLength(30);
  const generated = loadScenario('one-thousand-guests').generate.reduce((sum, { count }) => sum + count, 0);
  expect(generated).toBe(1000);
});

test('disks of guests are volumes, on their node or shared', async () => {
  const simulator = await startSimulator({ scenario: { file: 'three-nodes' } });
  const { volumes, storages } = simulator.control.cluster;
  expect(simulator.control.guest(1001).volumes).toHaveLength(3);
  expect(volumes.find('local-lvm:vm-1001-disk-1', 'pve01')).toMatchObject({
    node: 'pve01',
    sizeBytes: 16 * 1024 ** 3,
  });
  expect(volumes.find('local-lvm:vm-1001-disk-1', 'pve02')).toBeUndefined();
  expect(volumes.find('nas:1004/vm-1004-disk-1.qcow2', 'pve03')).toMatchObject({
    node: undefined,
    format: 'qcow2',
  });
  expect(storages.get('nas')?.shared).toBe(true);
  await simulator.close();
});

test('version 9 answers as 9 does', async () => {
  const simulator = await startSimulator({ scenario: { ...smallScenario, version: '9' }, speed: 100 });
  expect((await send(simulator, { path: '/version' })).json).toMatchObject({ data: { release: '9.2' } });
  const refused = await send(simulator, {
    path: '/version',
    authorization: 'PVEAPIToken=admin@pve!test=wrong',
  });
  expect(refused).toMatchObject({ status: 401, reason: 'Authentication failed!' });
  await simulator.close();
});

test('certificates that are kept have the same fingerprints after a restart', async () => {
  const certificateFolder = mkdtempSync(path.join(tmpdir(), 'certificates-'));
  const first = await startSimulator({ scenario: smallScenario, certificateFolder });
  await first.close();
  const second = await startSimulator({ scenario: smallScenario, certificateFolder });
  expect(second.nodes.map(({ fingerprintSha256 }) => fingerprintSha256)).toEqual(
    first.nodes.map(({ fingerprintSha256 }) => fingerprintSha256),
  );
  await second.close();
  rmSync(certificateFolder, { recursive: true });
});

test('a scenario without users gets the token of the project', async () => {
  const simulator = await startSimulator({ scenario: { nodes: [{ name: 'pve01' }] } });
  expect(simulator.token?.id).toBe('claude-code@pve!automation');
  const authorization = `PVEAPIToken=${simulator.token?.id ?? ''}=${simulator.token?.secret ?? ''}`;
  expect((await send(simulator, { path: '/nodes/pve01/status', authorization })).status).toBe(200);
  await simulator.close();
});

test('a clone of the template of debian-template has a guest agent: clusters of it get ready', async () => {
  const simulator = await startSimulator({ scenario: { file: 'debian-template' }, speed: 1000 });
  const authorization = `PVEAPIToken=${simulator.token?.id ?? ''}=${simulator.token?.secret ?? ''}`;
  const post = async (what: string, form: Record<string, string> = {}) => {
    const asked = { method: 'POST', path: `/nodes/pve01/qemu/${what}`, form, authorization };
    return z.object({ data: z.unknown() }).parse((await send(simulator, asked)).json).data;
  };
  const run = async (what: string, form?: Record<string, string>) => {
    const task = simulator.control.cluster.tasks.find(String(await post(what, form)), 'pve01');
    await task?.finished;
    expect(task?.exitStatus).toBe('OK');
  };
  await run('900/clone', { newid: '1002', name: 'k3s-dev-server-1' });
  await run('1002/status/start');
  expect(await post('1002/agent/ping')).toEqual({ result: {} });
  await simulator.close();
});
