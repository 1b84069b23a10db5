import { z } from 'zod';
import { send, useSimulator } from './client';

const loginAnswer = z.object({ data: z.object({ ticket: z.string(), CSRFPreventionToken: z.string() }) });

const simulator = useSimulator();

test('without credentials: 401 "No ticket", no body, after three simulated seconds', async () => {
  const { clock } = simulator().control.cluster;
  const began = clock.now();
  const answer = await send(simulator(), { path: '/version', authorization: null });
  expect(answer).toMatchObject({ status: 401, reason: 'No ticket', text: '' });
  expect(clock.now() - began).toBeGreaterThanOrEqual(3);
});

test('a wrong secret is named in 8.4', async () => {
  const answer = await send(simulator(), {
    path: '/version',
    authorization: 'PVEAPIToken=admin@pve!test=wrong',
  });
  expect(answer).toMatchObject({ status: 401, reason: 'invalid token value!' });
});

test('permission is judged before parameters and existence', async () => {
  const answer = await send(simulator(), {
    path: '/nodes/pve01/qemu/9999/config?nosuch=1',
    authorization: 'PVEAPIToken=low@pve!test=low',
  });
  expect(answer).toMatchObject({ status: 403, reason: 'Permission check failed (/vms/9999, VM.Audit)' });
});

test('a role on a guest opens that guest only', async () => {
  const acl = { path: '/vms/100', users: 'low@pve', roles: 'PVEAuditor' };
  expect((await send(simulator(), { method: 'PUT', path: '/access/acl', form: acl })).status).toBe(200);
  const authorization = 'PVEAPIToken=low@pve!test=low';
  const answer = await send(simulator(), { path: '/cluster/resources?type=vm', authorization });
  expect(answer.json).toMatchObject({ data: [{ id: 'qemu/100', name: 'web', status: 'running' }] });
});

test('a ticket of root passes where a token of anybody does not', async () => {
  const form = { username: 'root@pam', password: 'proxmox' };
  const login = await send(simulator(), {
    method: 'POST',
    path: '/access/ticket',
    form,
    authorization: null,
  });
  const { ticket, CSRFPreventionToken: csrf } = loginAnswer.parse(login.json).data;
  const cookie = `PVEAuthCookie=${encodeURIComponent(ticket)}`;
  const asRoot = await send(simulator(), {
    path: '/access/users',
    authorization: null,
    headers: { Cookie: cookie },
  });
  expect(asRoot.status).toBe(200);
  const user = { userid: 'new@pve' };
  const withoutCsrf = await send(simulator(), {
    method: 'POST',
    path: '/access/users',
    form: user,
    authorization: null,
    headers: { Cookie: cookie },
  });
  expect(withoutCsrf).toMatchObject({ status: 401, reason: 'Permission denied - invalid csrf token' });
  const headers = { Cookie: cookie, CSRFPreventionToken: csrf };
  expect(
    await send(simulator(), {
      method: 'POST',
      path: '/access/users',
      form: user,
      authorization: null,
      headers,
    }),
  ).toMatchObject({ status: 200 });
});

test('a revoked token is refused from then on', async () => {
  simulator().control.revokeToken('low@pve!test');
  const answer = await send(simulator(), { path: '/version', authorization: 'PVEAPIToken=low@pve!test=low' });
  expect(answer).toMatchObject({ status: 401, reason: "no such token 'test' for user 'low@pve'" });
});
