/** What a step captures: text, or what JSON holds. */
export type RunValue =
  string | number | boolean | null | readonly RunValue[] | { readonly [key: string]: RunValue };

/** Values that are known while a runbook runs: captures, and the item of a loop. Parameters are filled in before. */
export type RunValues = Readonly<Record<string, RunValue>>;

/** A value as it is written into a text; lists and objects as JSON. */
export function textOf(value: RunValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What stands at a path of keys and indices; undefined where nothing does. */
export function valueAt(value: RunValue | undefined, path: readonly string[]): RunValue | undefined {
  return path.reduce<RunValue | undefined>((inside, step) => {
    if (typeof inside !== 'object' || inside === null) return undefined;
    const entry = Object.entries(inside).find(([key]) => key === step);
    return entry?.[1];
  }, value);
}

/** Nothing, an empty text or list, 0, `0`, `false` and `no` count as no. */
export function isTrue(value: RunValue | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' || !['', '0', 'false', 'no'].includes(String(value));
}
