import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utils } from 'ssh2';
import { newCanaryToken } from './canary';
import { newCanaryKey } from './canaryKey';
import { contentsOf } from './contents';
import { filesBelow } from './files';
import { everyForm } from './planting';
import { testProcesses, watchProcesses } from './processes';
import { formsIn, namedNeedles, needlesOf, search, type Needle } from './search';
import { watchFiles } from './temporaryFiles';
import { waitUntil } from '../support/waitUntil';

const { secret } = newCanaryToken();
const needles = needlesOf(secret);
const forms = everyForm(secret);

test('the canary looks different in each form, so that each has to be searched for', () => {
  expect(new Set([secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]).size).toBe(3);
  for (const { form, text } of forms) expect(formsIn(Buffer.from(text), needles)).toEqual([form]);
});

test('nothing is found where it is not', () => {
  const other = newCanaryToken().secret;
  for (const { text } of everyForm(other)) expect(formsIn(Buffer.from(text), needles)).toEqual([]);
});

test.each(forms)('half of it is found as well: $form', ({ form, text }) => {
  const bytes = Buffer.from(text);
  const middle = bytes.length / 2;
  expect([
    formsIn(bytes.subarray(0, middle), needles),
    formsIn(bytes.subarray(middle), needles),
  ]).toContainEqual([form]);
});

test.each(forms)(
  'escapes in lower case, the alphabet of base64url and payloads are understood: $form',
  (it) => {
    const { form, text } = it;
    const changed = form.startsWith('base64')
      ? text.replaceAll('+', '-').replaceAll('/', '_')
      : text.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
    expect(formsIn(Buffer.from(changed), needles)).toEqual([form]);
    const payload = { payloads: [{ data: new TextEncoder().encode(JSON.stringify({ text })) }] };
    expect(formsIn(contentsOf(payload), needles)).toEqual([form]);
  },
);

test('a secret that was given a name is found under it', () => {
  const named = namedNeedles('the passphrase', secret);
  for (const { form, text } of forms)
    expect(formsIn(Buffer.from(text), named)).toEqual([`the passphrase: ${form}`]);
});

test('an SSH key is found as its file, without its passphrase, and as its bytes; its public half is no secret', () => {
  const { file, publicLine, needles: ofKey } = newCanaryKey(secret);
  const key = utils.parseKey(file, secret);
  if (key instanceof Error) throw key;
  const unlocked = key.getPrivatePEM();
  const [, encoded = ''] = unlocked.split('\n');
  const seed = Buffer.from(encoded, 'base64').subarray(-32);
  expect(formsIn(Buffer.from(file), ofKey)).toEqual(['the SSH key file: raw']);
  expect(formsIn(Buffer.from(JSON.stringify({ file })), ofKey)).toEqual(['the SSH key file: raw']);
  expect(formsIn(Buffer.from(unlocked), ofKey)).toEqual(['the unlocked SSH key: raw']);
  expect(formsIn(seed, ofKey)).toEqual(['the unlocked SSH key: bytes']);
  expect(formsIn(Buffer.from(seed.toString('hex')), ofKey)).toEqual([
    'the unlocked SSH key in hexadecimal: raw',
  ]);
  expect(formsIn(Buffer.from(`${publicLine} ${key.getPublicPEM()}`), ofKey)).toEqual([]);
  expect(formsIn(Buffer.from(newCanaryKey(secret).file), ofKey)).toEqual([]);
});

describe('planted in files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pxm-planted-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const names = ['worker-lab.log', 'report.md', 'temporal.db', 'temporal.db-wal', 'temporal.db-shm'];
  test.each(names.flatMap((name) => forms.map((it) => ({ name, ...it }))))(
    'it is found in $name, $form',
    ({ name, form, text }) => {
      const place = mkdtempSync(join(folder, 'state-'));
      const file = join(place, name);
      writeFileSync(file, Buffer.concat([Buffer.alloc(5000, 0xff), Buffer.from(text), Buffer.alloc(5000)]));
      expect(search(filesBelow(place), needles)).toEqual([{ name: file, forms: [form] }]);
    },
  );

  test('it is found in the name of a file', () => {
    const place = mkdtempSync(join(folder, 'named-'));
    const file = join(place, encodeURIComponent(secret));
    writeFileSync(file, '');
    expect(search(filesBelow(place), needles)).toEqual([{ name: file, forms: ['URL-encoded'] }]);
  });
});

test('a temporary file is found though it is gone', async () => {
  const place = mkdtempSync(join(tmpdir(), 'pxm-temporary-'));
  const watch = watchFiles(place);
  const file = join(place, 'short-lived');
  writeFileSync(file, secret);
  await waitUntil('the file', () => Promise.resolve(watch.evidence().find(({ bytes }) => bytes.length > 0)));
  rmSync(file);
  watch.stop();
  rmSync(place, { recursive: true });
  expect(search(watch.evidence(), needles)).toEqual([{ name: file, forms: ['raw'] }]);
});

describe('planted in a process', () => {
  const script = 'process.stdin.resume()';
  testProcesses.each(forms)(
    'it is found on the command line, $form (needs /proc)',
    async ({ form, text }) => {
      await expectHit([text], {}, { where: 'command line', forms: [form] });
    },
  );
  testProcesses.each(forms)('it is found in the environment, $form (needs /proc)', async ({ form, text }) => {
    await expectHit([], { PLANTED: text }, { where: 'environment', forms: [form] });
  });

  testProcesses('what is known to be a secret only later is found as well (needs /proc)', async () => {
    const later: Needle[] = [];
    const watch = watchProcesses(later);
    const child = spawn(process.execPath, ['-e', script, '--', 'planted', secret]);
    const exited = once(child, 'exit');
    const words = `planted ${secret}`;
    await waitUntil('the process', () => Promise.resolve(watch.seen().find((it) => it.endsWith(words))));
    child.kill('SIGKILL');
    await exited;
    watch.stop();
    expect(watch.hits()).toEqual([]);
    later.push(...needles);
    expect(watch.hits()).toMatchObject([{ where: 'command line', forms: ['raw'] }]);
  });

  async function expectHit(args: readonly string[], env: NodeJS.ProcessEnv, hit: object): Promise<void> {
    const watch = watchProcesses(needles);
    const child = spawn(process.execPath, ['-e', script, '--', 'planted', ...args], { env });
    const exited = once(child, 'exit');
    try {
      const own = await waitUntil('a hit', () =>
        Promise.resolve(watch.hits().find((it) => it.commandLine.includes(' planted'))),
      );
      expect(own).toMatchObject(hit);
    } finally {
      watch.stop();
      child.kill('SIGKILL');
      await exited;
    }
  }
});
