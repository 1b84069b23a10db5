import { inspect } from 'node:util';

import { Secret } from '../../src/domain/secret';
import type { PassphraseRequest } from '../../src/ssh/access/passphrases';
import { startAgent } from './support/agent';
import { failureOf, hostOf, makeHome, useCleanUp, type Home } from './support/home';
import { makeKey, writeKey, type TestKey } from './support/keys';

const onEnd = useCleanUp();
const read = { kind: 'read' } as const;
const words = { words: ['true'] } as const;

async function agentWith(home: Home, keys: readonly TestKey[]) {
  const socket = home.file('agent');
  const agent = await startAgent(socket, keys);
  onEnd(async () => agent.close());
  return { agent, environment: { SSH_AUTH_SOCK: socket } };
}

test('a key of the agent logs in', async () => {
  const home = makeHome(onEnd);
  const other = makeKey();
  const agentKey = makeKey('ecdsa');
  const { agent, environment } = await agentWith(home, [other, agentKey]);
  const server = await home.server({ authorized: [agentKey] });
  const ssh = home.ssh({ environment });
  await ssh.run(hostOf(server), words, read);
  expect(agent.signedWith()).toEqual([agentKey]);
});

test('with IdentitiesOnly only the keys of the identity files are taken from the agent', async () => {
  const home = makeHome(onEnd);
  const other = makeKey();
  const named = makeKey();
  home.write('named.pub', named.publicLine);
  home.write('.ssh/config', 'IdentitiesOnly yes\nIdentityFile ~/named\n');
  const { agent, environment } = await agentWith(home, [other, named]);
  const server = await home.server({ authorized: [other, named] });
  await home.ssh({ environment }).run(hostOf(server), words, read);
  expect(agent.signedWith()).toEqual([named]);
});

test('an agent that is not there is passed over, and named if nothing else helps', async () => {
  const home = makeHome(onEnd);
  const ssh = home.ssh({ environment: { SSH_AUTH_SOCK: home.file('nobody') } });
  const server = await home.server();
  await ssh.run(hostOf(server), words, read);
  const stranger = await home.server({ authorized: [] });
  const error = await failureOf(ssh.run(hostOf(stranger), words, read));
  expect(error.code).toBe('SshAuthenticationFailed');
  expect(error.problem.failed).toContain('the agent: Failed to connect to agent');
});

test('the user is the one asked for, else that of the configuration, else root', async () => {
  const home = makeHome(onEnd);
  const server = await home.server();
  await home.ssh().run(hostOf(server), words, read);
  home.write('.ssh/config', 'Host *\n  User admin\n');
  await home.ssh().run(hostOf(server), words, read);
  await home.ssh().run({ ...hostOf(server), user: 'backup' }, words, read);
  expect(server.users()).toEqual(['root', 'admin', 'backup']);
});

describe('an encrypted key file', () => {
  const passphrase = new Secret('p4ssphrase of the test');
  const given = (value: Secret) => ({ value, source: 'of the test', remedyIfWrong: 'Mend the test.' });

  async function start() {
    const home = makeHome(onEnd);
    const locked = makeKey('ed25519', passphrase.reveal());
    writeKey(home.file('locked'), locked);
    home.write('.ssh/config', 'IdentityFile ~/locked\n');
    const server = await home.server({ authorized: [locked] });
    return { home, server };
  }

  test('is unlocked with the passphrase, which is asked for once for many connections', async () => {
    const { home, server } = await start();
    const asked: PassphraseRequest[] = [];
    const ssh = home.ssh({
      passphraseFor: async (request) => {
        asked.push(request);
        return Promise.resolve(given(passphrase));
      },
    });
    const users = ['root', 'backup'].map(async (user) => ssh.run({ ...hostOf(server), user }, words, read));
    await Promise.all(users);
    await ssh.run({ ...hostOf(server), user: 'other' }, words, read);
    // Either of the first two logins may be the one that asks.
    const host = expect.stringMatching(/^(root|backup)@127\.0\.0\.1$/) as string;
    expect(asked).toEqual([{ file: home.file('locked'), host, attempt: 1 }]);
    expect(inspect(ssh, { depth: 20, showHidden: true })).not.toContain('p4ssphrase');
  });

  test('waits for a person who types longer than the time limit', async () => {
    const { home, server } = await start();
    const ssh = home.ssh({
      connectTimeoutMs: 3_000,
      passphraseFor: async () =>
        new Promise((resolve) => {
          setTimeout(() => resolve(given(passphrase)), 3_300);
        }),
    });
    await expect(ssh.run(hostOf(server), words, read)).resolves.toMatchObject({ exitCode: 0 });
  });

  test('is left out without a passphrase, and the error says so', async () => {
    const { home, server } = await start();
    const error = await failureOf(home.ssh().run(hostOf(server), words, read));
    expect(error.code).toBe('SshAuthenticationFailed');
    expect(error.problem.failed).toContain(`${home.file('locked')}: it is encrypted`);
    for (const way of [`ssh-add ${home.file('locked')}`, 'ssh_key_pass_path', 'pxm worker']) {
      expect(error.problem.remedy).toContain(way);
    }
  });

  test('with a wrong passphrase is told apart, and the passphrase is not shown', async () => {
    const { home, server } = await start();
    const attempts: number[] = [];
    const ssh = home.ssh({
      passphraseFor: async ({ attempt }) => {
        attempts.push(attempt);
        return Promise.resolve(given(new Secret('wr0ng')));
      },
    });
    const error = await failureOf(ssh.run(hostOf(server), words, read));
    expect(error.code).toBe('SshAuthenticationFailed');
    expect(error.problem.failed).toContain(`${home.file('locked')}: the passphrase of the test is wrong`);
    expect(error.problem.remedy).toBe('Mend the test.');
    expect(attempts).toEqual([1, 2, 3]);
    expect(inspect(error, { depth: 20 })).not.toContain('wr0ng');
  });

  test('whose passphrase can not be had fails with what the provider says', async () => {
    const { home, server } = await start();
    const ssh = home.ssh({ passphraseFor: async () => Promise.reject(new Error('gpg is locked')) });
    await expect(ssh.run(hostOf(server), words, read)).rejects.toThrow('gpg is locked');
  });
});

test('every key that could not be used is named with the reason', async () => {
  const home = makeHome(onEnd);
  writeKey(home.file('loose'), makeKey(), 0o644);
  writeKey(home.file('refused'), makeKey());
  home.write('junk', 'no key');
  home.write('public', makeKey().publicLine);
  home.write(
    '.ssh/config',
    'IdentityFile ~/loose\nIdentityFile ~/refused\nIdentityFile ~/junk\nIdentityFile ~/public\nIdentityFile ~/none\n',
  );
  const server = await home.server();
  const error = await failureOf(home.ssh().run(hostOf(server), words, read));
  expect(error.code).toBe('SshAuthenticationFailed');
  expect(error.retryable).toBe(false);
  expect(error.problem.failed).toBe(
    `the host takes none of our keys (no key agent (SSH_AUTH_SOCK is not set); ${[
      `${home.file('loose')}: others may read or write it (mode 0644); type: chmod 600 ${home.file('loose')}`,
      `${home.file('refused')}: offered`,
      `${home.file('junk')}: it is no key in a format that is supported (OpenSSH, PEM)`,
      `${home.file('public')}: it is a public key, and not in the agent`,
      `${home.file('none')}: there is no such file`,
    ].join('; ')})`,
  );
});
