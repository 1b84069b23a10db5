import { InvalidArgumentError } from 'commander';

/** Names separated by commas; the option may also be given several times. */
export function nameList(text: string, before: readonly string[] = []): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('It must be names, separated by commas.');
  return [...new Set([...before, ...names])];
}

/** How many older versions stay: a whole number from 0. */
export function keepCount(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.');
  return Number(text);
}
