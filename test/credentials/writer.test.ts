import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { CredentialSettings } from '../../src/config/clusterConfig';
import { createCredentialProvider } from '../../src/credentials/provider';
import { createCredentialWriter, type CredentialWriter } from '../../src/credentials/writer';
import { ManagerError, problem } from '../../src/domain/errors';
import { Secret } from '../../src/domain/secret';
import { describeWith } from '../support/tools';
import { canary, failureOf, makePasswordStore, type PasswordStore } from './support';

const oldToken = { tokenId: 'claude-code@pve!automation', secret: new Secret('old-secret') };
const newToken = { tokenId: 'claude-code@pve!automation-2', secret: new Secret(canary) };

const replacing = { keepPrevious: false, requireAlive: () => undefined };
const keeping = { ...replacing, keepPrevious: true };

function writerFor(settings: CredentialSettings): CredentialWriter {
  const writer = createCredentialWriter(settings);
  if (writer === undefined) throw new Error('this place can not be written');
  return writer;
}

/** What every place of tokens promises. */
function describePlace(settingsOf: () => CredentialSettings): void {
  const current = async () => createCredentialProvider(settingsOf()).read();

  beforeEach(async () => {
    const writer = writerFor(settingsOf());
    await writer.stage(oldToken);
    await writer.accept(oldToken, replacing);
  });

  afterEach(async () => {
    const writer = writerFor(settingsOf());
    await writer.forget(oldToken.tokenId);
    await writer.forget(newToken.tokenId);
  });

  test('a staged token is not in use before it is accepted', async () => {
    const writer = writerFor(settingsOf());
    await writer.stage(newToken);
    expect((await current()).tokenId).toBe(oldToken.tokenId);
    expect((await writer.look('new'))?.secret.reveal()).toBe(canary);
    await writer.accept(newToken, replacing);
    expect((await current()).secret.reveal()).toBe(canary);
    expect(await writer.look('new')).toBeUndefined();
    expect(await writer.look('previous')).toBeUndefined();
  });

  test('the token before is kept beside the new one until it is forgotten', async () => {
    const writer = writerFor(settingsOf());
    await writer.stage(newToken);
    await writer.accept(newToken, keeping);
    expect((await writer.look('previous'))?.secret.reveal()).toBe('old-secret');
    await writer.forget(oldToken.tokenId);
    expect(await writer.look('previous')).toBeUndefined();
    expect((await current()).tokenId).toBe(newToken.tokenId);
  });

  test('a discarded token leaves no trace, also if there is none', async () => {
    const writer = writerFor(settingsOf());
    await writer.stage(newToken);
    await writer.discard();
    await writer.discard();
    expect(await writer.look('new')).toBeUndefined();
    expect((await current()).tokenId).toBe(oldToken.tokenId);
  });

  test('a token that came late is withdrawn from beside the one in use; that of another attempt stays', async () => {
    const writer = writerFor(settingsOf());
    await writer.stage(newToken);
    await writer.withdraw({ ...newToken, secret: new Secret('of-another-attempt') });
    expect((await writer.look('new'))?.secret.reveal()).toBe(canary);
    await writer.withdraw(newToken);
    expect(await writer.look('new')).toBeUndefined();
    expect((await current()).tokenId).toBe(oldToken.tokenId);
  });

  test('a late copy of the new token is withdrawn from the place of the one before', async () => {
    const writer = writerFor(settingsOf());
    await writer.stage(newToken);
    await writer.accept(newToken, keeping);
    await writer.withdraw(newToken);
    expect((await writer.look('previous'))?.tokenId).toBe(oldToken.tokenId);
    await writer.stage(oldToken);
    await writer.accept(oldToken, keeping);
    await writer.withdraw(newToken);
    expect(await writer.look('previous')).toBeUndefined();
    expect((await current()).tokenId).toBe(oldToken.tokenId);
  });

  test('only the token that is meant is put into use: with another one beside it nothing is changed', async () => {
    const writer = writerFor(settingsOf());
    await writer.stage(newToken);
    const late = { ...newToken, secret: new Secret('of-another-attempt') };
    expect((await failureOf(writer.accept(late, keeping))).code).toBe('CredentialsMalformed');
    expect((await current()).tokenId).toBe(oldToken.tokenId);
    expect(await writer.look('previous')).toBeUndefined();
    expect((await writer.look('new'))?.secret.reveal()).toBe(canary);
  });

  test('an attempt that is late puts nothing into use', async () => {
    const writer = writerFor(settingsOf());
    await writer.stage(newToken);
    const requireAlive = () => {
      throw new ManagerError(problem('Interrupted', { attempted: 'a test', failed: 'it is late' }));
    };
    const accepting = writer.accept(newToken, { keepPrevious: false, requireAlive });
    expect((await failureOf(accepting)).code).toBe('Interrupted');
    expect((await current()).tokenId).toBe(oldToken.tokenId);
    await writer.accept(newToken, replacing);
  });

  test('a token can be forgotten twice', async () => {
    const writer = writerFor(settingsOf());
    await writer.forget(oldToken.tokenId);
    await writer.forget(oldToken.tokenId);
    expect(await writer.look('current')).toBeUndefined();
  });
}

