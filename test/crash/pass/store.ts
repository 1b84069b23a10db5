import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { realPass } from './gate';

const run = promisify(execFile);
const key = 'crash-matrix';

/** A password store of one cell. */
export interface PassStore {
  /** Points programs to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stores an entry. */
  insert(entry: string, text: string): void;
  /** What an entry holds. Rejects where there is none, or where it can't be read. */
  show(entry: string): Promise<string>;
  /** Names of all entries, of broken ones too. */
  entries(): Promise<readonly string[]>;
}

/** Makes an empty store in the cell's folder; its key is the theatre's (see makeKeyring). */
export async function makePassStore(folder: string, theatreFolder: string): Promise<PassStore> {
  const store = join(folder, 'store');
  await mkdir(store, { mode: 0o700 });
  await writeFile(join(store, '.gpg-id'), `${key}\n`);
  const environment = { GNUPGHOME: keyringIn(theatreFolder), PASSWORD_STORE_DIR: store };
  const env = { ...process.env, ...environment };
  return {
    environment,
    insert(entry, text) {
      execFileSync(realPass(), ['insert', '--multiline', '--force', '--', entry], { env, input: text });
    },
    async show(entry) {
      const { stdout } = await run(realPass(), ['show', '--', entry], { env });
      return stdout;
    },
    async entries() {
      const files = await readdir(store, { recursive: true });
      return files.filter((file) => file.endsWith('.gpg')).map((file) => file.slice(0, -'.gpg'.length));
    },
  };
}

/** Makes the throw-away key of all cells, without a passphrase, before they share it. */
export async function makeKeyring(theatreFolder: string): Promise<void> {
  const home = keyringIn(theatreFolder);
  await mkdir(home, { mode: 0o700 });
  const batch = ['--homedir', home, '--batch', '--quiet', '--passphrase', ''];
  await run('gpg', [...batch, '--quick-generate-key', key, 'future-default', 'default', 'never']);
}

/** Ends the key's agent. */
export function closeKeyring(theatreFolder: string): void {
  const home = keyringIn(theatreFolder);
  if (existsSync(home)) spawnSync('gpgconf', ['--homedir', home, '--kill', 'all']);
}

/** The agent's sockets lie in it: its path must be short. */
function keyringIn(theatreFolder: string): string {
  return join(theatreFolder, 'g');
}
