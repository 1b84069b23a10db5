import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PasswordStore } from '../credentials/support';
import { newCanary } from './canary';
import { newCanaryKey } from './canaryKey';
import { namedNeedles } from './search';
import type { CanaryStage } from './stage';

/** The secrets beside the API token, and how the product is told where they are. */
export interface SecretsBeside {
  readonly passphrase: string;
  readonly rootPassword: string;
  /** For authorized_keys. */
  readonly publicLine: string;
  /** The one file that holds one of them: the encrypted key. */
  readonly keyFile: string;
  /** Lines of the section `credentials`. */
  readonly settings: readonly string[];
  /** Stores the passphrase: the right one, or what is given. */
  keepPassphrase(text?: string): Promise<void>;
  /** Stores the password of root@pam: the right one, or what is given. */
  keepPassword(text?: string): Promise<void>;
}

const sshEntry = 'annarchy.net/ssh/root';
const rootEntry = 'annarchy.net/pve/root';

/**
 * Plants an SSH key in the run's home, its passphrase, and the password of root@pam; each is a canary. They are searched
 * for from now on. The entries of `pass` are still to be made.
 */
export function plantBeside(stage: CanaryStage, store: PasswordStore): SecretsBeside {
  const passphrase = newCanary();
  const rootPassword = newCanary();
  const key = newCanaryKey(passphrase);
  stage.plant(...namedNeedles('the passphrase', passphrase), ...key.needles);
  stage.plant(...namedNeedles('the password of root', rootPassword));
  mkdirSync(join(stage.folder, 'home/.ssh'), { mode: 0o700 });
  return {
    ...{ passphrase, rootPassword, publicLine: key.publicLine },
    keyFile: stage.write('home/.ssh/id_ed25519', key.file, 0o600),
    settings: [`ssh_key_pass_path: ${sshEntry}`, `root_login: { pass_path: ${rootEntry} }`],
    keepPassphrase: (text = passphrase) => store.insert(sshEntry, `${text}\n`),
    keepPassword: (text = rootPassword) => store.insert(rootEntry, `root@pam\n${text}\n`),
  };
}
