import type { ConfigPath } from './yamlDocument';

/** What stands at a path of a value of any form; undefined where nothing does. */
export function at(value: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((inside, step) => {
    const entries: [string, unknown][] =
      typeof inside === 'object' && inside !== null ? Object.entries(inside) : [];
    return entries.find(([key]) => key === String(step))?.[1];
  }, value);
}

/** The text at a path; undefined where there is none. */
export function textAt(value: unknown, path: ConfigPath): string | undefined {
  const found = at(value, path);
  return typeof found === 'string' ? found : undefined;
}

/** The list at a path; empty where there is none. */
export function listAt(value: unknown, path: ConfigPath): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** The keys and values of the section at a path, in the file's order; empty where there is none. */
export function entriesAt(value: unknown, path: ConfigPath): readonly (readonly [string, unknown])[] {
  const found = at(value, path);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.entries(found) : [];
}
