import { promisify } from 'node:util';

import { clusterStatus } from '../../src/proxmox/api/cluster';
import { qemuConfig } from '../../src/proxmox/api/guests';
import { startMigration } from '../../src/proxmox/api/migration';
import { nodeVersion, version } from '../../src/proxmox/api/node';
import { abortTask } from '../../src/proxmox/api/tasks';
import { createProxmoxClient } from '../../src/proxmox/client';
import { apiPath } from '../../src/proxmox/path';
import { nothing } from '../../src/proxmox/schemas';
import { parseUpid } from '../../src/domain/upid';
import { managerErrorOf, startLab, startRawNode, storeOf, useCleanUp, waitFor } from './support';

const clean = useCleanUp();
const stopGuest = { method: 'POST', node: 'pve01', path: '/nodes/pve01/qemu/100/status/stop' } as const;

describe('reads', () => {
  test('go to the node that owns the object', async () => {
    const { simulator, client } = await startLab(clean);
    await nodeVersion(client, 'pve02');
    expect(simulator.control.requests().map(({ node }) => node)).toEqual(['pve02']);
  });

  test('go through another node when the owner does not listen to us', async () => {
    const { simulator, client } = await startLab(clean);
    const owner = simulator.nodes[1];
    const settings = {
      ...(await startLab(clean)).settings,
      nodes: simulator.nodes.map(({ name, host, port }) => ({
        name,
        host,
        apiPort: name === owner?.name ? 1 : port,
      })),
    };
    await client.close();
    const lame = createProxmoxClient({
      cluster: { ...settings, tls: 'insecure' },
      credentials: storeOf(['admin@pve!test', 'right']),
    });
    clean(() => lame.close());
    await expect(nodeVersion(lame, 'pve02')).resolves.toHaveProperty('release');
    expect(simulator.control.requests().map(({ node }) => node)).toEqual(['pve01']);
  });

  test('skip a node for a while after it could not be reached', async () => {
    const { simulator, client } = await startLab(clean, { client: { timeouts: { avoidMs: 60_000 } } });
    await simulator.control.stopService('pve01', 'pveproxy');
    await version(client);
    const before = client.counts().reads;
    await version(client);
    expect(client.counts().reads - before).toBe(1);
  });

  test('use a node again later that could not be reached for a while', async () => {
    const { simulator, client } = await startLab(clean, { client: { timeouts: { avoidMs: 300 } } });
    await simulator.control.stopService('pve01', 'pveproxy');
    await version(client);
    await simulator.control.startService('pve01', 'pveproxy');
    await simulator.control.waitFor(async () => {
      await version(client);
      return simulator.control.requests().at(-1)?.node === 'pve01';
    }, 'pve01 to be asked again');
  });

  test('fail with the node and the remedy when no node can be reached', async () => {
    const { simulator, client } = await startLab(clean);
    for (const { name } of simulator.nodes) await simulator.control.stopService(name, 'pveproxy');
    const { problem } = await managerErrorOf(version(client));
    expect(problem).toMatchObject({ code: 'NodeUnreachable', attempted: 'GET /version on pve03' });
    const place = `https://127.0.0.1:${simulator.nodes[2]?.port}`;
    expect(problem.failed).toContain(`pve03 does not answer at ${place}: no connection`);
    expect(problem.remedy).toContain(place);
  });

  test('are repeated after the connection broke', async () => {
    const { simulator, client } = await startLab(clean);
    simulator.control.faultRequest({ path: '/version' }, { moment: 'before answering', then: 'drop' });
    await expect(version(client)).resolves.toHaveProperty('release');
  });

  test('give up after their time limit and ask another node', async () => {
    const { simulator, client } = await startLab(clean, { client: { timeouts: { quickMs: 300 } } });
    const hold = simulator.control.holdRequest({ path: '/version', node: 'pve01' }, 'before answering');
    await version(client);
    hold.release();
    expect(simulator.control.requests().map(({ node }) => node)).toEqual(['pve01', 'pve02']);
  });

  test('do not avoid a node because it waited in vain for another one', async () => {
    const { simulator, client } = await startLab(clean, { client: { timeouts: { quickMs: 300 } } });
    await simulator.control.stopService('pve01', 'pveproxy');
    const hold = simulator.control.holdRequest(
      { node: 'pve02', path: '/nodes/pve01/version' },
      'before answering',
    );
    expect((await managerErrorOf(nodeVersion(client, 'pve01'))).code).toBe('NodeUnreachable');
    hold.release();
    await version(client);
    expect(simulator.control.requests().at(-1)?.node).toBe('pve02');
  });

  test('end with Interrupted when they are cancelled', async () => {
    const { simulator, client } = await startLab(clean);
    const hold = simulator.control.holdRequest({ path: '/version' }, 'before answering');
    const abort = new AbortController();
    const reading = managerErrorOf(version(client, { signal: abort.signal }));
    await hold.arrived;
    abort.abort();
    expect((await reading).code).toBe('Interrupted');
    hold.release();
  });

  test('tell an answer that they do not understand, with method, path and what is wrong', async () => {
    const { settings } = await startRawNode(clean, (_request, response) =>
      response.end('{"data":{"version":7}}'),
    );
    const client = createProxmoxClient({ cluster: settings, credentials: storeOf(['a@pve!tt', 's']) });
    clean(() => client.close());
    const { problem } = await managerErrorOf(version(client));
    expect(problem).toMatchObject({ code: 'AnswerUnreadable', attempted: 'GET /version on raw' });
    expect(problem.failed).toContain('release');
  });

  test('keep connections, but close idle ones before the server would', async () => {
    const { settings, server, connections } = await startRawNode(clean, (_request, response) =>
      response.end('{"data":{"version":"8.4.1","release":"8.4"}}'),
    );
    server.keepAliveTimeout = 0; // This server never closes: it is the client that does.
    const client = createProxmoxClient({ cluster: settings, credentials: storeOf(['a@pve!tt', 's']) });
    clean(() => client.close());
    for (let call = 0; call < 10; call += 1) await version(client);
    const idleSinceMs = performance.now();
    expect(connections()).toBeLessThan(5);
    const openConnections = promisify(server.getConnections.bind(server));
    await waitFor(async () => (await openConnections()) === 0);
    expect(performance.now() - idleSinceMs).toBeLessThan(5_000);
  });
});

