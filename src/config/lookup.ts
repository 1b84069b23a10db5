import type { ConfigPath } from './yamlDocument';

/** What stands at a path of a value of any form; undefined where nothing does. */
export function at(value: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((inside, step) => {
    const entries: [string, unknown][] =
      typeof inside === 'object' && inside !== null ? Object.entries(inside) : [];
    return entries.find(([key]) => key === String(step))?.[1];
  }, value);
}
