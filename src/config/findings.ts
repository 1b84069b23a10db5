import type { ConfigPath, Position } from './yamlDocument';

/** A problem before its place is known. */
export interface Finding {
  readonly path: ConfigPath;
  /** Where the place is: the value (default), the key, or given. */
  readonly place?: 'value' | 'key' | Position;
  readonly message: string;
  readonly expected: string;
  readonly nearest?: string;
  /** The key has no business in the file: what else is wrong with it, or inside of it, does not matter. */
  readonly outOfPlace?: true;
}

/** What a finding says of a key that is not there. */
export const missing = 'is missing';

/** A token (user@realm!name, UUID) or an address with a password in it, wherever it was put by mistake. */
export function mayBeSecret(text: string): boolean {
  return /[@!]|[0-9a-f]{8}-[0-9a-f]{4}-/i.test(text);
}

/**
 * `cluster.nodes[1].host`; a key that is not a plain word stands in brackets and quotes, and one that may be a
 * secret is not shown: the place of the problem tells where it is.
 */
export function pathText(path: ConfigPath): string {
  return path.map(stepText).join('').replace(/^\./, '');
}

function stepText(step: PropertyKey): string {
  if (typeof step === 'number') return `[${step}]`;
  const key = String(step);
  if (mayBeSecret(key)) return '.(hidden)';
  return /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