describe('changes', () => {
  test('are sent once, on a connection of their own', async () => {
    const { simulator, client } = await startLab(clean);
    await version(client, { via: 'pve01' });
    const upid = await client
      .change({ ...stopGuest, path: '/nodes/pve01/tasks/x', method: 'DELETE' }, nothing)
      .catch((error: unknown) => error);
    expect(upid).toMatchObject({ code: 'RequestRefused' });
    expect(client.counts()).toEqual({ reads: 1, polls: 0, changes: 1 });
    expect(simulator.control.requests()).toHaveLength(2);
  });

  test.each([
    ['the connection breaks before the answer', 'drop' as const],
    ['the node answers 596', { status: 596, reason: 'Broken pipe' }],
    ['the node answers 599', { status: 599, reason: 'Too many redirections' }],
  ])('are of unknown outcome and not repeated when %s', async (_title, then) => {
    const { simulator, client } = await startLab(clean);
    simulator.control.faultRequest({ method: 'POST' }, { moment: 'before answering', then });
    const error = await managerErrorOf(client.change(stopGuest, nothing));
    expect(error.code).toBe('OutcomeUnknown');
    expect(error.retryable).toBe(false);
    expect(simulator.control.requests()).toHaveLength(1);
  });

  test('are of unknown outcome when no answer comes in time, and when they are cancelled after sending', async () => {
    const { simulator, client } = await startLab(clean, { client: { timeouts: { changeMs: 300 } } });
    const first = simulator.control.holdRequest({ method: 'POST' }, 'before answering');
    expect((await managerErrorOf(client.change(stopGuest, nothing))).code).toBe('OutcomeUnknown');
    first.release();

    const second = simulator.control.holdRequest({ method: 'POST' }, 'before answering');
    const abort = new AbortController();
    const sent = managerErrorOf(client.change({ ...stopGuest, signal: abort.signal }, nothing));
    await second.arrived;
    abort.abort();
    expect((await sent).code).toBe('OutcomeUnknown');
    second.release();
  });

  test('are of unknown outcome when the answer breaks off, or says nothing that is understood', async () => {
    const bodies = [
      { length: 1000, text: '{"data":"UPID:pve01:' },
      { length: 16, text: '{"data":"strange"}'.slice(0, 16) },
    ];
    const { settings, server } = await startRawNode(clean, (_request, response) => {
      const { length, text } = bodies.shift() ?? { length: 0, text: '' };
      response.writeHead(200, { 'content-length': length });
      response.write(text, () => {
        if (text.length < length) server.closeAllConnections();
        else response.end();
      });
    });
    const client = createProxmoxClient({ cluster: settings, credentials: storeOf(['a@pve!tt', 's']) });
    clean(() => client.close());
    const guest = { node: 'raw', vmid: 100 };
    const request = { target: 'pve02', online: false, withLocalDisks: false };
    expect((await managerErrorOf(startMigration(client, guest, request))).code).toBe('OutcomeUnknown');
    expect((await managerErrorOf(startMigration(client, guest, request))).code).toBe('OutcomeUnknown');
  });

  test('go through another node after a 595, which means not executed', async () => {
    const { simulator, client } = await startLab(clean);
    simulator.control.faultRequest(
      { method: 'DELETE', node: 'pve01' },
      { moment: 'before handling', then: { status: 595, reason: 'Connection refused' } },
    );
    const task = simulator.control.cluster.tasks.start({
      node: 'pve01',
      type: 'qmigrate',
      id: '100',
      authId: 'admin@pve!test',
      run: async (worker) => worker.sleep(10_000),
    });
    await abortTask(client, parseUpid(task.upid));
    expect(simulator.control.requests().map(({ node, status }) => [node, status])).toEqual([
      ['pve01', 595],
      ['pve02', 200],
    ]);
  });

  test('go through another node when the owner cannot be connected to', async () => {
    const { simulator, client } = await startLab(clean);
    await simulator.control.stopService('pve01', 'pveproxy');
    const error = await managerErrorOf(client.change(stopGuest, nothing));
    // The other nodes can't reach it either: certain, not unknown.
    expect(error.code).toBe('NodeUnreachable');
  });
});

