import { z } from 'zod';
import { endProcess } from '../../simulator/cluster/guest-processes';
import type { Task } from '../../simulator/tasks/task';
import type { TaskWorker } from '../../simulator/tasks/worker';
import { send, useSimulator } from './client';

const simulator = useSimulator({ speed: 1 });
const resources = z.object({
  data: z.array(z.looseObject({ vmid: z.number(), node: z.string(), status: z.string() })),
});

/** Waits for the next round of broadcasts: then none is due for at least five seconds, which no test takes. */
async function justAfterBroadcast(): Promise<void> {
  const { control } = simulator();
  const { clock, nodes } = control.cluster;
  const awake = [...nodes.values()].filter(({ power }) => power === 'on');
  const before = clock.now();
  const isFresh = (at = 0): boolean => at > before && clock.now() - at < 5;
  control.setSpeed(100);
  await control.waitFor(() => awake.every(({ lastBroadcastAt }) => isFresh(lastBroadcastAt)), 'broadcasts');
  control.setSpeed(1);
}

async function rowOf(vmid: number): Promise<Record<string, unknown> | undefined> {
  const { json } = await send(simulator(), { path: '/cluster/resources?type=vm' });
  return resources.parse(json).data.find((row) => row.vmid === vmid);
}

test('a guest that appears is listed at once, with status unknown until its node has broadcast', async () => {
  await justAfterBroadcast();
  simulator().control.addGuest({ vmid: 500, node: 'pve03', name: 'late', status: 'running' });
  expect(await rowOf(500)).toEqual({
    id: 'qemu/500',
    type: 'qemu',
    vmid: 500,
    node: 'pve03',
    status: 'unknown',
  });
  await justAfterBroadcast();
  expect(await rowOf(500)).toMatchObject({ name: 'late', status: 'running' });
});

test('a guest that stopped is shown running until the next broadcast, its lock at once', async () => {
  const { control } = simulator();
  await justAfterBroadcast();
  const guest = control.cluster.guests.get(100);
  if (guest === undefined) throw new Error('no guest 100');
  endProcess(guest, 'pve01', control.cluster.clock.now());
  control.setLock(100, 'backup');
  expect(await rowOf(100)).toMatchObject({ status: 'running', lock: 'backup' });
  await justAfterBroadcast();
  expect(await rowOf(100)).toMatchObject({ status: 'stopped' });
});

test("a dead node's guests are shown as they were for five minutes, then as unknown", async () => {
  const { control } = simulator();
  await control.crashNode('pve03');
  await control.advance(60);
  expect(await rowOf(500)).toMatchObject({ status: 'running', node: 'pve03' });
  await control.advance(300);
  expect(await rowOf(500)).toMatchObject({ status: 'unknown', node: 'pve03' });
});

const taskRows = z.object({ data: z.array(z.looseObject({ upid: z.string() })) });

async function clusterTask(upid: string): Promise<Record<string, unknown> | undefined> {
  const { json } = await send(simulator(), { path: '/cluster/tasks' });
  return taskRows.parse(json).data.find((row) => row.upid === upid);
}

function startTask(node: string): Task {
  const run = (worker: TaskWorker): Promise<void> => worker.sleep(1e6);
  return simulator().control.cluster.tasks.start({
    node,
    type: 'qmtest',
    id: '',
    authId: 'admin@pve!test',
    run,
  });
}

test('an ended task looks running in /cluster/tasks until its node tells', async () => {
  const { control } = simulator();
  await justAfterBroadcast();
  const task = startTask('pve01');
  control.killWorker({ upid: task.upid });
  expect(await clusterTask(task.upid)).not.toHaveProperty('endtime');
  await justAfterBroadcast();
  expect(await clusterTask(task.upid)).toMatchObject({ status: 'unexpected status' });
});

test("a dead node's tasks look running for ever", async () => {
  const { control } = simulator();
  const task = startTask('pve02');
  await control.crashNode('pve02');
  await control.advance(1000);
  expect(await clusterTask(task.upid)).not.toHaveProperty('endtime');
  await control.bootNode('pve02');
  await control.advance(20);
  expect(await clusterTask(task.upid)).toMatchObject({ status: 'unexpected status' });
});
