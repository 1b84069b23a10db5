import { readFileSync } from 'node:fs';

import { failureOf, hostOf, makeHome, useCleanUp } from './support/home';
import { makeKey } from './support/keys';

const onEnd = useCleanUp();
const trueCommand = { words: ['true'] } as const;
const read = { kind: 'read' } as const;

test('a right host key lets the command through', async () => {
  const home = makeHome(onEnd);
  const server = await home.server();
  await expect(home.ssh().run(hostOf(server), trueCommand, read)).resolves.toMatchObject({ exitCode: 0 });
});

test('an unknown host key is refused with its fingerprint, and nobody logs in', async () => {
  const home = makeHome(onEnd);
  const server = await home.server({ known: false });
  const ssh = home.ssh();
  const { fingerprint } = await ssh.hostKey(hostOf(server));
  const error = await failureOf(ssh.run(hostOf(server), trueCommand, read));
  expect(error.code).toBe('HostKeyUnknown');
  expect(error.retryable).toBe(false);
  expect(error.problem.failed).toContain(`ssh-ed25519 ${fingerprint}`);
  expect(server.logins()).toBe(0);
});

test('a changed host key is refused with both fingerprints, file, line and the command that removes the old one', async () => {
  const home = makeHome(onEnd);
  const old = makeKey();
  const server = await home.server({ known: false });
  const file = home.write('.ssh/known_hosts', `[127.0.0.1]:${server.port} ${old.publicLine}\n`);
  const ssh = home.ssh();
  const shown = await ssh.hostKey(hostOf(server));
  if (shown.verdict.status !== 'changed') throw new Error(shown.verdict.status);
  const [known] = shown.verdict.known;
  const error = await failureOf(ssh.run(hostOf(server), trueCommand, read));
  expect(error.code).toBe('HostKeyChanged');
  expect(error.problem.failed).toContain(`known ssh-ed25519 ${known?.fingerprint} (${file} line 1)`);
  expect(error.problem.failed).toContain(`shown ssh-ed25519 ${shown.fingerprint}`);
  expect(error.problem.remedy).toContain(`ssh-keygen -R '[127.0.0.1]:${server.port}'`);
  expect(error.problem.remedy).toContain('Verify on the console');
  expect(server.logins()).toBe(0);
});

test('the remedy for a changed key names the file where it is not the one of the user', async () => {
  const home = makeHome(onEnd);
  const server = await home.server({ known: false });
  const file = home.write('own_known_hosts', `[127.0.0.1]:${server.port} ${makeKey().publicLine}\n`);
  const error = await failureOf(home.ssh().run(hostOf(server), trueCommand, read));
  expect(error.problem.remedy).toContain(`ssh-keygen -R '[127.0.0.1]:${server.port}' -f ${file}`);
});

test('a revoked host key is refused', async () => {
  const home = makeHome(onEnd);
  const server = await home.server();
  home.write('.ssh/known_hosts', `@revoked * ${server.hostKey.publicLine}\n`);
  const error = await failureOf(home.ssh().run(hostOf(server), trueCommand, read));
  expect(error.code).toBe('HostKeyRevoked');
  expect(server.logins()).toBe(0);
});

test('a host that only a certificate authority vouches for is refused with the reason', async () => {
  const home = makeHome(onEnd);
  const server = await home.server({ known: false });
  home.write('.ssh/known_hosts', `@cert-authority * ${makeKey().publicLine}\n`);
  const error = await failureOf(home.ssh().run(hostOf(server), trueCommand, read));
  expect(error.code).toBe('HostKeyUnknown');
  expect(error.problem.failed).toContain("host certificates can't be verified here");
});

test('a host that is known by one of its keys is asked for that one', async () => {
  const home = makeHome(onEnd);
  const ecdsa = makeKey('ecdsa');
  const server = await home.server({ known: false, hostKeys: [makeKey(), ecdsa] });
  home.write('.ssh/known_hosts', `[127.0.0.1]:${server.port} ${ecdsa.publicLine}\n`);
  await expect(home.ssh().run(hostOf(server), trueCommand, read)).resolves.toMatchObject({ exitCode: 0 });
});

test('a look at a key logs nobody in, and an accepted key is kept in the own file', async () => {
  const home = makeHome(onEnd);
  const server = await home.server({ known: false });
  const ssh = home.ssh();
  const sighting = await ssh.hostKey(hostOf(server));
  expect(sighting).toMatchObject({ keyType: 'ssh-ed25519', verdict: { status: 'unknown' } });
  expect(JSON.parse(JSON.stringify(sighting))).toEqual(sighting);
  expect(server.logins()).toBe(0);
  await ssh.acceptHostKey(hostOf(server), sighting);
  expect(readFileSync(home.file('own_known_hosts'), 'utf8')).toBe(`${server.knownHostsLine}\n`);
  await ssh.run(hostOf(server), trueCommand, read);
  expect((await ssh.hostKey(hostOf(server))).verdict).toEqual({ status: 'right' });
});

test('a changed key is not accepted beside the known one', async () => {
  const home = makeHome(onEnd);
  const server = await home.server({ known: false });
  home.write('.ssh/known_hosts', `[127.0.0.1]:${server.port} ${makeKey().publicLine}\n`);
  const ssh = home.ssh();
  const sighting = await ssh.hostKey(hostOf(server));
  const error = await failureOf(ssh.acceptHostKey(hostOf(server), sighting));
  expect(error.code).toBe('HostKeyChanged');
  expect((await ssh.hostKey(hostOf(server))).verdict.status).toBe('changed');
});
