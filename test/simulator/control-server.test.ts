import { z } from 'zod';
import { startControlServer, type ControlServer } from '../../simulator/control/control-server';
import { send, useSimulator } from './client';
import { connectRoot } from './ssh/client';

const simulator = useSimulator();
let control: ControlServer;
beforeAll(async () => (control = await startControlServer(simulator().control)));
afterAll(() => control.close());

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const options =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
  const response = await fetch(`${control.url}${path}`, { method, ...options });
  return { status: response.status, json: await response.json() };
}

test('a fault can be ordered over HTTP', async () => {
  const order = {
    matcher: { path: '/version' },
    moment: 'before handling',
    then: { status: 596, reason: 'Broken pipe' },
  };
  expect((await call('POST', '/actions/faultRequest', order)).status).toBe(200);
  expect((await send(simulator(), { path: '/version' })).status).toBe(596);
});

test('a wrong order is refused with what is wrong', async () => {
  const { status, json } = await call('POST', '/actions/crashNode', { nod: 'pve01' });
  expect(status).toBe(400);
  expect(JSON.stringify(json)).toContain('node');
  expect((await call('POST', '/actions/crashNode', { node: 'pve77' })).json).toEqual({
    error: 'no node pve77',
  });
});

test('what is behind a URL can be told over HTTP, and how guests boot', async () => {
  const url = 'http://images.example/debian.qcow2';
  const told = { url, size: '300M', image: 'qcow2', virtual_size: '3G', rate: '10M' };
  expect((await call('POST', '/actions/setUrl', told)).status).toBe(200);
  expect(
    (await send(simulator(), { path: `/nodes/pve01/query-url-metadata?url=${url}` })).json,
  ).toMatchObject({
    data: { filename: 'debian.qcow2', size: 300 * 1024 ** 2 },
  });
  expect((await call('POST', '/actions/setUrl', { url, image: 'png' })).status).toBe(400);
  expect((await call('POST', '/actions/setBoot', { vmid: 100, seconds: 'never' })).status).toBe(200);
  expect((await call('POST', '/actions/setBoot', { seconds: -1 })).status).toBe(400);
});

test('a hold can be made, waited for and released over HTTP', async () => {
  const matcher = { path: '/version' };
  const { id } = z
    .object({ id: z.number() })
    .parse((await call('POST', '/holds', { matcher, moment: 'before handling' })).json);
  const answer = send(simulator(), { path: '/version' });
  const { json } = await call('GET', `/holds/${id}?waitMs=5000`);
  expect(json).toMatchObject({ request: { path: '/version', method: 'GET' } });
  await call('POST', `/holds/${id}/release`, {});
  expect((await answer).status).toBe(200);
});

test('a command over SSH can be held, cut and looked at over HTTP', async () => {
  const root = await connectRoot(simulator(), 'pve01');
  const { id } = z
    .object({ id: z.number() })
    .parse(
      (await call('POST', '/command-holds', { matcher: { argv: ['pveum'] }, moment: 'before answering' }))
        .json,
    );
  const running = root.run('pveum user add held@pve');
  running.catch(() => undefined);
  const { json } = await call('GET', `/command-holds/${id}?waitMs=5000`);
  expect(json).toMatchObject({ request: { line: 'pveum user add held@pve', outcome: 'open' } });
  await call('POST', `/command-holds/${id}/release`, { verdict: 'drop' });
  await expect(running).rejects.toThrow('cut');
  expect((await call('GET', '/commands?after=0')).json).toMatchObject([
    { argv: ['pveum', 'user', 'add', 'held@pve'], outcome: 'dropped' },
  ]);
});

test('guests, volumes, requests and nodes can be looked at', async () => {
  expect((await call('GET', '/guests/100')).json).toMatchObject({
    vmid: 100,
    executesOn: ['pve01'],
    migrationsStarted: 0,
  });
  const volumes = z.array(z.looseObject({ vmid: z.number().optional() }));
  expect(volumes.parse((await call('GET', '/volumes')).json)).toContainEqual(
    expect.objectContaining({ vmid: 100, volid: expect.stringContaining('vm-100-disk-0') as string }),
  );
  expect((await call('GET', '/requests?after=0')).json).toEqual(
    expect.arrayContaining([expect.objectContaining({ method: 'GET', path: '/version' })]),
  );
  expect((await call('GET', '/nodes')).json).toHaveLength(3);
});
