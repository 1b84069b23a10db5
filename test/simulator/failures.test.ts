import type { TaskWorker } from '../../simulator/tasks/worker';
import { send, smallScenario, useSimulator, type RawAnswer, type TestRequest } from './client';

/** In real time, so that nothing is due while a busy machine is slow; `advance` lets the waits pass. */
const simulator = useSimulator({ scenario: smallScenario, speed: 1 });

/** The answer to a request for which, once it has arrived, so many simulated seconds pass. */
async function answerOnceReceived(request: TestRequest, seconds: number): Promise<RawAnswer> {
  const { control } = simulator();
  const before = control.requests().length;
  const answer = send(simulator(), request);
  await control.waitFor(() => control.requests()[before]?.notes.endpoint, 'the request');
  await control.advance(seconds);
  return answer;
}

test('an unreachable node: 595 "Connection timed out" after 30 s, later "No route to host" after 3 s', async () => {
  const { control } = simulator();
  const { clock } = control.cluster;
  await control.cutLink('pve03');
  const began = clock.now();
  const first = await answerOnceReceived({ path: '/nodes/pve03/status' }, 31);
  expect(first).toMatchObject({ status: 595, reason: 'Connection timed out', text: '' });
  expect(clock.now() - began).toBeGreaterThanOrEqual(30);
  const later = await answerOnceReceived({ path: '/nodes/pve03/status' }, 4);
  expect(later).toMatchObject({ status: 595, reason: 'No route to host' });
  await control.restoreLink('pve03');
  expect((await send(simulator(), { path: '/nodes/pve03/status' })).status).toBe(200);
});

test('a cut-off node is offline after eight seconds and back five seconds after its return', async () => {
  const { control } = simulator();
  const online = async (): Promise<unknown> => {
    const { json } = await send(simulator(), { path: '/cluster/status' });
    return JSON.stringify(json).match(/"name":"pve02".*?"online":(\d)/)?.[1];
  };
  await control.cutLink('pve02');
  await control.advance(9);
  expect(await online()).toBe('0');
  await control.restoreLink('pve02');
  await control.advance(6);
  expect(await online()).toBe('1');
});

test('without quorum reads work and changes of users do not', async () => {
  const { control } = simulator();
  control.loseQuorum();
  expect((await send(simulator(), { path: '/access/users' })).status).toBe(200);
  const answer = await send(simulator(), {
    method: 'POST',
    path: '/access/users',
    form: { userid: 'x@pve' },
  });
  expect(answer).toMatchObject({
    status: 500,
    reason: "create user failed: cfs-lock 'file-user_cfg' error: no quorum!",
  });
  control.restoreQuorum();
});

test('without pvedaemon unprotected reads work, protected ones are 595', async () => {
  const { control } = simulator();
  await control.stopService('pve02', 'pvedaemon');
  expect((await send(simulator(), { path: '/nodes/pve02/status' })).status).toBe(200);
  expect(await send(simulator(), { path: '/nodes/pve02/tasks/UPID:xx/status' })).toMatchObject({
    status: 595,
    reason: 'Connection refused',
  });
  await control.startService('pve02', 'pvedaemon');
});

test('a crashed node refuses connections, its tasks end "unexpected status", its guests do not run', async () => {
  const { control } = simulator();
  const { tasks } = control.cluster;
  const task = tasks.start({
    node: 'pve01',
    type: 'qmtest',
    id: '',
    authId: 'admin@pve!test',
    run: (worker) => worker.sleep(1e6),
  });
  await control.crashNode('pve01');
  await expect(send(simulator(), { path: '/version' })).rejects.toThrow('ECONNREFUSED');
  expect(task.exitStatus).toBe('unexpected status');
  expect(control.guest(100)).toMatchObject({ status: 'stopped', executesOn: [] });
  await control.bootNode('pve01');
  expect((await send(simulator(), { path: '/version' })).status).toBe(200);
});

test('a full storage shows no room', () => {
  const { control } = simulator();
  control.fillStorage('local-lvm', 'pve02', 1024);
  const storage = control.cluster.storages.get('local-lvm');
  expect(storage && control.cluster.volumes.availableBytes(storage, 'pve02')).toBe(1024);
});

test('an answer of a node that vanished meanwhile is 596: nobody knows what became of the call', async () => {
  const { control } = simulator();
  const { tasks } = control.cluster;
  const run = async (worker: TaskWorker): Promise<void> => {
    try {
      await worker.sleep(1e6);
    } finally {
      await worker.sleep(3);
    }
  };
  const task = tasks.start({ node: 'pve03', type: 'qmtest', id: '', authId: 'admin@pve!test', run });
  const answer = send(simulator(), { method: 'DELETE', path: `/nodes/pve03/tasks/${task.upid}` });
  await control.waitFor(() => task.worker.interrupted.aborted, 'the interrupt');
  await control.cutLink('pve03');
  await control.advance(110);
  expect(await answer).toMatchObject({ status: 596, reason: 'Connection timed out', text: '' });
  expect(task.exitStatus).toBe('received interrupt');
  await control.restoreLink('pve03');
});

test('a node that is cut off from clients too takes connections and says nothing, until it is back', async () => {
  const { control } = simulator();
  await control.cutLink('pve02', { alsoFromClients: true });
  const unanswered = send(simulator(), { path: '/version', node: 'pve02', signal: AbortSignal.timeout(200) });
  await expect(unanswered).rejects.toThrow('aborted');
  await control.restoreLink('pve02');
  expect((await send(simulator(), { path: '/version', node: 'pve02' })).status).toBe(200);
});
