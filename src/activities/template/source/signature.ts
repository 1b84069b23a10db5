import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, type ProgramResult } from '../../../credentials/program';
import { unusable } from './fetchText';

/** A public key: a file (armored or not), or the fingerprint of one in the user's own keyring. */
export type SigningKey = { readonly file: string } | { readonly fingerprint: string };

/** A text whose signature is to be verified. */
export interface SignedText {
  /** For messages, e.g. the URL. */
  readonly name: string;
  readonly text: string;
  /** A detached signature; without it the text has to be clear-signed. */
  readonly signature?: string;
  readonly key: SigningKey;
}

/** What was signed, and the fingerprint of the primary key that signed it. */
export interface VerifiedText {
  readonly text: string;
  readonly signedBy: string;
}

const limitMs = 20_000;

/**
 * Verifies a signature with gpg in an empty home of its own, so that the given key is the only one that counts, and
 * gives back exactly what was signed. Throws SourceUnusable.
 */
export async function verifySignature(signed: SignedText, signal: AbortSignal): Promise<VerifiedText> {
  const home = await mkdtemp(join(tmpdir(), 'pxm-verify-'));
  const attempted = `verify the signature of ${signed.name}`;
  const gpg = (...words: readonly string[]) => runGpg(home, words, signal);
  try {
    const imported = await gpg('--import', await keyFile(signed.key, home, attempted, signal));
    requireEnded(imported, attempted);
    if (imported.exitCode !== 0) {
      throw unusable(attempted, `the key can't be read: ${lastLine(imported.stderr)}`, keyRemedy);
    }
    const textFile = join(home, 'text');
    await writeFile(textFile, signed.text);
    const [verified, content] =
      signed.signature === undefined
        ? await verifyClearSigned(gpg, home, textFile)
        : await verifyDetached(gpg, home, textFile, signed.signature);
    requireEnded(verified, attempted);
    const signedBy = fingerprintOf(verified);
    if (signedBy === undefined) throw unusable(attempted, faultOf(verified), keyRemedy);
    return { text: content === undefined ? signed.text : await readFile(content, 'utf8'), signedBy };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

const keyRemedy =
  'Name the key that really signs (source.key of the runbook), taken from a place that you trust. If it is the right one, do not use the image.';

type Gpg = (...words: readonly string[]) => Promise<ProgramResult>;

/** What gpg writes there was signed; text before and after the signed part is not in it. */
async function verifyClearSigned(gpg: Gpg, home: string, textFile: string) {
  const output = join(home, 'signed');
  return [await gpg('--output', output, '--decrypt', textFile), output] as const;
}

async function verifyDetached(gpg: Gpg, home: string, textFile: string, signature: string) {
  const file = join(home, 'signature');
  await writeFile(file, signature);
  return [await gpg('--verify', file, textFile), undefined] as const;
}

function runGpg(home: string, words: readonly string[], signal: AbortSignal): Promise<ProgramResult> {
  // Nothing is fetched, nobody is asked; which keys are trusted is decided by which were imported: one.
  const settings = ['--batch', '--no-tty', '--disable-dirmngr', '--no-auto-key-retrieve', '--no-autostart'];
  return runProgram({
    words: ['gpg', '--homedir', home, ...settings, '--trust-model', 'always', '--status-fd', '1', ...words],
    timeoutMs: limitMs,
    signal,
  });
}

async function keyFile(
  key: SigningKey,
  home: string,
  attempted: string,
  signal: AbortSignal,
): Promise<string> {
  if ('file' in key) return key.file;
  const words = ['gpg', '--batch', '--no-tty', '--armor', '--export', key.fingerprint] as const;
  const exported = await runProgram({ words, timeoutMs: limitMs, signal });
  requireEnded(exported, attempted);
  if (exported.stdout === '') {
    const failed = `the keyring of this user has no key ${key.fingerprint}`;
    throw unusable(attempted, failed, 'Import it with gpg --import, or name its file in source.key.');
  }
  const file = join(home, 'key');
  await writeFile(file, exported.stdout);
  return file;
}

function requireEnded({ outcome }: ProgramResult, attempted: string): void {
  if (outcome === 'ended') return;
  const failed = outcome === 'notStarted' ? 'gpg is not installed' : 'gpg did not end in time';
  throw unusable(attempted, failed, "Install GnuPG on the worker's machine (package gnupg), then retry.");
}

/** Only a good signature by a key that has neither expired nor been revoked counts. */
function fingerprintOf({ stdout, exitCode }: ProgramResult): string | undefined {
  if (exitCode !== 0 || !/^\[GNUPG:\] GOODSIG /m.test(stdout)) return undefined;
  const words = /^\[GNUPG:\] VALIDSIG (.+)$/m.exec(stdout)?.[1]?.split(' ');
  return words?.[9] ?? words?.[0];
}

function faultOf({ stdout, stderr }: ProgramResult): string {
  const said = (word: string) => new RegExp(`^\\[GNUPG:\\] ${word}\\b`, 'm').test(stdout);
  if (said('BADSIG')) return 'the signature is not of this text';
  if (said('NO_PUBKEY')) return 'it was signed by another key than the one that is named';
  if (said('EXPKEYSIG')) return 'the key that signed has expired';
  if (said('REVKEYSIG')) return 'the key that signed was revoked';
  if (said('EXPSIG')) return 'the signature has expired';
  return `there is no signature that can be verified: ${lastLine(stderr)}`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