describe('a token file that is written', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pxm-writer-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'below', 'token');

  describePlace(() => ({ provider: 'file', path: file }));

  test('belongs to its owner only', async () => {
    await writerFor({ provider: 'file', path: file }).stage(newToken);
    expect(statSync(`${file}.new`).mode & 0o777).toBe(0o600);
    expect(readFileSync(`${file}.new`, 'utf8')).toBe(`${newToken.tokenId}\n${canary}\n`);
    expect(readdirSync(path.dirname(file)).toSorted()).toEqual(['token', 'token.new']);
  });

  test('is forgotten with what can not be read at the place of a new one', async () => {
    const writer = writerFor({ provider: 'file', path: file });
    writeFileSync(`${file}.new`, 'half a tok', { mode: 0o600 });
    await writer.forget(newToken.tokenId);
    expect(readdirSync(path.dirname(file))).toEqual(['token']);
  });

  test('that can not be written is an error without content', async () => {
    writeFileSync(path.join(folder, 'file'), '');
    const writer = writerFor({ provider: 'file', path: path.join(folder, 'file', 'token') });
    expect((await failureOf(writer.stage(newToken))).problem.attempted).toContain('write credentials file');
  });
});

describeWith(['pass', 'gpg'], 'an entry of pass that is written', () => {
  const entry = 'annarchy.net/pve/api-token';
  let store: PasswordStore;
  beforeAll(async () => {
    store = await makePasswordStore();
    await store.insert('warm', 'up\n');
    await store.unlock('warm');
  });
  afterAll(async () => store.remove());

  describePlace(() => ({ provider: 'pass', passPath: entry }));

  test('is written whole once that has begun, also if it is cancelled', async () => {
    const writer = writerFor({ provider: 'pass', passPath: entry });
    const cancelling = new AbortController();
    const staged = writer.stage(newToken, cancelling.signal);
    cancelling.abort();
    expect((await failureOf(staged)).code).toBe('Interrupted');
    expect((await writer.look('new'))?.secret.reveal()).toBe(canary);
    expect((await failureOf(writer.discard(cancelling.signal))).code).toBe('Interrupted');
    expect((await writer.look('new'))?.tokenId).toBe(newToken.tokenId);
    await writer.discard();
  });

  test('is forgotten with half an entry at the place of a new one, which gpg can not decrypt', async () => {
    const writer = writerFor({ provider: 'pass', passPath: entry });
    await store.spoil(`${entry}.new`);
    expect((await failureOf(writer.look('new'))).code).toMatch(/CredentialsLocked|CredentialsMalformed/);
    await writer.forget(oldToken.tokenId);
    expect(await writer.look('new')).toBeUndefined();
    expect(await writer.look('current')).toBeUndefined();
  });

  test('stays as it was while the key is locked: what can not be read back is not used', async () => {
    await store.lock();
    const writer = writerFor({ provider: 'pass', passPath: entry });
    expect((await failureOf(writer.stage(newToken))).code).toBe('CredentialsLocked');
    await store.unlock(entry);
    expect((await createCredentialProvider({ provider: 'pass', passPath: entry }).read()).tokenId).toBe(
      oldToken.tokenId,
    );
    await writer.discard();
  });
});

test('variables, systemd and commands are places that only others can write to', () => {
  const readOnly: CredentialSettings[] = [
    { provider: 'environment', tokenIdVariable: 'A', tokenSecretVariable: 'B' },
    { provider: 'systemd', name: 'api-token' },
    { provider: 'command', command: ['vault'] },
  ];
  for (const settings of readOnly) expect(createCredentialWriter(settings)).toBeUndefined();
});
