import picomatch from 'picomatch';

/** Whether a name fits one of the patterns, or there is none. Case does not matter: DNS has none either. */
export function namePattern(patterns: readonly string[]): (name: string | undefined) => boolean {
  if (patterns.length === 0) return () => true;
  const fits = picomatch([...patterns], { nocase: true, dot: true, strictSlashes: true });
  return (name) => name !== undefined && fits(name);
}

/** Whether a value is one of those wanted, or all are. */
export function isWanted(wanted: readonly string[], value: string): boolean {
  return wanted.length === 0 || wanted.includes(value);
}
