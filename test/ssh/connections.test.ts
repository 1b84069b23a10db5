import { createServer } from 'node:net';

import { failureOf, hostOf, makeHome, until, useCleanUp } from './support/home';
import { makeKey } from './support/keys';

const onEnd = useCleanUp();
const read = { kind: 'read' } as const;
const change = { kind: 'change' } as const;
const words = { words: ['true'] } as const;

test('sixteen commands at once share one connection and never have more sessions than allowed', async () => {
  const home = makeHome(onEnd);
  const server = await home.server({ maxSessions: 10 });
  const ssh = home.ssh({ sessionsPerHost: 4 });
  const results = await Promise.all(
    Array.from({ length: 16 }, async (_, index) =>
      ssh.run(hostOf(server), { script: 'sleep 0.05; echo "$1"', args: [String(index)] }, change),
    ),
  );
  expect(results.map((result) => Number(result.stdout.text()))).toEqual(results.map((_, index) => index));
  expect(server.peakSessions()).toBe(4);
  expect(server.logins()).toBe(1);
});

test('a host that allows fewer sessions than we thought gets no more than it allows', async () => {
  const home = makeHome(onEnd);
  const server = await home.server({ maxSessions: 2 });
  const ssh = home.ssh();
  await Promise.all(
    Array.from({ length: 16 }, async () => ssh.run(hostOf(server), { script: 'sleep 0.05' }, change)),
  );
  expect(server.commands()).toHaveLength(16);
  expect(server.peakSessions()).toBe(2);
});

test('a host that allows no session says so, and nothing was executed', async () => {
  const home = makeHome(onEnd);
  const server = await home.server({ maxSessions: 0 });
  const error = await failureOf(home.ssh().run(hostOf(server), words, change));
  expect(error.code).toBe('SshFailed');
  expect(error.problem.remedy).toContain('MaxSessions');
});

test('who waits for a session can give up at once', async () => {
  const home = makeHome(onEnd);
  const server = await home.server();
  const ssh = home.ssh({ sessionsPerHost: 1 });
  const stop = new AbortController();
  const first = failureOf(
    ssh.run(hostOf(server), { script: 'exec sleep 1000' }, { ...read, signal: stop.signal }),
  );
  await until(() => server.commands().length === 1);
  const giveUp = new AbortController();
  const second = failureOf(ssh.run(hostOf(server), words, { ...change, signal: giveUp.signal }));
  giveUp.abort();
  expect((await second).code).toBe('Interrupted');
  stop.abort();
  await first;
  await ssh.run(hostOf(server), words, read);
  expect(server.commands()).toHaveLength(2);
});

test('an unused connection is closed, and the next command makes a new one', async () => {
  const home = makeHome(onEnd);
  const server = await home.server();
  const ssh = home.ssh({ idleMs: 50 });
  await Promise.all([ssh.run(hostOf(server), words, read), ssh.run(hostOf(server), words, read)]);
  await until(() => server.open() === 0);
  await ssh.run(hostOf(server), words, read);
  expect(server.logins()).toBe(2);
});

test('a kept connection that has died is replaced, also for a change: nothing had been sent', async () => {
  const home = makeHome(onEnd);
  const server = await home.server();
  const ssh = home.ssh();
  await ssh.run(hostOf(server), words, read);
  server.cut();
  await ssh.run(hostOf(server), words, change);
  expect(server.commands()).toHaveLength(2);
});

test('after closing nothing is taken any more, and no connection is left', async () => {
  const home = makeHome(onEnd);
  const server = await home.server();
  const ssh = home.ssh();
  await ssh.run(hostOf(server), words, read);
  ssh.close();
  await until(() => server.open() === 0);
  expect((await failureOf(ssh.run(hostOf(server), words, read))).code).toBe('Interrupted');
});

