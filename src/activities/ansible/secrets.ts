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

/** What cuts the secrets out; undefined where they can't be read now: following a run must not fail for that. */
export async function redactionFor(
  dependencies: AnsibleDependencies,
  asked: AskedSecrets,
  signal: AbortSignal,
): Promise<{ readonly redact?: RunSecrets['redact'] }> {
  try {
    const { redact } = await readRunSecrets(dependencies, asked, signal);
    return { redact };
  } catch (error) {
    if (!(error instanceof ManagerError) || error.code === 'Interrupted') throw error;
    return {};
  }
}
