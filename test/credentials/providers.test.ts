import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';

import { createCredentialProvider } from '../../src/credentials/provider';
import { createCredentialStore } from '../../src/credentials/store';
import { ManagerError } from '../../src/domain/errors';
import { Secret } from '../../src/domain/secret';
import { canary, failureOf, goodEntry } from './support';

describe('a credentials file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pxm-file-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function fileOf(content: string, mode: number): string {
    const file = path.join(folder, `token-${mode.toString(8)}-${content.length}`);
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
  }
  const read = async (file: string) => createCredentialProvider({ provider: 'file', path: file }).read();

  test.each([0o600, 0o400])('of mode %o gives the token', async (mode) => {
    const { tokenId, secret } = await read(fileOf(goodEntry, mode));
    expect(tokenId).toBe('claude-code@pve!automation');
    expect(secret.reveal()).toBe(canary);
  });

  test.each([0o640, 0o604, 0o620, 0o602, 0o644])(
    'of mode %o is refused with the command that repairs it',
    async (mode) => {
      const file = fileOf(goodEntry, mode);
      const { problem } = await failureOf(read(file));
      expect(problem.code).toBe('CredentialsMalformed');
      expect(problem.failed).toContain(`0${mode.toString(8)}`);
      expect(problem.remedy).toContain(`chmod 600 '${file}'`);
    },
  );

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot('that belongs to another user is refused', async () => {
    const file = fileOf(`${goodEntry}\n`, 0o600);
    chownSync(file, 65_534, 65_534);
    expect((await failureOf(read(file))).problem.failed).toContain('another user');
  });

  test('that is not there, or is no file, is named', async () => {
    const missing = path.join(folder, 'nothing');
    const { problem } = await failureOf(read(missing));
    expect(problem).toMatchObject({
      code: 'CredentialsMissing',
      attempted: `read credentials file ${missing}`,
    });
    expect((await failureOf(read(folder))).code).toBe('CredentialsMalformed');
  });

  test('with Windows line ends is read, one with a single line is not', async () => {
    await expect(read(fileOf(goodEntry.replaceAll('\n', '\r\n'), 0o600))).resolves.toHaveProperty('tokenId');
    expect((await failureOf(read(fileOf(canary, 0o600)))).code).toBe('CredentialsMalformed');
  });
});

describe('environment variables', () => {
  const settings = {
    provider: 'environment',
    tokenIdVariable: 'PXM_TEST_ID',
    tokenSecretVariable: 'PXM_TEST_SECRET',
  } as const;

  test('are read once and taken away, so that no child inherits them', async () => {
    process.env['PXM_TEST_ID'] = 'a@pve!tt';
    process.env['PXM_TEST_SECRET'] = canary;
    const provider = createCredentialProvider(settings);
    expect(JSON.stringify(process.env)).not.toContain(canary);
    expect((await provider.read()).secret.reveal()).toBe(canary);
    expect((await provider.read()).secret.reveal()).toBe(canary);
    expect(inspect(provider, { depth: 5 })).not.toContain(canary);
  });

  test('that are missing are named', async () => {
    process.env['PXM_TEST_ID'] = 'a@pve!tt';
    const { problem } = await failureOf(createCredentialProvider(settings).read());
    expect(problem.code).toBe('CredentialsMissing');
    expect(problem.failed).toMatch(/^PXM_TEST_SECRET not set/);
  });

  test('with a malformed token id are refused by name', async () => {
    process.env['PXM_TEST_ID'] = canary;
    process.env['PXM_TEST_SECRET'] = canary;
    const { problem } = await failureOf(createCredentialProvider(settings).read());
    expect(problem.failed).toContain('PXM_TEST_ID');
  });
});

describe('the store', () => {
  function counted(results: readonly (string | Error)[]) {
    let readings = 0;
    const store = createCredentialStore({
      describe: 'test',
      read: async () => {
        const result = results[Math.min(readings, results.length - 1)] ?? '';
        readings += 1;
        await new Promise((resolve) => setImmediate(resolve));
        if (result instanceof Error) throw result;
        return { tokenId: 'a@pve!tt', secret: new Secret(result) };
      },
    });
    return { store, readings: () => readings };
  }

  test('reads once for all who ask at the same time, and keeps the token', async () => {
    const { store, readings } = counted(['one', 'two']);
    await Promise.all([store.get(), store.get(), store.get()]);
    expect((await store.get()).secret.reveal()).toBe('one');
    expect(readings()).toBe(1);
  });

  test('forgets the token that was used, but not a newer one', async () => {
    const { store } = counted(['one', 'two', 'three']);
    const first = await store.get();
    store.invalidate(first.secret);
    expect((await store.get()).secret.reveal()).toBe('two');
    store.invalidate(first.secret);
    expect((await store.get()).secret.reveal()).toBe('two');
  });

  test('does not keep a failure', async () => {
    const { store } = counted([new Error('locked'), 'one']);
    await expect(store.get()).rejects.toThrow('locked');
    expect((await store.get()).secret.reveal()).toBe('one');
  });

  test('lets one give up without taking the token away from the others', async () => {
    const { store, readings } = counted(['one']);
    const abort = new AbortController();
    const impatient = store.get(abort.signal).catch((error: unknown) => error);
    const patient = store.get();
    abort.abort();
    expect(await impatient).toBeInstanceOf(ManagerError);
    expect((await patient).secret.reveal()).toBe('one');
    expect(readings()).toBe(1);
  });
});
