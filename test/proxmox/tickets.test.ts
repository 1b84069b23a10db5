import { inspect } from 'node:util';

import { z } from 'zod';

import { version } from '../../src/proxmox/api/node';
import { createTicketClient, type TicketOptions } from '../../src/proxmox/tickets';
import { Secret } from '../../src/domain/secret';
import { managerErrorOf, scenario, startLab, startRawNode, useCleanUp } from './support';

const clean = useCleanUp();
const password = 'a passw0rd & more?';
const withRoot = { ...scenario, access: { ...scenario.access, root_password: password } };

/** What Proxmox gives to nobody but root@pam by ticket (behaviour: 2.1). */
const forRootOnly = {
  method: 'POST',
  node: 'pve01',
  path: '/nodes/pve01/qemu/100/status/stop',
  parameters: { skiplock: true },
} as const;

async function startSession(
  options: { readonly typed?: string } & Pick<Partial<TicketOptions>, 'renewAfterMs'> = {},
) {
  const { typed = password, ...more } = options;
  const lab = await startLab(clean, { scenario: withRoot });
  let readings = 0;
  const login = {
    describe: 'the login of the test',
    read: async () => {
      readings += 1;
      return Promise.resolve({ userId: 'root@pam', password: new Secret(typed) });
    },
  };
  const client = createTicketClient({ cluster: lab.settings, login, ...more });
  clean(() => client.close());
  const logins = () =>
    lab.simulator.control.requests().filter(({ path }) => path === '/access/ticket').length;
  return { ...lab, token: lab.client, client, readings: () => readings, logins };
}

test('a ticket may do what is refused to a token, and its requests are those of root@pam', async () => {
  const { token, client } = await startSession();
  const refused = await managerErrorOf(token.change(forRootOnly, z.string()));
  expect(refused.problem.proxmoxSaid).toContain('Only root may use this option.');
  expect(await client.change(forRootOnly, z.string())).toMatch(/:qmstop:100:root@pam:$/);
  expect(await client.account()).toEqual({ user: 'root@pam', tokenName: '' });
});

test('one login serves all calls of a session, those at the same time too', async () => {
  const { client, readings, logins } = await startSession();
  expect(logins()).toBe(0);
  await Promise.all([version(client), version(client), version(client)]);
  await version(client);
  expect([readings(), logins()]).toEqual([1, 1]);
});

test('a ticket is renewed with itself: the password is not read again', async () => {
  const { client, readings, logins } = await startSession({ renewAfterMs: 0 });
  await version(client);
  await version(client);
  expect([readings(), logins()]).toEqual([1, 2]);
});

test('a ticket that has expired is replaced by a login', async () => {
  const { simulator, client, readings } = await startSession();
  await version(client);
  await simulator.control.advance(3 * 3600);
  await expect(version(client)).resolves.toHaveProperty('release');
  expect(readings()).toBe(2);
});

test('a password that is refused is named with its place, and shown nowhere', async () => {
  const { client } = await startSession({ typed: 'a wr0ng & password' });
  const error = await managerErrorOf(version(client));
  expect(error.problem).toMatchObject({
    code: 'TokenRefused',
    attempted: 'log in as root@pam for a ticket',
    failed: 'pve01 refused the password',
  });
  expect(error.problem.remedy).toContain('what the login of the test holds');
  expect(inspect([error, error.problem, client], { depth: 20, showHidden: true })).not.toContain('wr0ng');
});

test('a second factor is said to be in the way', async () => {
  const { settings } = await startRawNode(clean, (_request, response) => {
    const data = { username: 'root@pam', ticket: 'PVE:!tfa!x', CSRFPreventionToken: 'y', NeedTFA: 1 };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data }));
  });
  const login = {
    describe: 'the login of the test',
    read: async () => Promise.resolve({ userId: 'root@pam', password: new Secret(password) }),
  };
  const client = createTicketClient({ cluster: settings, login });
  clean(() => client.close());
  const { problem } = await managerErrorOf(version(client));
  expect(problem.failed).toContain('second factor');
});

test('an answer to a login that is lost changes nothing: it may be made again', async () => {
  const { simulator, client } = await startSession();
  const lost = { path: '/access/ticket' };
  simulator.control.faultRequest(lost, { moment: 'before answering', then: 'drop' });
  const error = await managerErrorOf(version(client));
  expect(error.code).toBe('NodeUnreachable');
  await expect(version(client)).resolves.toHaveProperty('release');
});
