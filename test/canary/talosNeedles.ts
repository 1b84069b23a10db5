import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { namedNeedles, shortestSecret, wholeNeedles, type Needle } from './search';

/** Shorter ones are words: `controlplane`, addresses, names. */
const shortestValue = 20;

/**
 * Every value of a YAML file of secrets, long enough to be none of the words that stand everywhere; `isPublic` tells of
 * values that are no secrets.
 */
export function needlesOfYaml(
  name: string,
  file: string,
  isPublic: (value: string) => boolean = () => false,
): readonly Needle[] {
  const values: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && value.length >= shortestValue) values.push(value);
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  for (const document of [...parseAllDocuments(readFileSync(file, 'utf8'))]) collect(document.toJS());
  const secret = values.filter((value) => !isPublic(value));
  if (secret.length === 0) throw new Error(`${file} holds nothing to search for`);
  return secret.flatMap((value) =>
    value.length < shortestSecret ? wholeNeedles(name, value) : namedNeedles(name, value),
  );
}
