import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createCredentialProvider } from '../../src/credentials/provider';
import { canary, failureOf, goodEntry } from './support';

const folder = mkdtempSync(path.join(tmpdir(), 'pxm-providers-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a systemd credential', () => {
  const provider = createCredentialProvider({ provider: 'systemd', name: 'api-token' });
  afterEach(() => Reflect.deleteProperty(process.env, 'CREDENTIALS_DIRECTORY'));

  test.each([0o400, 0o440, 0o600])('of mode %o is read from the folder of the service', async (mode) => {
    process.env['CREDENTIALS_DIRECTORY'] = folder;
    writeFileSync(path.join(folder, 'api-token'), goodEntry);
    chmodSync(path.join(folder, 'api-token'), mode);
    const { tokenId, secret } = await provider.read();
    expect(tokenId).toBe('claude-code@pve!automation');
    expect(secret.reveal()).toBe(canary);
  });

  test('that others may read is refused', async () => {
    process.env['CREDENTIALS_DIRECTORY'] = folder;
    writeFileSync(path.join(folder, 'api-token'), goodEntry);
    chmodSync(path.join(folder, 'api-token'), 0o444);
    expect((await failureOf(provider.read())).code).toBe('CredentialsMalformed');
  });

  test('without a service tells how to get one', async () => {
    const { problem } = await failureOf(provider.read());
    expect(problem.code).toBe('CredentialsMissing');
    expect(problem.remedy).toContain('LoadCredential=api-token');
  });
});

describe('a credential command', () => {
  let count = 0;

  function commandOf(script: string): readonly [string, ...string[]] {
    count += 1;
    const file = path.join(folder, `helper-${count}`);
    writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return [file, 'pve-token'];
  }
  const read = async (script: string, timeoutMs?: number) =>
    createCredentialProvider(
      { provider: 'command', command: commandOf(script) },
      timeoutMs === undefined ? {} : { timeoutMs },
    ).read();

  test('is asked as git asks its helpers, and answers with a user name and a password', async () => {
    const seen = path.join(folder, 'seen');
    const answer = `echo username='claude-code@pve!automation'; echo password=${canary}; echo quit=0`;
    const { tokenId, secret } = await read(`{ echo "$@"; cat; env; } > ${seen}; ${answer}`);
    expect(tokenId).toBe('claude-code@pve!automation');
    expect(secret.reveal()).toBe(canary);
    const text = readFileSync(seen, 'utf8');
    expect(text.startsWith('pve-token get\nprotocol=https\nhost=proxmox\n\n')).toBe(true);
    expect(text).not.toContain('JEST');
  });

  test.each([
    ['no password', 'echo username=a@pve!tt', /password/],
    ['no user name', `echo password=${canary}`, /username/],
    ['nothing', 'true', /username/],
  ])('that answers with %s is named without any content', async (_title, script, failed) => {
    const { problem } = await failureOf(read(script));
    expect(problem.code).toBe('CredentialsMalformed');
    expect(problem.failed).toMatch(failed);
  });

  test('that fails, hangs or is not there is told apart', async () => {
    const failing = await failureOf(read(`echo ${canary}; echo ${canary} >&2; exit 3`));
    expect(failing.problem).toMatchObject({ code: 'CredentialsLocked' });
    expect(failing.problem.failed).toContain('exit code 3');
    expect((await failureOf(read('sleep 300', 300))).problem.failed).toContain('in time');
    const missing = createCredentialProvider({ provider: 'command', command: ['/no/such/vault'] });
    expect((await failureOf(missing.read())).code).toBe('CredentialsMissing');
  });
});