describe('a host that can not be reached', () => {
  test('is said to be, and may be tried again', async () => {
    const home = makeHome(onEnd);
    const server = await home.server();
    await server.close();
    const error = await failureOf(home.ssh().run(hostOf(server), words, change));
    expect(error.code).toBe('SshUnreachable');
    expect(error.retryable).toBe(true);
  });

  test('because it never answers takes no longer than the time limit', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    onEnd(() => silent.close());
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const ssh = makeHome(onEnd).ssh({ connectTimeoutMs: 200 });
    const error = await failureOf(ssh.run({ host: '127.0.0.1', port: address.port }, words, change));
    expect(error.code).toBe('SshUnreachable');
    expect(error.problem.failed).toBe('no login within 0.2 s');
  });

  test('because it hangs up before the handshake', async () => {
    const rude = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => {
      rude.listen(0, '127.0.0.1', resolve);
    });
    onEnd(() => rude.close());
    const address = rude.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const error = await failureOf(
      makeHome(onEnd).ssh().run({ host: '127.0.0.1', port: address.port }, words, change),
    );
    expect(error.code).toBe('SshUnreachable');
  });
});

describe('through a jump host', () => {
  async function start(ofGate: { readonly ignoresForwards?: boolean } = {}) {
    const home = makeHome(onEnd);
    const [gate, server] = [await home.server(ofGate), await home.server()];
    home.write(
      '.ssh/config',
      `Host inner\n  HostName 127.0.0.1\n  Port ${server.port}\n  ProxyJump me@127.0.0.1:${gate.port}\n`,
    );
    return { home, gate, server };
  }

  test('a command runs on the host behind it, and closing closes both', async () => {
    const { home, gate, server } = await start();
    const ssh = home.ssh();
    await ssh.run({ host: 'inner' }, words, read);
    expect([gate.users(), server.users()]).toEqual([['me'], ['root']]);
    expect([gate.commands().length, server.commands().length]).toEqual([0, 1]);
    ssh.close();
    await until(() => gate.open() === 0 && server.open() === 0);
  });

  test('its own host key is verified first', async () => {
    const home = makeHome(onEnd);
    const [gate, server] = [await home.server({ known: false }), await home.server()];
    home.write(
      '.ssh/config',
      `Host inner\n  HostName 127.0.0.1\n  Port ${server.port}\n  ProxyJump 127.0.0.1:${gate.port}\n`,
    );
    const error = await failureOf(home.ssh().run({ host: 'inner' }, words, read));
    expect(error.code).toBe('HostKeyUnknown');
    expect(error.problem.attempted).toContain(`:${gate.port}`);
    expect([gate.logins(), server.open()]).toEqual([0, 0]);
  });

  test('the host behind it may show another key than the known one', async () => {
    const home = makeHome(onEnd);
    const [gate, server] = [await home.server(), await home.server({ known: false })];
    home.write('.ssh/known_hosts', `[127.0.0.1]:${server.port} ${makeKey().publicLine}\n`);
    home.write(
      '.ssh/config',
      `Host inner\n  HostName 127.0.0.1\n  Port ${server.port}\n  ProxyJump 127.0.0.1:${gate.port}\n`,
    );
    const error = await failureOf(home.ssh().run({ host: 'inner' }, words, read));
    expect(error.code).toBe('HostKeyChanged');
    await until(() => gate.open() === 0);
  });

  test('a host that it can not reach is named together with it', async () => {
    const { home, gate, server } = await start();
    await server.close();
    const error = await failureOf(home.ssh().run({ host: 'inner' }, words, change));
    expect(error.code).toBe('SshUnreachable');
    expect(error.problem.attempted).toContain(`127.0.0.1:${server.port} through me@127.0.0.1:${gate.port}`);
  });

  test('one that never comes back from the host behind it takes no longer than the time limit', async () => {
    const { home } = await start({ ignoresForwards: true });
    const ssh = home.ssh({ connectTimeoutMs: 3_000 });
    const error = await failureOf(ssh.run({ host: 'inner' }, words, change));
    expect(error.code).toBe('SshUnreachable');
    expect(error.problem.failed).toBe('no connection within 3 s');
  });

  test('its cut makes the outcome of a change unknown', async () => {
    const { home, gate, server } = await start();
    const running = failureOf(home.ssh().run({ host: 'inner' }, { script: 'exec sleep 1000' }, change));
    await until(() => server.commands().length === 1);
    gate.cut();
    expect((await running).code).toBe('OutcomeUnknown');
  });
});
