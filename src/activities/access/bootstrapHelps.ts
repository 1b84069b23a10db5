import type { CredentialSettings } from '../../config/clusterConfig';
import type { Problem } from '../../domain/errors';

/** Where `pxm bootstrap` can store what it makes. */
const writable: ReadonlySet<CredentialSettings['provider']> = new Set(['pass', 'file']);

/** What is to be done where nobody has made a token yet. */
export const bootstrapRemedy =
  'Make one and store it there: pxm bootstrap\nOr store one that you have: line 1 the token id, line 2 the secret';

/** Whether a problem with the token is mended by making one: there is none, at a place that can be written to. */
export function isYetToBeMade({ code, failed }: Problem, settings: CredentialSettings): boolean {
  if (code !== 'CredentialsMissing' || !canBootstrap(settings)) return false;
  // Without the program there is no place to store it at.
  return !failed.includes('not installed');
}

/** Whether the token is kept where `pxm bootstrap` can put a new one. */
export function canBootstrap({ provider }: CredentialSettings): boolean {
  return writable.has(provider);
}
