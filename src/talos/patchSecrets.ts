import { isScalar, parseAllDocuments, visit } from 'yaml';
import { Secret } from '../domain/secret';

/** Shorter values stand everywhere (`true`, `eth0`); behind a name that tells a secret nothing is too short but these. */
const shortestValue = 8;
const shortestBehindName = 4;
const secretName = /auth|cert|crt|content|credential|identity|key|pass|secret|token|user/i;

/**
 * The values in a patch of a machine's configuration that must not be shown: a patch may hold passwords of registries, keys
 * and contents of files, and talosctl repeats what it does not understand. Each line of a longer text is one too.
 */
export function valuesInPatch(text: Secret): readonly Secret[] {
  const values = new Set<string>();
  for (const document of parseAllDocuments(text.reveal())) {
    visit(document, {
      Pair(_key, { key, value }) {
        const name = textOf(key);
        collect(values, textOf(value), secretName.test(name) ? shortestBehindName : shortestValue);
      },
      Scalar(key, { value }) {
        if (typeof key === 'number') collect(values, String(value), shortestValue);
      },
    });
  }
  return [...values].map((value) => new Secret(value));
}

function textOf(node: unknown): string {
  return isScalar(node) && typeof node.value === 'string' ? node.value : '';
}

function collect(values: Set<string>, text: string, shortest: number): void {
  for (const line of [text, ...text.split('\n')].map((it) => it.trim())) {
    if (line.length >= shortest) values.add(line);
  }
}
