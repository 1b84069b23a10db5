import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execaSync } from 'execa';

import { createCredentialProvider } from '../../src/credentials/provider';
import { describeWith } from '../support/tools';
import { canary, failureOf, goodEntry, makePasswordStore, type PasswordStore } from './support';

const entry = 'annarchy.net/pve/api-token';
const provider = createCredentialProvider({ provider: 'pass', passPath: entry });

describeWith(['pass', 'gpg'], 'the password store pass', () => {
  let store: PasswordStore;
  beforeAll(async () => {
    store = await makePasswordStore();
    await store.insert(entry, goodEntry);
  });
  afterAll(async () => store.remove());

  test('gives the token of a two-line entry while the key agent is unlocked', async () => {
    await store.unlock(entry);
    const { tokenId, secret } = await provider.read();
    expect(tokenId).toBe('claude-code@pve!automation');
    expect(secret.reveal()).toBe(canary);
  });

  test('fails at once while the key agent is locked, instead of waiting for a passphrase', async () => {
    await store.lock();
    const startedAtMs = performance.now();
    const { problem } = await failureOf(provider.read());
    expect(problem.code).toBe('CredentialsLocked');
    expect(problem.remedy).toContain(`pass show ${entry}`);
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  });

  test('tells a missing entry and how to store it', async () => {
    const missing = createCredentialProvider({ provider: 'pass', passPath: 'no/such/entry' });
    const { problem } = await failureOf(missing.read());
    expect(problem).toMatchObject({ code: 'CredentialsMissing', attempted: 'read pass entry no/such/entry' });
    expect(problem.remedy).toContain('pass insert -m no/such/entry');
  });

  test.each([
    ['one line', `${canary}\n`, /1 line/],
    ['three lines', `${goodEntry}more\n`, /3 line/],
    ['no token id', `nonsense ${canary}\n${canary}\n`, /line 1/],
    ['a blank in the secret', `a@pve!tt\n${canary} x\n`, /line 2/],
  ])('refuses an entry with %s and shows no content', async (_title, content, failed) => {
    await store.insert('odd', content);
    await store.unlock('odd');
    const { problem } = await failureOf(
      createCredentialProvider({ provider: 'pass', passPath: 'odd' }).read(),
    );
    expect(problem.code).toBe('CredentialsMalformed');
    expect(problem.failed).toMatch(failed);
  });

  test('a folder of entries is no token', async () => {
    const folder = createCredentialProvider({ provider: 'pass', passPath: 'annarchy.net/pve' });
    expect((await failureOf(folder.read())).code).toBe('CredentialsMalformed');
  });

  test('without the key of the entry it says that the keyring may lack it', async () => {
    const empty = mkdtempSync('/tmp/pxm-gpg-');
    chmodSync(empty, 0o700);
    const before = process.env['GNUPGHOME'];
    process.env['GNUPGHOME'] = empty;
    const { problem } = await failureOf(provider.read());
    if (before !== undefined) process.env['GNUPGHOME'] = before;
    rmSync(empty, { recursive: true, force: true });
    expect(problem.code).toBe('CredentialsLocked');
    expect(problem.failed).toContain('keyring');
  });
});

describe('the program pass', () => {
  const folders: string[] = [];
  const pathBefore = process.env['PATH'];
  afterEach(() => {
    process.env['PATH'] = pathBefore;
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** Puts another program of that name first. */
  function usePass(script: string): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'pxm-pass-'));
    folders.push(folder);
    writeFileSync(path.join(folder, 'pass'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env['PATH'] = `${folder}:/usr/bin:/bin`;
    return folder;
  }

  test('gets an allow-listed environment, without the secrets of this process', async () => {
    const folder = usePass('env > "$(dirname "$0")/seen"; echo a@pve!tt; echo secret');
    process.env['PXM_TEST_SECRET'] = canary;
    await provider.read();
    Reflect.deleteProperty(process.env, 'PXM_TEST_SECRET');
    const seen = readFileSync(path.join(folder, 'seen'), 'utf8');
    expect(seen).toContain('PATH=');
    expect(seen).toContain('PASSWORD_STORE_GPG_OPTS=--pinentry-mode=error');
    expect(seen).not.toContain(canary);
  });

  test('is ended with its children when it hangs, and that counts as locked', async () => {
    const folder = usePass('sleep 300 & echo $! > "$(dirname "$0")/child"; wait');
    const hasty = createCredentialProvider({ provider: 'pass', passPath: entry }, { timeoutMs: 2_000 });
    expect((await failureOf(hasty.read())).code).toBe('CredentialsLocked');
    const child = readFileSync(path.join(folder, 'child'), 'utf8').trim();
    // Gone, or a zombie that nobody has waited for yet.
    expect(execaSync('ps', ['-o', 'stat=', '-p', child], { reject: false }).stdout).toMatch(/^Z|^$/);
  });

  test('is ended when the reading is cancelled', async () => {
    usePass('sleep 300');
    const abort = new AbortController();
    const reading = failureOf(provider.read(abort.signal));
    abort.abort();
    expect((await reading).code).toBe('Interrupted');
  });

  test('is asked for by name when it is not installed', async () => {
    const folder = usePass('');
    process.env['PATH'] = path.join(folder, 'nothing-here');
    const { problem } = await failureOf(provider.read());
    expect(problem.code).toBe('CredentialsMissing');
    expect(problem.failed).toContain('not installed');
  });

  test('shows neither of its output streams in an error', async () => {
    usePass(`echo ${canary}; echo ${canary} >&2; exit 7`);
    const { problem } = await failureOf(provider.read());
    expect(problem.code).toBe('CredentialsLocked');
    expect(problem.failed).toContain('exit code 7');
  });
});
