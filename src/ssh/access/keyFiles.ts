import { constants } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { utils, type ParsedKey } from 'ssh2';

import { lockedKeyRemedy } from './lockedKey';
import type { Passphrase, PassphraseProvider, PassphraseRequest } from './passphrases';
import { systemCode } from '../systemErrors';

/** A private key that can be used, or why it can't. Reasons show no content. */
export type KeyFile =
  | { readonly key: ParsedKey }
  | { readonly missing: true }
  | { readonly unusable: string; readonly remedy?: string };

/** Which key file is wanted, and for which host. */
type KeyFileRequest = Omit<PassphraseRequest, 'attempt'>;

/** Reads private keys and keeps the unlocked ones in memory: a worker is not asked twice. */
export interface KeyFiles {
  read(request: KeyFileRequest): Promise<KeyFile>;
}

/** As ssh does it. */
const mostAttempts = 3;

/** No key file is as large. */
const largestKeyBytes = 64 * 1024;

interface Content {
  readonly text: string;
  /** Tells whether the file is still the one that was unlocked. */
  readonly version: string;
}

/** Makes a reader of key files; encrypted ones are unlocked with the provider's passphrase. */
export function createKeyFiles(passphraseFor: PassphraseProvider | undefined): KeyFiles {
  const unlocked = new Map<string, { readonly version: string; readonly key: ParsedKey }>();
  const unlocking = new Map<string, Promise<KeyFile>>();

  /** For all who want the same file at the same time once. */
  async function unlockOnce(request: KeyFileRequest, content: Content): Promise<KeyFile> {
    const underWay = unlocking.get(request.file);
    if (underWay !== undefined) return underWay;
    const work = unlock(request, content).finally(() => unlocking.delete(request.file));
    unlocking.set(request.file, work);
    return work;
  }

  async function unlock(request: KeyFileRequest, { text, version }: Content): Promise<KeyFile> {
    const kept = unlocked.get(request.file);
    if (kept?.version === version) return { key: kept.key };
    let wrong: Passphrase | undefined;
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const passphrase = await passphraseFor?.({ ...request, attempt });
      if (passphrase === undefined) break;
      const parsed = utils.parseKey(text, passphrase.value.reveal());
      if (parsed instanceof Error) wrong = passphrase;
      else {
        unlocked.set(request.file, { version, key: parsed });
        return { key: parsed };
      }
    }
    return wrong === undefined ? locked(request.file) : wrongPassphrase(wrong);
  }

  return {
    async read(request) {
      const content = await readKeyFile(request.file);
      if (!('text' in content)) return content;
      const parsed = utils.parseKey(content.text);
      if (parsed instanceof Error) {
        return /passphrase/i.test(parsed.message)
          ? unlockOnce(request, content)
          : { unusable: 'it is no key in a format that is supported (OpenSSH, PEM)' };
      }
      return parsed.isPrivateKey()
        ? { key: parsed }
        : { unusable: 'it is a public key, and not in the agent' };
    },
  };
}

function locked(file: string): KeyFile {
  return { unusable: 'it is encrypted, and there is no passphrase for it', remedy: lockedKeyRemedy(file) };
}

function wrongPassphrase({ source, remedyIfWrong }: Passphrase): KeyFile {
  return { unusable: `the passphrase ${source} is wrong`, remedy: remedyIfWrong };
}

/** The public half of a key file without unlocking it: from `<file>.pub` or from the file itself. */
export async function publicKeyOf(file: string): Promise<Buffer | undefined> {
  for (const candidate of [`${file}.pub`, file]) {
    const parsed = utils.parseKey(await readFile(candidate, 'utf8').catch(() => ''));
    if (!(parsed instanceof Error)) return parsed.getPublicSSH();
  }
  return undefined;
}

async function readKeyFile(path: string): Promise<Content | Exclude<KeyFile, { readonly key: ParsedKey }>> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = systemCode(error);
    return code === 'ENOENT' ? { missing: true } : { unusable: `it can't be opened (${code})` };
  }
  try {
    const facts = await file.stat();
    if (!facts.isFile() || facts.size > largestKeyBytes) return { unusable: 'it is no key file' };
    if ((facts.mode & 0o077) !== 0) {
      const mode = (facts.mode & 0o777).toString(8).padStart(4, '0');
      return { unusable: `others may read or write it (mode ${mode}); type: chmod 600 ${path}` };
    }
    return { text: await file.readFile('utf8'), version: `${facts.ino}/${facts.mtimeMs}/${facts.size}` };
  } finally {
    await file.close();
  }
}
