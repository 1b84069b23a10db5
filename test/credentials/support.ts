import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { execa } from 'execa';

import { ManagerError } from '../../src/domain/errors';

/** A token secret as it must never be shown. */
export const canary = 'canary-7f9d-secret';
/** An entry as the seed stores it. */
export const goodEntry = `claude-code@pve!automation\n${canary}\n`;

/** The error that reading fails with; it must not show the secret anywhere. */
export async function failureOf(reading: Promise<unknown>): Promise<ManagerError> {
  const error = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ManagerError)) throw new Error('it did not fail as expected', { cause: error });
  const everything = JSON.stringify([error.message, error.stack, error.problem, String(error.cause)]);
  expect(everything).not.toContain('canary');
  return error;
}

/** A password store with its own keyring, and the environment that points to it. */
export interface PasswordStore {
  insert(entry: string, content: string): Promise<void>;
  /** What a person does in a terminal: the key agent then keeps the passphrase. */
  unlock(entry: string): Promise<void>;
  /** Leaves half an entry, as a writer that is killed does. */
  spoil(entry: string): Promise<void>;
  /** Makes the key agent forget the passphrase. */
  lock(): Promise<void>;
  remove(): Promise<void>;
}

const passphrase = 'only a test';

/**
 * Makes a store whose key has a passphrase, and points this process to it. `hashedBytes`: the work that each use of
 * the key costs; the default costs nothing.
 */
export async function makePasswordStore(hashedBytes = 65_536): Promise<PasswordStore> {
  // Sockets of the agent lie in this folder: their paths must be short.
  const home = mkdtempSync('/tmp/pxm-gpg-');
  chmodSync(home, 0o700);
  const gnupg = path.join(home, 'g');
  mkdirSync(gnupg, { mode: 0o700 });
  // By default the agent makes each use of the key as slow as it can bear, against who guesses the passphrase.
  writeFileSync(path.join(gnupg, 'gpg-agent.conf'), `s2k-count ${hashedBytes}\n`);
  const before = {
    GNUPGHOME: process.env['GNUPGHOME'],
    PASSWORD_STORE_DIR: process.env['PASSWORD_STORE_DIR'],
  };
  process.env['GNUPGHOME'] = gnupg;
  process.env['PASSWORD_STORE_DIR'] = path.join(home, 'store');
  const unlocking = ['--batch', '--pinentry-mode', 'loopback', '--passphrase', passphrase];
  await execa('gpg', [...unlocking, '--quick-generate-key', 'pxm-test', 'ed25519', 'default', 'never']);
  await execa('gpg', [...unlocking, '--quick-add-key', await fingerprintOfKey(), 'cv25519', 'encr', 'never']);
  await execa('pass', ['init', 'pxm-test']);
  const insert = async (entry: string, content: string) => {
    await execa('pass', ['insert', '--multiline', '--force', entry], { input: content });
  };
  return {
    insert,
    async unlock(entry) {
      const file = path.join(home, 'store', `${entry}.gpg`);
      await execa('gpg', [...unlocking, '--decrypt', file]);
    },
    async spoil(entry) {
      await insert(entry, 'a secret that is cut in the middle\n');
      const file = path.join(home, 'store', `${entry}.gpg`);
      truncateSync(file, statSync(file).size - 20);
    },
    async lock() {
      await execa('gpgconf', ['--kill', 'gpg-agent']);
    },
    async remove() {
      await execa('gpgconf', ['--kill', 'gpg-agent'], { reject: false });
      rmSync(home, { recursive: true, force: true });
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
    },
  };
}

async function fingerprintOfKey(): Promise<string> {
  const { stdout } = await execa('gpg', ['--list-keys', '--with-colons', 'pxm-test']);
  return /^fpr:+([0-9A-F]+):/m.exec(stdout)?.[1] ?? '';
}
