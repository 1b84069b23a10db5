import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createLoginProvider } from '../../src/credentials/login';
import { describeWith } from '../support/tools';
import { canary, failureOf, makePasswordStore, type PasswordStore } from './support';

describe('the login of root@pam from a file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pxm-login-'));
  const file = path.join(folder, 'root');
  afterAll(() => rmSync(folder, { recursive: true }));
  const provider = createLoginProvider({ provider: 'file', path: file });

  function write(content: string, mode = 0o600) {
    writeFileSync(file, content);
    chmodSync(file, mode);
  }

  test('is the user and the password, blanks and all', async () => {
    write(`root@pam\n ${canary} ü \n`);
    const { userId, password } = await provider.read();
    expect([userId, password.reveal()]).toEqual(['root@pam', ` ${canary} ü `]);
  });

  test.each([
    ['of another user', `admin@pve\n${canary}\n`, 'line 1 is not root@pam'],
    ['that is a token', `root@pam!one\n${canary}\n`, 'line 1 is not root@pam'],
    ['without a password', 'root@pam\n', 'exactly one more line'],
    ['with a third line', `root@pam\n${canary}\n${canary}\n`, 'exactly one more line'],
  ])('%s is malformed', async (_title, content, failed) => {
    write(content);
    const { problem } = await failureOf(provider.read());
    expect(problem.code).toBe('CredentialsMalformed');
    expect(problem.failed).toContain(failed);
    expect(problem.remedy).toContain('line 1 root@pam, line 2 its password');
  });

  test('that others may read is refused', async () => {
    write(`root@pam\n${canary}\n`, 0o644);
    expect((await failureOf(provider.read())).problem.remedy).toContain(`chmod 600 '${file}'`);
  });
});

describeWith(['pass', 'gpg'], 'the login of root@pam from pass', () => {
  let store: PasswordStore;
  beforeAll(async () => {
    store = await makePasswordStore();
  });
  afterAll(async () => store.remove());

  test('is the two lines of the entry', async () => {
    await store.insert('lab/root', `root@pam\n${canary}\n`);
    await store.unlock('lab/root');
    const { password } = await createLoginProvider({ provider: 'pass', passPath: 'lab/root' }).read();
    expect(password.reveal()).toBe(canary);
  });

  test('that is missing is named with the command that stores it', async () => {
    const { problem } = await failureOf(
      createLoginProvider({ provider: 'pass', passPath: 'lab/none' }).read(),
    );
    expect(problem.code).toBe('CredentialsMissing');
    expect(problem.remedy).toContain('pass insert -m lab/none (line 1 root@pam');
  });
});
