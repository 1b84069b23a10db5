import { send, useSimulator } from './client';

const simulator = useSimulator();

const user = (userid: string): { method: string; path: string; form: Record<string, string> } => ({
  method: 'POST',
  path: '/access/users',
  form: { userid },
});

test('a request that is held before it is handled has not acted yet', async () => {
  const { control } = simulator();
  const hold = control.holdRequest({ method: 'POST', path: '/access/users' }, 'before handling');
  const answer = send(simulator(), user('held@pve'));
  const request = await hold.arrived;
  expect(request).toMatchObject({
    node: 'pve01',
    method: 'POST',
    parameters: { userid: 'held@pve' },
    outcome: 'open',
  });
  expect(control.cluster.access.users.has('held@pve')).toBe(false);
  hold.release();
  expect((await answer).status).toBe(200);
  expect(control.cluster.access.users.has('held@pve')).toBe(true);
});

test('a request whose answer is held has acted', async () => {
  const { control } = simulator();
  const hold = control.holdRequest({ path: '/access/users', method: 'POST' }, 'before answering');
  const answer = send(simulator(), user('acted@pve'));
  await hold.arrived;
  expect(control.cluster.access.users.has('acted@pve')).toBe(true);
  hold.release('drop');
  await expect(answer).rejects.toThrow();
});

test('a dropped answer leaves the act done and the request listed as dropped', async () => {
  const { control } = simulator();
  control.faultRequest(
    { method: 'POST', path: '/access/users' },
    { moment: 'before answering', then: 'drop' },
  );
  await expect(send(simulator(), user('dropped@pve'))).rejects.toThrow();
  expect(control.cluster.access.users.has('dropped@pve')).toBe(true);
  expect(control.requests().at(-1)).toMatchObject({ outcome: 'dropped', status: undefined });
});

test('a 596 can stand in for the answer, after acting', async () => {
  const { control } = simulator();
  const then = { status: 596, reason: 'Broken pipe' };
  control.faultRequest({ method: 'POST' }, { moment: 'before answering', then });
  expect(await send(simulator(), user('unknown@pve'))).toMatchObject({
    status: 596,
    reason: 'Broken pipe',
    text: '',
  });
  expect(control.cluster.access.users.has('unknown@pve')).toBe(true);
});

test('a request whose client is gone while it is held still acts when released, and is listed as such', async () => {
  const { control } = simulator();
  const hold = control.holdRequest({ method: 'POST', path: '/access/users' }, 'before handling');
  const abort = new AbortController();
  const answer = send(simulator(), { ...user('orphan@pve'), signal: abort.signal });
  const request = await hold.arrived;
  abort.abort();
  await expect(answer).rejects.toThrow();
  await control.waitFor(() => request.outcome === 'client gone', 'the closed connection');
  hold.release();
  await control.waitFor(() => control.cluster.access.users.has('orphan@pve'), 'the new user');
  await control.waitFor(() => request.status === 200, 'the answer to nobody');
  expect(request.outcome).toBe('client gone');
});

test('a fault is for the occurrence it names only', async () => {
  const { control } = simulator();
  control.faultRequest(
    { path: '/version', occurrence: 2 },
    { moment: 'before handling', then: { status: 596, reason: 'late' } },
  );
  const statuses = [];
  for (let index = 0; index < 3; index += 1)
    statuses.push((await send(simulator(), { path: '/version' })).status);
  expect(statuses).toEqual([200, 596, 200]);
});

test('a late answer takes simulated time', async () => {
  const { control } = simulator();
  control.faultRequest({ path: '/version' }, { moment: 'before answering', delaySeconds: 20 });
  const began = control.cluster.clock.now();
  await send(simulator(), { path: '/version' });
  expect(control.cluster.clock.now() - began).toBeGreaterThanOrEqual(20);
});

test('the request list holds no secrets', async () => {
  const form = { username: 'root@pam', password: 'very-secret' };
  await send(simulator(), { method: 'POST', path: '/access/ticket', form, authorization: null });
  expect(JSON.stringify(simulator().control.requests())).not.toContain('very-secret');
  expect(simulator().control.requests().at(-1)).toMatchObject({
    parameters: { username: 'root@pam', password: '<removed>' },
  });
});

test('the truth tells two overlapping placements from a clean move', () => {
  const { control } = simulator();
  expect(control.guest(100)).toMatchObject({ node: 'pve01', executesOn: ['pve01'], wasInTwoPlaces: false });
  control.guest(100);
  const guest = control.cluster.guests.get(100);
  guest?.placements.push({ node: 'pve02', from: control.cluster.clock.now(), until: undefined });
  expect(control.guest(100).wasInTwoPlaces).toBe(true);
});