describe('tokens', () => {
  test('a refused token is read anew once, and the call made again', async () => {
    const store = storeOf(['admin@pve!test', 'old'], ['admin@pve!next', 'rotated']);
    const { client } = await startLab(clean, { client: { credentials: store } });
    await version(client);
    expect(store.readings()).toBe(2);
    expect(client.counts().reads).toBe(2);
    await expect(client.account()).resolves.toEqual({ user: 'admin@pve', tokenName: 'next' });
  });

  test('a change is made again too, because a refused one was not executed', async () => {
    const store = storeOf(['admin@pve!test', 'old'], ['admin@pve!next', 'rotated']);
    const { simulator, client } = await startLab(clean, { client: { credentials: store } });
    const task = simulator.control.cluster.tasks.start({
      node: 'pve01',
      type: 'qmigrate',
      id: '100',
      authId: 'admin@pve!test',
      run: async (worker) => worker.sleep(10_000),
    });
    await abortTask(client, parseUpid(task.upid));
    expect(client.counts().changes).toBe(2);
  });

  test('a token that stays refused is TokenRefused, and the next call reads it anew', async () => {
    const store = storeOf(['admin@pve!test', 'old'], ['admin@pve!test', 'old'], ['admin@pve!test', 'right']);
    const { client } = await startLab(clean, { client: { credentials: store } });
    const { problem } = await managerErrorOf(version(client));
    expect(problem).toMatchObject({ code: 'TokenRefused', status: 401 });
    await version(client);
  });

  test('a missing privilege names the privilege and the path', async () => {
    const { client } = await startLab(clean, { client: { credentials: storeOf(['low@pve!test', 'low']) } });
    const { problem } = await managerErrorOf(qemuConfig(client, { node: 'pve01', vmid: 100 }));
    expect(problem).toMatchObject({ code: 'PermissionMissing', status: 403 });
    expect(problem.remedy).toContain('VM.Audit on /vms, or on /vms/100 if');
  });

  test('no part of an error holds the secret, even if the server sends it back', async () => {
    const secret = 'canary/+secret';
    const { settings } = await startRawNode(clean, (request, response) => {
      const echo = `you sent ${request.headers.authorization ?? ''} (${encodeURIComponent(secret)})`;
      if (request.url?.includes('drop')) request.socket.destroy();
      else
        response.writeHead(500, 'no').end(JSON.stringify({ data: null, message: echo, errors: { a: echo } }));
    });
    const client = createProxmoxClient({ cluster: settings, credentials: storeOf(['a@pve!tt', secret]) });
    clean(() => client.close());
    const errors = [
      await managerErrorOf(client.read({ path: '/x' }, nothing)),
      await managerErrorOf(client.change({ method: 'POST', path: '/drop' }, nothing)),
      await managerErrorOf(client.read({ path: '/drop' }, nothing)),
    ];
    for (const error of errors) {
      const everything = JSON.stringify([error.message, error.stack, error.problem, error.cause ?? null]);
      expect(everything).not.toContain('canary');
    }
  });
});

test('closing ends running calls: reads are Interrupted, sent changes of unknown outcome', async () => {
  const { simulator, client } = await startLab(clean);
  const reading = simulator.control.holdRequest({ path: '/version' }, 'before answering');
  const changing = simulator.control.holdRequest({ method: 'POST' }, 'before answering');
  const calls = [managerErrorOf(version(client)), managerErrorOf(client.change(stopGuest, nothing))];
  await Promise.all([reading.arrived, changing.arrived]);
  await client.close();
  const errors = await Promise.all(calls);
  expect(errors.map(({ code }) => code)).toEqual(['Interrupted', 'OutcomeUnknown']);
  expect((await managerErrorOf(version(client))).code).toBe('Interrupted');
  reading.release();
  changing.release();
});

test('paths encode what is put into them', () => {
  expect(apiPath`/nodes/${'pve01'}/tasks/${'UPID:a@b!c:'}/log`).toBe(
    '/nodes/pve01/tasks/UPID%3Aa%40b!c%3A/log',
  );
});

test('the cluster tells who is online and whether it is quorate', async () => {
  const { simulator, client } = await startLab(clean);
  await expect(clusterStatus(client)).resolves.toMatchObject({ quorate: true });
  simulator.control.loseQuorum();
  await expect(clusterStatus(client)).resolves.toMatchObject({ quorate: false });
});
