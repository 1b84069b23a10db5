import type { TaskWorker } from '../../simulator/tasks/worker';
import { send, useSimulator } from './client';

const simulator = useSimulator();

function start(run: (worker: TaskWorker) => Promise<void>, type = 'qmtest') {
  return simulator().control.cluster.tasks.start({
    node: 'pve01',
    type,
    id: '100',
    authId: 'admin@pve!test',
    run,
  });
}

const statusOf = async (upid: string): Promise<unknown> =>
  (await send(simulator(), { path: `/nodes/pve01/tasks/${encodeURIComponent(upid)}/status` })).json;
const logOf = async (upid: string): Promise<unknown> =>
  (await send(simulator(), { path: `/nodes/pve01/tasks/${encodeURIComponent(upid)}/log` })).json;

test('a task runs, logs, and ends OK', async () => {
  let goOn: () => void = () => undefined;
  const task = start(async (worker) => {
    worker.log('one');
    await worker.wait(new Promise<void>((resolve) => (goOn = resolve)));
  });
  expect(await statusOf(task.upid)).toMatchObject({
    data: { status: 'running', user: 'admin@pve', tokenid: 'test' },
  });
  goOn();
  await task.finished;
  expect(await statusOf(task.upid)).toMatchObject({ data: { status: 'stopped', exitstatus: 'OK' } });
  expect(await logOf(task.upid)).toEqual({
    data: [
      { n: 1, t: 'one' },
      { n: 2, t: 'TASK OK' },
    ],
    total: 2,
  });
});

test('DELETE interrupts the worker, whose clean-up still runs', async () => {
  const task = start(async (worker) => {
    try {
      await worker.sleep(1000);
    } finally {
      await worker.sleep(0.1);
      worker.log('cleaned up');
    }
  });
  const answer = await send(simulator(), { method: 'DELETE', path: `/nodes/pve01/tasks/${task.upid}` });
  expect(answer).toMatchObject({ status: 200, json: { data: null } });
  expect(task.exitStatus).toBe('received interrupt');
  expect(task.lines).toEqual(['cleaned up', 'TASK ERROR: received interrupt']);
});

test('a clean-up of more than five seconds is killed: unexpected status', async () => {
  const task = start(async (worker) => {
    try {
      await worker.sleep(1000);
    } finally {
      await worker.sleep(30);
      worker.log('never reached');
    }
  });
  await send(simulator(), { method: 'DELETE', path: `/nodes/pve01/tasks/${task.upid}` });
  expect(task.exitStatus).toBe('unexpected status');
  expect(task.lines).toEqual([]);
});

test('a killed worker runs no clean-up and frees its file lock', async () => {
  const { cluster } = simulator().control;
  let cleanedUp = false;
  const task = start(async (worker) => {
    await cluster.locks.hold('pve01', '/lock', { worker }, async () => {
      try {
        await worker.sleep(1000);
      } finally {
        cleanedUp = true;
      }
    });
  }, 'qmkill');
  await simulator().control.waitFor(() => cluster.locks.isHeld('pve01', '/lock'), 'the lock');
  simulator().control.killWorker({ type: 'qmkill' });
  await task.finished;
  await cluster.locks.hold('pve01', '/lock', { timeoutSeconds: 1 }, () => Promise.resolve());
  expect(cleanedUp).toBe(false);
});

test('a lock that another holds is waited for, for ten seconds', async () => {
  const { cluster } = simulator().control;
  const release = await cluster.locks.acquire('pve01', '/busy', {});
  const task = start((worker) => cluster.locks.hold('pve01', '/busy', { worker }, () => Promise.resolve()));
  await task.finished;
  release();
  expect(task.lines).toEqual([
    'trying to acquire lock...',
    "TASK ERROR: can't lock file '/busy' - got timeout",
  ]);
});

test('lists: a running task is not in the archive, and is in active', async () => {
  const task = start((worker) => worker.sleep(1e6), 'qmlong');
  const archive = await send(simulator(), { path: '/nodes/pve01/tasks?typefilter=qmlong' });
  expect(archive.json).toEqual({ data: [] });
  const active = await send(simulator(), { path: '/nodes/pve01/tasks?typefilter=qmlong&source=active' });
  expect(active.json).toMatchObject({ total: 1, data: [{ upid: task.upid, status: 'RUNNING' }] });
  simulator().control.killWorker({ upid: task.upid });
});

test('a task asked through the wrong node does not exist', async () => {
  const task = start(() => Promise.resolve());
  const answer = await send(simulator(), { path: `/nodes/pve02/tasks/${task.upid}/status` });
  expect(answer).toMatchObject({ status: 400, json: { errors: { upid: 'no such task' } } });
});
