import { readFileSync } from 'node:fs';
import type { PlaybookFrame } from '../../domain/ansible/plan';
import { ManagerError, problem } from '../../domain/errors';
import type { Secret } from '../../domain/secret';
import { createRedaction } from '../../programs/redaction';
import type { AnsibleDependencies } from './dependencies';

/** The name under which the vault password is read. */
export const vaultPasswordName = 'ansible.vault_password';

/** The secrets of a run. */
export interface RunSecrets {
  readonly vaultPassword?: Secret;
  /** By name of the variable. */
  readonly vars: Readonly<Record<string, Secret>>;
  /** Cuts all of them out of a text. */
  readonly redact: (text: string) => string;
}

/** Which secrets a run asks for. */
export type AskedSecrets = Pick<PlaybookFrame, 'vault' | 'secretVars'>;

/**
 * Whether Ansible knows secrets that the redaction can't: what a vault holds, and forms that it gives to a secret. The
 * settings may name a vault password as well.
 */
export function withholdsWords({
  vault,
  secretVars,
  settings,
}: AskedSecrets & { readonly settings?: string }): boolean {
  return vault || Object.keys(secretVars).length > 0 || (settings !== undefined && namesVault(settings));
}

/** Settings that can't be read now may name one. */
function namesVault(settings: string): boolean {
  try {
    return /^\s*vault_(password_file|identity_list)\s*[=:]/m.test(readFileSync(settings, 'utf8'));
  } catch {
    return true;
  }
}

/** Throws ConfigInvalid where the configuration names no place for a secret variable. */
export function requireSecretPlaces(
  { secrets, config }: AnsibleDependencies,
  secretVars: Readonly<Record<string, string>>,
): void {
  const missing = Object.values(secretVars).filter((name) => !secrets.has(name));
  if (missing.length === 0) return;
  throw new ManagerError(
    problem('ConfigInvalid', {
      attempted: 'find the secrets that the playbook gets as variables',
      failed: `${config.file} names no place for ${missing.join(', ')}`,
      remedy: `Add to cluster-config.yaml: secrets: { ${missing.map((it) => `${it}: { pass_path: ... }`).join(', ')} }, then restart the worker.`,
    }),
  );
}

/** Reads the secrets of a run. Throws CredentialsLocked, CredentialsMissing or CredentialsMalformed. */
export async function readRunSecrets(
  { secrets, vaultPassword, credentials }: AnsibleDependencies,
  { vault, secretVars }: AskedSecrets,
  signal: AbortSignal,
): Promise<RunSecrets> {
  const password = vault ? await vaultPassword?.read(vaultPasswordName, signal) : undefined;
  const vars: [string, Secret][] = [];
  for (const [variable, name] of Object.entries(secretVars))
    vars.push([variable, await secrets.read(name, signal)]);
  // The worker's own token is cut out as well, should it turn up somewhere.
  const token = await credentials.get(signal).catch(() => undefined);
  const redaction = createRedaction([
    ...(password === undefined ? [] : [password]),
    ...vars.map(([, secret]) => secret),
    ...(token === undefined ? [] : [token.secret]),
  ]);
  return {
    vars: Object.fromEntries(vars),
    redact: (text) => redaction.redactText(text),
    ...(password === undefined ? {} : { vaultPassword: password }),
  };
}

/** What is kept from view. No `redact` where the secrets can't be read now: following a run must not fail for that. */
export async function redactionFor(
  dependencies: AnsibleDependencies,
  asked: AskedSecrets & { readonly settings?: string },
  signal: AbortSignal,
): Promise<{ readonly redact?: RunSecrets['redact']; readonly withholds: boolean }> {
  const withholds = withholdsWords(asked);
  try {
    const { redact } = await readRunSecrets(dependencies, asked, signal);
    return { redact, withholds };
  } catch (error) {
    if (!(error instanceof ManagerError) || error.code === 'Interrupted') throw error;
    return { withholds };
  }
}
