import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

import { createPassphraseProvider } from '../../src/ssh/access/passphraseProvider';
import { builtPackage } from '../client/support/builtPackage';
import { hasPseudoTerminal, keys, startAtTerminal } from '../client/support/pseudoTerminal';
import { makePasswordStore, type PasswordStore } from '../credentials/support';
import { describeWith } from '../support/tools';
import { failureOf, hostOf, makeHome, useCleanUp } from './support/home';
import { makeKey, writeKey } from './support/keys';

const onEnd = useCleanUp();
const passphrase = 'p4ssphrase with blanks and ÄÖ';
const read = { kind: 'read' } as const;
const words = { words: ['true'] } as const;

async function withLockedKey() {
  const home = makeHome(onEnd);
  const locked = makeKey('ed25519', passphrase);
  writeKey(home.file('locked'), locked);
  home.write('.ssh/config', 'IdentityFile ~/locked\n');
  return { home, server: await home.server({ authorized: [locked] }) };
}

describeWith(['pass', 'gpg'], 'the passphrase of an SSH key, from pass', () => {
  const entry = 'lab/ssh';
  let store: PasswordStore;
  beforeAll(async () => {
    store = await makePasswordStore();
  });
  afterAll(async () => store.remove());

  async function failureWith(content: string) {
    await store.insert(entry, content);
    await store.unlock(entry);
    const { home, server } = await withLockedKey();
    const ssh = home.ssh({ passphraseFor: createPassphraseProvider(entry) });
    return failureOf(ssh.run(hostOf(server), words, read));
  }

  test('is the first line of the entry', async () => {
    await store.insert(entry, `${passphrase}\nwhat else stands there\n`);
    await store.unlock(entry);
    const { home, server } = await withLockedKey();
    const ssh = home.ssh({ passphraseFor: createPassphraseProvider(entry) });
    await expect(ssh.run(hostOf(server), words, read)).resolves.toMatchObject({ exitCode: 0 });
  });

  test('that is wrong is named with its entry, and not shown', async () => {
    const error = await failureWith('p4ssphrase of another key\n');
    expect(error.code).toBe('SshAuthenticationFailed');
    expect(error.problem.failed).toContain(`locked: the passphrase of pass entry ${entry} is wrong`);
    expect(error.problem.remedy).toContain(`pass insert --force ${entry}`);
    expect(JSON.stringify([error.message, error.stack, error.problem])).not.toContain('p4ssphrase');
  });

  test('whose line is empty is malformed', async () => {
    const error = await failureWith('\np4ssphrase on the second line\n');
    expect(error.code).toBe('CredentialsMalformed');
    expect(error.problem.failed).toBe('the first line is empty');
    expect(JSON.stringify([error.message, error.stack, error.problem])).not.toContain('p4ssphrase');
  });

  test('whose entry is missing is named with the command that stores it', async () => {
    const { home, server } = await withLockedKey();
    const ssh = home.ssh({ passphraseFor: createPassphraseProvider('lab/none') });
    const error = await failureOf(ssh.run(hostOf(server), words, read));
    expect(error.code).toBe('CredentialsMissing');
    expect(error.problem.attempted).toBe('read the passphrase of the SSH key from pass entry lab/none');
    expect(error.problem.remedy).toContain('pass insert lab/none');
    expect(error.problem.remedy).toContain('ssh_key_pass_path');
  });

  test('that gpg does not give away is locked', async () => {
    await store.insert(entry, `${passphrase}\n`);
    await store.lock();
    const { home, server } = await withLockedKey();
    const ssh = home.ssh({ passphraseFor: createPassphraseProvider(entry) });
    const error = await failureOf(ssh.run(hostOf(server), words, read));
    expect(error.code).toBe('CredentialsLocked');
    expect(error.problem.remedy).toContain(`pass show ${entry} > /dev/null`);
  });

  test('is not asked for where the key has none', async () => {
    const home = makeHome(onEnd);
    const server = await home.server();
    const ssh = home.ssh({ passphraseFor: createPassphraseProvider('lab/none') });
    await expect(ssh.run(hostOf(server), words, read)).resolves.toMatchObject({ exitCode: 0 });
  });
});

/** A program that logs in, as words. */
async function program(): Promise<readonly [command: string, program: string]> {
  return [process.execPath, (await builtPackage()).program('test/ssh/terminal/main.ts')];
}

const atTerminal = hasPseudoTerminal ? describe : describe.skip;

atTerminal('the passphrase of an SSH key, typed at a terminal (needs Python 3)', () => {
  test('is asked for once, again where it does not fit, and never shown', async () => {
    const { home, server } = await withLockedKey();
    const run = startAtTerminal([...(await program()), home.folder, String(server.port)]);
    await run.shows(`Passphrase of the SSH key ${home.file('locked')} (to log in as `);
    await run.shows('@127.0.0.1):');
    // Either login may be the first.
    expect(run.screen()).toMatch(/\(to log in as (root|backup)@127\.0\.0\.1\):/);
    run.type(`p4ssphrase of another key${keys.enter}`);
    await run.shows('That does not fit.');
    run.type(`${passphrase}${keys.enter}`);
    expect(await run.exitCode).toBe(0);
    expect(run.screen().match(/logged in/g)).toHaveLength(2);
    expect(run.screen()).not.toContain('p4ssphrase');
    expect([...server.users()].sort()).toEqual(['backup', 'root']);
  });

  test('can be left with Ctrl-C, which ends the program', async () => {
    const { home, server } = await withLockedKey();
    const run = startAtTerminal([...(await program()), home.folder, String(server.port)]);
    await run.shows('Passphrase of the SSH key');
    run.type(keys.controlC);
    // By SIGINT, as the shell script around it says it.
    expect(await run.exitCode).toBe(254);
    expect(server.users()).toEqual([]);
  });
});

test('a program without a terminal does not ask, and says what helps', async () => {
  const { home, server } = await withLockedKey();
  const [command, ...args] = [...(await program()), home.folder, String(server.port)];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  expect(stderr).toBe('');
  expect(stdout.match(/locked: it is encrypted, and there is no passphrase for it/g)).toHaveLength(2);
});
