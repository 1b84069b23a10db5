import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { defaultDataConverter } from '@temporalio/common';
import { createEnvironmentProvider } from '../../src/credentials/environment';
import { createCredentialStore } from '../../src/credentials/store';
import { Secret } from '../../src/domain/secret';
import { createWorkerLog } from '../../src/temporal/workerLog';
import { newCanaryToken } from './canary';
import { contentsOf } from './contents';
import { formsIn, needlesOf } from './search';

const token = newCanaryToken();
const needles = needlesOf(token.secret);
const secret = new Secret(token.secret);
const holder = { tokenId: token.id, secret, list: [secret], map: new Map([['secret', secret]]) };

/** Each way in which a program makes text or bytes of a value. */
const ways: Record<string, (value: unknown) => string | Buffer> = {
  'JSON.stringify': (value) => JSON.stringify(value),
  'JSON.stringify of its own properties': (value) =>
    JSON.stringify(Object.getOwnPropertyDescriptors(Object(value))),
  'a template string': (value) => `as text: ${String(value)}`,
  'a sum with a string': (value) => ''.concat(String(value)),
  'util.inspect with everything on': (value) =>
    inspect(value, { showHidden: true, depth: Infinity, customInspect: true, getters: true }),
  'util.inspect without custom functions': (value) =>
    inspect(value, { showHidden: true, depth: Infinity, customInspect: false, showProxy: true }),
  'util.format': (value) => format('%s %o %O %j', value, value, value, value),
  'the message and cause of an error': (value) => inspect(new Error(String(value), { cause: value })),
  structuredClone: (value) => inspect(structuredClone(value), { showHidden: true, depth: Infinity }),
  'v8.serialize': (value) => serialize(value),
  'a message to a worker thread': (value) => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(value);
    const received: unknown = receiveMessageOnPort(port2)?.message;
    port1.close();
    return inspect(received, { showHidden: true, depth: Infinity });
  },
  "Temporal's data converter": (value) => contentsOf(defaultDataConverter.payloadConverter.toPayload(value)),
  'a log line': (value) => {
    let line = '';
    createWorkerLog('info', { write: (text: string) => (line += text) }).info({ value }, 'Test');
    return line;
  },
};

test.each(Object.entries(ways))('a secret is not shown by %s', (_title, way) => {
  for (const value of [secret, holder]) {
    const shown = Buffer.from(way(value));
    expect(shown.length).toBeGreaterThan(0);
    expect(formsIn(shown, needles)).toEqual([]);
  }
});

class NoSecret {
  constructor(readonly value: string) {}
  toString(): string {
    return this.value;
  }
}

test.each(Object.entries(ways))('%s shows what is no secret', (_title, way) => {
  expect(formsIn(Buffer.from(way(new NoSecret(token.secret))), needles)).toEqual(['raw']);
});

test('neither a provider nor a store shows what it keeps', async () => {
  process.env['PXM_CANARY_ID'] = token.id;
  process.env['PXM_CANARY_SECRET'] = token.secret;
  const provider = createEnvironmentProvider({
    provider: 'environment',
    tokenIdVariable: 'PXM_CANARY_ID',
    tokenSecretVariable: 'PXM_CANARY_SECRET',
  });
  const store = createCredentialStore(provider);
  expect((await store.get()).secret.equals(secret)).toBe(true);
  for (const kept of [provider, store, await store.get(), process.env]) {
    for (const [title, way] of Object.entries(ways)) {
      if (canNotBeCloned(kept) && /Clone|thread|serialize|Temporal/.test(title)) continue;
      expect(formsIn(Buffer.from(way(kept)), needles)).toEqual([]);
    }
  }
});

function canNotBeCloned(value: object): boolean {
  return value === process.env || Object.values(value).some((inner) => typeof inner === 'function');
}
