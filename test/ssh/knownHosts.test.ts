import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { parseKnownHosts } from '../../src/ssh/hostKeys/entries';
import { hostKeyFingerprint, hostKeyType } from '../../src/ssh/hostKeys/fingerprint';
import { judgeHostKey } from '../../src/ssh/hostKeys/judge';
import { addKnownHost, readKnownHosts } from '../../src/ssh/hostKeys/knownHostsFiles';

// Made by ssh-keygen; the hashed lines by `ssh-keygen -H`, from pve01.example.net and [pve02.example.net]:2222.
const keyA = 'AAAAC3NzaC1lZDI1NTE5AAAAIJjDrzQXjFHPygmQZzY0UeNpgCJdt/dJWnh2kD1SlJ+5';
const keyB = 'AAAAC3NzaC1lZDI1NTE5AAAAIBNVyQmxRxIWF3F3O8DVjSH8jsPIdg1TikiC+6Rxnw9L';
const fingerprintA = 'SHA256:u3waL20Zjn47rzaPom59fDWe/Xn06zxNPh536bxlKHM';
const hashed = [
  `|1|c7xuQzNfTFF/D/KSsowapFjGMII=|/D1OeXJW/+kWBmP+orYzLXUL5W0= ssh-ed25519 ${keyA}`,
  `|1|5durGLVhT7PjXN/a32Wn4c7uCx0=|3rFteT7GYxtRpZmJOWnAIlMtfRo= ssh-ed25519 ${keyA}`,
].join('\n');
const a = Buffer.from(keyA, 'base64');
const b = Buffer.from(keyB, 'base64');

function judge(text: string, host: string, key: Buffer, port = 22, alias?: string) {
  return judgeHostKey(parseKnownHosts(text, 'known_hosts'), { host, port, alias }, key);
}

test('fingerprint and type are those that ssh-keygen shows', () => {
  expect(hostKeyFingerprint(a)).toBe(fingerprintA);
  expect(hostKeyType(a)).toBe('ssh-ed25519');
});

test.each([
  ['a plain line', `pve01 ssh-ed25519 ${keyA}`, 'pve01', 22],
  ['upper case', `PVE01 ssh-ed25519 ${keyA}`, 'pve01', 22],
  ['one of several names', `10.0.0.1,pve01,fe80::1 ssh-ed25519 ${keyA} comment`, 'pve01', 22],
  ['a wildcard', `*.example.net ssh-ed25519 ${keyA}`, 'pve01.example.net', 22],
  ['a question mark', `pve0? ssh-ed25519 ${keyA}`, 'pve01', 22],
  ['a port', `[pve01]:2222 ssh-ed25519 ${keyA}`, 'pve01', 2222],
  ['a line without a port for another port', `pve01 ssh-ed25519 ${keyA}`, 'pve01', 2222],
  ['a hashed name', hashed, 'pve01.example.net', 22],
  ['a hashed name with a port', hashed, 'pve02.example.net', 2222],
  ['one of several keys', `pve01 ssh-ed25519 ${keyB}\r\npve01 ssh-ed25519 ${keyA}`, 'pve01', 22],
])('a key is right by %s', (_what, text, host, port) => {
  expect(judge(text, host, a, port)).toEqual({ status: 'right' });
});

test.each([
  ['nothing', '', 'pve01', 22],
  ['a comment', `# pve01 ssh-ed25519 ${keyA}`, 'pve01', 22],
  ['another host', `pve011 ssh-ed25519 ${keyA}\nxpve01 ssh-ed25519 ${keyA}`, 'pve01', 22],
  ['a negated name', `*,!pve01 ssh-ed25519 ${keyA}`, 'pve01', 22],
  ['a dot that is no wildcard', `pve.1 ssh-ed25519 ${keyA}`, 'pve01', 22],
  ['a hashed name of another port', hashed, 'pve02.example.net', 2223],
  ['a torn line', `pve01 ssh-ed25519`, 'pve01', 22],
  ['an unknown marker', `@trusted pve01 ssh-ed25519 ${keyA}`, 'pve01', 22],
])('a host is unknown by %s', (_what, text, host, port) => {
  expect(judge(text, host, a, port)).toEqual({ status: 'unknown' });
});

