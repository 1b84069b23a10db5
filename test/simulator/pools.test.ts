import { send, useSimulator } from './client';

const simulator = useSimulator();

const root = async (method: string, path: string, form?: Record<string, string>): Promise<unknown> => {
  const answer = await send(simulator(), { method, path, ...(form === undefined ? {} : { form }) });
  return answer.status === 200 ? answer.json : { status: answer.status, reason: answer.reason };
};

test('a pool is made, gets members, and goes only when it is empty', async () => {
  expect(await root('POST', '/pools', { poolid: 'builds', comment: 'for tests' })).toEqual({ data: null });
  expect(await root('POST', '/pools', { poolid: 'builds' })).toEqual({
    status: 500,
    reason: "create pool failed: pool 'builds' already exists",
  });
  expect(await root('PUT', '/pools/builds', { vms: '101' })).toEqual({ data: null });
  expect(await root('GET', '/pools/builds')).toMatchObject({
    data: { comment: 'for tests', members: [{ id: 'qemu/101', pool: 'builds' }] },
  });
  expect(await root('DELETE', '/pools/builds')).toMatchObject({
    reason: "delete pool failed: pool 'builds' is not empty (contains VM 101)",
  });
  await root('PUT', '/pools/builds', { vms: '101', delete: '1' });
  expect(await root('DELETE', '/pools/builds')).toEqual({ data: null });
  expect(await root('GET', '/pools')).toEqual({ data: [] });
});

test('a role on a pool holds for its members only', async () => {
  await root('POST', '/pools', { poolid: 'own' });
  await root('PUT', '/access/acl', { path: '/pool/own', users: 'low@pve', roles: 'PVEVMUser' });
  await root('PUT', '/pools/own', { vms: '100' });
  const asLow = { authorization: 'PVEAPIToken=low@pve!test=low' };
  expect((await send(simulator(), { path: '/nodes/pve01/qemu/100/config', ...asLow })).status).toBe(200);
  expect(
    (await send(simulator(), { path: '/nodes/pve02/qemu/101/config', node: 'pve02', ...asLow })).status,
  ).toBe(403);
});
