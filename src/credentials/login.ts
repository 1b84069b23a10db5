import type { LoginSettings } from '../config/clusterConfig';
import { ManagerError, problem } from '../domain/errors';
import { Secret } from '../domain/secret';
import { readOwnFile } from './file';
import { passError, runPass, succeeded } from './pass';

/** A user and its password, for a ticket. */
export interface Login {
  /** `root@pam` */
  readonly userId: string;
  readonly password: Secret;
}

/** Where the login comes from. */
export interface LoginProvider {
  /** Kind and place, never content. */
  readonly describe: string;
  /** Throws CredentialsLocked, CredentialsMissing or CredentialsMalformed; none shows any part of what was read. */
  read(signal?: AbortSignal): Promise<Login>;
}

/** Makes the provider that the configuration names under `root_login`. */
export function createLoginProvider(settings: LoginSettings): LoginProvider {
  switch (settings.provider) {
    case 'pass': {
      const describe = `pass entry ${settings.passPath}`;
      return {
        describe,
        read: async (signal) => parseLogin(await passText(settings.passPath, describe, signal), describe),
      };
    }
    case 'file': {
      const describe = `login file ${settings.path}`;
      return {
        describe,
        read: async () => parseLogin(await readOwnFile(settings.path, describe, 'own'), describe),
      };
    }
  }
}

async function passText(entry: string, describe: string, signal: AbortSignal | undefined): Promise<string> {
  const result = await runPass(['show', '--', entry], {}, signal);
  if (succeeded(result)) return result.stdout;
  throw passError(result, entry, `read ${describe}`, {
    noProgram: "Install pass on the worker's machine, or name a file under credentials.root_login.",
    noEntry: `Store it: pass insert -m ${entry} (${form}).`,
  });
}

const form = 'line 1 root@pam, line 2 its password';

/** Only root by its password is more than a token can be: any other user is a mistake. */
function parseLogin(text: string, describe: string): Login {
  const [userId, password, ...more] = text.replace(/(?:\r?\n)+$/, '').split(/\r?\n/);
  if (userId !== 'root@pam') throw malformed(describe, 'line 1 is not root@pam');
  if (password === undefined || password === '' || more.length > 0)
    throw malformed(describe, 'it does not have exactly one more line, with the password');
  return { userId, password: new Secret(password) };
}

function malformed(describe: string, failed: string): ManagerError {
  const remedy = `It must have two lines: ${form}.`;
  return new ManagerError(problem('CredentialsMalformed', { attempted: `read ${describe}`, failed, remedy }));
}
