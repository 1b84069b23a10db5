import { tryCredentials } from '../../../src/activities/shared/credentials';
import { problem } from '../../../src/domain/errors';
import { managerErrorOf, startLab, useCleanUp } from '../../proxmox/support';

const clean = useCleanUp();
const { signal } = new AbortController();
const fromNowOn = 1_000_000;
const onPve02 = { path: '/nodes/pve02/version', times: fromNowOn };

/** A request to pve02 by way of pve01 was refused. */
const refused = problem('TokenRefused', {
  attempted: 'GET /nodes/pve02/tasks on pve01',
  failed: 'the token was refused',
  node: 'pve02',
  contact: 'pve01',
});

test('credentials are tried on the way of the request that was refused', async () => {
  const { client, simulator } = await startLab(clean);
  simulator.control.faultRequest(onPve02, {
    moment: 'before handling',
    then: { status: 401, reason: 'Authentication failed!' },
  });
  expect((await managerErrorOf(tryCredentials(client, refused, signal))).code).toBe('TokenRefused');
  expect(simulator.control.requests()).toMatchObject([{ node: 'pve01', path: '/nodes/pve02/version' }]);
});

test('credentials that were refused by a node that is dead now are tried at any other', async () => {
  const { client, simulator } = await startLab(clean);
  await simulator.control.crashNode('pve02');
  await tryCredentials(client, refused, signal);
  expect(simulator.control.requests().at(-1)).toMatchObject({ path: '/version' });
});

test('a cluster without any node that answers is left to the request itself to tell of', async () => {
  const { client, simulator } = await startLab(clean);
  for (const { name } of simulator.nodes) await simulator.control.crashNode(name);
  await tryCredentials(client, refused, signal);
});