test('another key than the known ones is a change, whatever its type', () => {
  const verdict = judge(`\npve01 ssh-ed25519 ${keyA}\n`, 'pve01', b);
  expect(verdict).toEqual({
    status: 'changed',
    known: [{ keyType: 'ssh-ed25519', fingerprint: fingerprintA, file: 'known_hosts', line: 2 }],
  });
  expect(judge('pve01 ssh-rsa AAAA', 'pve01', b).status).toBe('changed');
});

test('a revoked key is never right, but only for its hosts', () => {
  const text = `pve01 ssh-ed25519 ${keyA}\n@revoked * ssh-ed25519 ${keyA}`;
  expect(judge(text, 'pve01', a)).toMatchObject({ status: 'revoked', entry: { line: 2 } });
  expect(judge(`pve01 ssh-ed25519 ${keyA}\n@revoked pve02 ssh-ed25519 ${keyA}`, 'pve01', a).status).toBe(
    'right',
  );
  expect(
    judge(`[pve01]:2222 ssh-ed25519 ${keyA}\n@revoked pve01 ssh-ed25519 ${keyA}`, 'pve01', a, 2222).status,
  ).toBe('revoked');
});

test('the key of a certificate authority is no key of its hosts', () => {
  const text = `@cert-authority *.example.net ssh-ed25519 ${keyA}`;
  expect(judge(text, 'pve01.example.net', a)).toMatchObject({ status: 'unknown', authority: { line: 1 } });
  expect(judge(`${text}\npve01.example.net ssh-ed25519 ${keyB}`, 'pve01.example.net', b).status).toBe(
    'right',
  );
});

test('an alias is looked up instead of host and port', () => {
  expect(judge(`pve01 ssh-ed25519 ${keyA}`, '10.0.0.1', a, 2222, 'pve01').status).toBe('right');
  expect(judge(`10.0.0.1 ssh-ed25519 ${keyA}`, '10.0.0.1', a, 22, 'pve01').status).toBe('unknown');
});

describe('the file', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'pxm-known-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test('gets accepted keys, each once, readable for its owner only', async () => {
    const file = path.join(folder, 'deeper/known_hosts');
    await addKnownHost(file, { host: 'PVE01', port: 22 }, a);
    await addKnownHost(file, { host: 'pve01', port: 22 }, a);
    await addKnownHost(file, { host: 'pve02', port: 2222 }, b);
    expect(readFileSync(file, 'utf8')).toBe(`pve01 ssh-ed25519 ${keyA}\n[pve02]:2222 ssh-ed25519 ${keyB}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const entries = await readKnownHosts([file, path.join(folder, 'missing')]);
    expect(judgeHostKey(entries, { host: 'pve02', port: 2222 }, b).status).toBe('right');
  });

  test('keeps what is there, also a last line without an end', async () => {
    const file = path.join(folder, 'known_hosts');
    writeFileSync(file, `pve01 ssh-ed25519 ${keyA}`, { mode: 0o644 });
    await addKnownHost(file, { host: 'pve02', port: 22 }, b);
    expect(readFileSync(file, 'utf8')).toBe(`pve01 ssh-ed25519 ${keyA}\npve02 ssh-ed25519 ${keyB}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('loses no line when many are added at once', async () => {
    const file = path.join(folder, 'known_hosts');
    const hosts = Array.from({ length: 20 }, (_, index) => `pve${index}`);
    await Promise.all(hosts.map(async (host) => addKnownHost(file, { host, port: 22 }, a)));
    const entries = await readKnownHosts([file]);
    expect(entries.map((entry) => entry.hosts).toSorted()).toEqual(hosts.toSorted());
  });

  test('is an error with its name if it can not be written', async () => {
    const inTheWay = path.join(folder, 'file');
    writeFileSync(inTheWay, '', { mode: 0o600 });
    const nowhere = process.platform === 'linux' ? ['/proc/nowhere/known_hosts'] : [];
    for (const file of [path.join(inTheWay, 'below/known_hosts'), ...nowhere]) {
      await expect(addKnownHost(file, { host: 'pve01', port: 22 }, a)).rejects.toMatchObject({
        name: 'ConfigInvalid',
        message: expect.stringContaining(path.dirname(file)) as string,
      });
    }
  });

  test('is an error with its name if it can not be read', async () => {
    await expect(readKnownHosts([folder])).rejects.toMatchObject({ name: 'ConfigInvalid' });
  });
});
