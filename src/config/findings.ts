import type { ConfigPath, Position } from './yamlDocument';

/** A problem before its place is known. */
export interface Finding {
  readonly path: ConfigPath;
  /** Where the place is: the value (default), the key, or given. */
  readonly place?: 'value' | 'key' | Position;
  readonly message: string;
  readonly expected: string;
  readonly nearest?: string;
}

/** `cluster.nodes[1].host`; a key that is not a plain word stands in brackets and quotes. */
export function pathText(path: ConfigPath): string {
  return path.map(stepText).join('').replace(/^\./, '');
}

function stepText(step: PropertyKey): string {
  if (typeof step === 'number') return `[${step}]`;
  const key = String(step);
  return /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
