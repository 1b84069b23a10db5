import { existsSync, statSync } from 'node:fs';

import { failureOf, makeHome, until, useCleanUp } from './support/home';
import { startProxy } from './support/proxy';

const onEnd = useCleanUp();
const keepAlive = { intervalMs: 50, mostUnanswered: 3 };
const hanging = { script: 'exec sleep 1000' };

/** A server behind a proxy that can fall silent; its key is known by the proxy's address. */
async function start(options: { readonly sftp?: boolean } = {}) {
  const home = makeHome(onEnd);
  const server = await home.server({ known: false, ...options });
  const proxy = await startProxy(server.port);
  onEnd(() => proxy.close());
  home.write('.ssh/known_hosts', `[127.0.0.1]:${proxy.port} ${server.hostKey.publicLine}\n`);
  return { home, server, proxy, host: { host: '127.0.0.1', port: proxy.port }, ssh: home.ssh({ keepAlive }) };
}

/** Without keep-alive the time limit of the command would end it: far later than a test may take. */
const timeoutMs = 3_600_000;

describe('a host that stops answering in the middle of a command', () => {
  test('is given up by itself: the outcome of a change is unknown, and it is not repeated', async () => {
    const { ssh, host, server, proxy } = await start();
    const running = failureOf(ssh.run(host, hanging, { kind: 'change', timeoutMs }));
    await until(() => server.commands().length === 1);
    proxy.fallSilent();
    const error = await running;
    expect(error.code).toBe('OutcomeUnknown');
    expect(error.retryable).toBe(false);
    expect(error.problem.remedy).toContain('Look at the host before it is run again');
    expect(server.commands()).toHaveLength(1);
    expect(proxy.connections()).toBe(1);
  });

  test('makes a read repeatable', async () => {
    const { ssh, host, server, proxy } = await start();
    const running = failureOf(ssh.run(host, hanging, { kind: 'read', timeoutMs }));
    await until(() => server.commands().length === 1);
    proxy.fallSilent();
    expect(await running).toMatchObject({ code: 'SshUnreachable', retryable: true });
  });

  test('ends every command that runs over its connection', async () => {
    const { ssh, host, server, proxy } = await start();
    const running = Array.from({ length: 4 }, () =>
      failureOf(ssh.run(host, hanging, { kind: 'change', timeoutMs })),
    );
    await until(() => server.commands().length === 4);
    proxy.fallSilent();
    const codes = (await Promise.all(running)).map(({ code }) => code);
    expect(codes).toEqual(Array.from({ length: 4 }, () => 'OutcomeUnknown'));
  });

  test('does not hinder the next command, once the host answers again', async () => {
    const { ssh, host, server, proxy } = await start();
    const running = failureOf(ssh.run(host, hanging, { kind: 'change', timeoutMs }));
    await until(() => server.commands().length === 1);
    proxy.fallSilent();
    await running;
    await ssh.run(host, { words: ['true'] }, { kind: 'change' });
    expect(proxy.connections()).toBe(2);
  });
});

test.each([
  ['over SFTP', true],
  ['where SFTP is off', false],
])(
  'a transfer %s to a host that stops answering ends by itself, and may be tried again',
  async (_way, sftp) => {
    const { ssh, host, home, proxy } = await start({ sftp });
    const path = home.file('transferred');
    proxy.fallSilentAfter(200_000);
    const bytes = Buffer.alloc(1_000_000, 'x');
    const error = await failureOf(ssh.files.write(host, path, bytes, { mode: 0o600, timeoutMs }));
    expect(error).toMatchObject({ code: 'SshUnreachable', retryable: true });
    expect(existsSync(path)).toBe(false);
    await ssh.files.write(host, path, bytes, { mode: 0o600 });
    expect(statSync(path).size).toBe(bytes.length);
  },
);

test('a kept connection that has fallen silent is replaced, also for a change: the host has not taken it', async () => {
  const { ssh, host, server, proxy } = await start();
  await ssh.run(host, { words: ['true'] }, { kind: 'read' });
  proxy.fallSilent();
  await ssh.run(host, { words: ['true'] }, { kind: 'change', timeoutMs });
  expect(server.commands()).toHaveLength(2);
  expect(proxy.connections()).toBe(2);
});

test('a host that answers is left alone, however long its command says nothing', async () => {
  const { ssh, host, proxy } = await start();
  const quiet = { script: 'sleep 1; echo done' };
  const { stdout } = await ssh.run(host, quiet, { kind: 'change', timeoutMs });
  expect(stdout.text()).toBe('done');
  expect(proxy.connections()).toBe(1);
});

test('a silent jump host ends the commands behind it', async () => {
  const { home, server: gate, proxy, ssh } = await start();
  const inner = await home.server();
  home.write(
    '.ssh/config',
    `Host inner\n  HostName 127.0.0.1\n  Port ${inner.port}\n  ProxyJump root@127.0.0.1:${proxy.port}\n`,
  );
  const running = failureOf(ssh.run({ host: 'inner' }, hanging, { kind: 'change', timeoutMs }));
  await until(() => inner.commands().length === 1);
  proxy.fallSilent();
  expect((await running).code).toBe('OutcomeUnknown');
  expect(gate.commands()).toEqual([]);
});
