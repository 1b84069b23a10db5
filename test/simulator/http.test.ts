import { send, useSimulator } from './client';

const simulator = useSimulator();

test('GET /version answers in the envelope of Proxmox 8.4', async () => {
  const answer = await send(simulator(), { path: '/version' });
  expect(answer).toMatchObject({
    status: 200,
    reason: 'OK',
    json: { data: { version: '8.4.1', release: '8.4' } },
  });
  expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
});

test('an unknown path is 501 with the text in reason and body, and closes the connection', async () => {
  const answer = await send(simulator(), { path: '/nosuch' });
  const text = "Method 'GET /nosuch' not implemented";
  expect(answer).toMatchObject({ status: 501, reason: text, json: { data: null, message: text } });
  expect(answer.headers['connection']).toBe('close');
});

test('an unknown parameter is 400 with Proxmox text', async () => {
  const answer = await send(simulator(), { path: '/version?foo=1' });
  expect(answer).toMatchObject({
    status: 400,
    reason: 'Parameter verification failed.',
    json: {
      errors: {
        foo: 'property is not defined in schema and the schema does not allow additional properties',
      },
    },
  });
});

test.each([
  ['PATCH', "method 'PATCH' not available"],
  ['OPTIONS', "method 'OPTIONS' not available"],
])('%s is refused without a body', async (method, reason) => {
  expect(await send(simulator(), { method, path: '/version' })).toMatchObject({
    status: 501,
    reason,
    text: '',
  });
});

test('a body on DELETE is refused', async () => {
  const answer = await send(simulator(), { method: 'DELETE', path: '/access/users/x@pve', body: 'a=1' });
  expect(answer).toMatchObject({ status: 501, reason: "Unexpected content for method 'DELETE'" });
});

test('a path without a format is 501 in plain text', async () => {
  const answer = await send(simulator(), { path: '/api2/version' });
  expect(answer).toMatchObject({
    status: 501,
    reason: 'no formatter for uri /, version',
    text: 'no formatter for uri /, version',
  });
});

test('extjs answers errors with status 200', async () => {
  const answer = await send(simulator(), { path: '/api2/extjs/nodes/pve01/lxc/9999/config' });
  expect(answer).toMatchObject({
    status: 200,
    json: {
      success: 0,
      status: 500,
      message: "Configuration file 'nodes/pve01/lxc/9999.conf' does not exist\n",
    },
  });
});

test('an endpoint that Proxmox has and the simulator has not says so in a header', async () => {
  const answer = await send(simulator(), { path: '/nodes/pve01/subscription' });
  expect(answer.status).toBe(501);
  expect(answer.headers['x-simulator']).toBe('not implemented');
});

test('an unknown node is 500 with the text of the failed look-up', async () => {
  const answer = await send(simulator(), { path: '/nodes/pve99/status' });
  expect(answer.status).toBe(500);
  expect(answer.reason).toMatch(/^hostname lookup 'pve99' failed - /);
});

test('large answers are compressed for clients that accept it', async () => {
  const answer = await send(simulator(), {
    path: '/cluster/resources',
    headers: { 'Accept-Encoding': 'gzip' },
  });
  expect(answer.headers['content-encoding']).toBe('gzip');
});
