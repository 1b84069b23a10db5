import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createSsh, type Ssh, type SshOptions } from '../../../src/ssh/ssh';
import { ManagerError } from '../../../src/domain/errors';
import { makeKey, writeKey, type TestKey } from './keys';
import { startServer, type ServerOptions, type TestServer } from './server';

/** Things to undo after each test of a file; call it once in the file. */
export function useCleanUp(): (undo: () => unknown) => void {
  const undoings: (() => unknown)[] = [];
  afterEach(async () => {
    for (const undo of undoings.splice(0).reverse()) await undo();
  });
  return (undo) => undoings.push(undo);
}

/** A home folder of its own, with a key that may log in. */
export interface Home {
  readonly folder: string;
  readonly key: TestKey;
  file(name: string): string;
  write(name: string, text: string): string;
  ssh(options?: Partial<SshOptions>): Ssh;
  /** Starts a server that lets the key in; its host key is known unless said otherwise. */
  server(options?: Partial<ServerOptions> & { readonly known?: boolean }): Promise<TestServer>;
}

/** What a test of one host starts with. */
export function makeHome(onEnd: (undo: () => unknown) => void): Home {
  const folder = mkdtempSync(path.join(tmpdir(), 'pxm-ssh-'));
  onEnd(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, '.ssh'), { mode: 0o700 });
  const key = makeKey();
  writeKey(path.join(folder, '.ssh/id_ed25519'), key);
  const file = (name: string) => path.join(folder, name);
  const write = (name: string, text: string) => {
    writeFileSync(file(name), text, { flag: 'a', mode: 0o600 });
    return file(name);
  };
  return {
    folder,
    key,
    file,
    write,
    ssh(options = {}) {
      const ssh = createSsh({
        home: folder,
        ownKnownHostsFile: file('own_known_hosts'),
        environment: {},
        ...options,
      });
      onEnd(() => ssh.close());
      return ssh;
    },
    async server({ known = true, ...options } = {}) {
      const server = await startServer({ authorized: [key], ...options });
      onEnd(async () => server.close());
      if (known) write('.ssh/known_hosts', `${server.knownHostsLine}\n`);
      return server;
    },
  };
}

/** The host of a test server. */
export function hostOf(server: TestServer): { readonly host: string; readonly port: number } {
  return { host: '127.0.0.1', port: server.port };
}

/** The ManagerError that a promise rejects with. */
export async function failureOf(work: Promise<unknown>): Promise<ManagerError> {
  const result = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (result instanceof ManagerError) return result;
  throw new Error(`expected a ManagerError, got ${String(result)}`);
}

/** Waits for a condition of the other side; fails after a minute. */
export async function until(condition: () => boolean): Promise<void> {
  const endsAtMs = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > endsAtMs) throw new Error('the condition did not come true within a minute');
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
