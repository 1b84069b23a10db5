import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** A key of its own keyring that signs. */
export interface Signer {
  readonly fingerprint: string;
  /** Armored public key. */
  readonly publicKeyFile: string;
  detached(text: string): Promise<string>;
  clear(text: string): Promise<string>;
}

/** Makes a key with gpg; `expires` e.g. `seconds=1`, and then it has expired. */
export async function makeSigner(clean: (undo: () => unknown) => void, name = 'Images'): Promise<Signer> {
  // The agent's socket needs a short path.
  const home = mkdtempSync('/tmp/pxm-sign-');
  const env = { GNUPGHOME: home };
  const gpg = (...words: string[]) =>
    execa('gpg', ['--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...words], { env });
  clean(async () => {
    await execa('gpgconf', ['--kill', 'gpg-agent'], { env, reject: false });
    rmSync(home, { recursive: true, force: true });
  });
  await gpg('--quick-generate-key', name, 'ed25519', 'sign', 'never');
  const { stdout } = await gpg('--list-keys', '--with-colons');
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(stdout)?.[1] ?? '';
  const publicKeyFile = join(home, 'public.asc');
  await gpg('--armor', '--output', publicKeyFile, '--export', fingerprint);

  async function sign(how: string, text: string): Promise<string> {
    const file = join(home, 'text');
    writeFileSync(file, text);
    rmSync(`${file}.asc`, { force: true });
    await gpg('--armor', '--output', `${file}.asc`, how, file);
    return readFileSync(`${file}.asc`, 'utf8');
  }
  return {
    fingerprint,
    publicKeyFile,
    detached: (text) => sign('--detach-sign', text),
    clear: (text) => sign('--clear-sign', text),
  };
}
