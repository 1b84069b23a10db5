import type { SimpleCommand, Word } from '../shell/script';
import { beginsTask } from './pvesh';
import type { Translation } from './request';

const address = /^https:\/\/[^/\s]+\/api2\/json(\/[^\s]*)$/;
/** Only how curl behaves: `-sk`, `--fail`. */
const behaviour = /^-[skSfL]+$|^--(silent|insecure|show-error|fail|location)$/;

/** What the options of a command gather to. */
interface Gathered {
  method?: string;
  url?: string;
  readonly data: (readonly [string, string])[];
}

/** The request that a `curl` with an API token makes to a cluster: the token comes from the configuration then. */
export function curlRequest({ words }: SimpleCommand, script: string): Translation {
  const gathered: Gathered = { data: [] };
  const rest = words.slice(1);
  for (let index = 0; index < rest.length; index += 1) {
    const option = rest[index]?.literal;
    if (option === undefined) return { because: 'a word of it is known only when it runs' };
    if (behaviour.test(option)) continue;
    if (!option.startsWith('-')) {
      gathered.url = option;
      continue;
    }
    index += 1;
    const value = rest[index];
    if (value === undefined || !take(gathered, option, value, script)) {
      return { because: `the option ${option} has no place in a request` };
    }
  }
  const { url = '', data, method = data.length > 0 ? 'POST' : 'GET' } = gathered;
  const path = address.exec(url)?.[1];
  if (path === undefined || !isMethod(method)) return { because: 'it asks somebody else' };
  return { method, path, parameters: data, isTask: beginsTask(method, path) };
}

/** Whether an option with its value is understood. */
function take(gathered: Gathered, option: string, { node, literal }: Word, script: string): boolean {
  if (option === '-H' || option === '--header') {
    return /^["']?Authorization: *PVEAPIToken=/.test(script.slice(node.start, node.end));
  }
  if (literal === undefined) return false;
  switch (option) {
    case '-X':
    case '--request':
      gathered.method = literal;
      return true;
    case '-d':
    case '--data':
      return literal.split('&').every((part) => add(gathered, part, decoded));
    case '--data-urlencode':
      return add(gathered, literal, (text) => text);
    default:
      return false;
  }
}

function add({ data }: Gathered, part: string, read: (text: string) => string | undefined): boolean {
  const [, name, written] = /^([A-Za-z][\w-]*)=([^@\n][^\n]*|)$/.exec(part) ?? [];
  const value = written === undefined ? undefined : read(written);
  if (name === undefined || value === undefined) return false;
  data.push([name, value]);
  return true;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function isMethod(method: string): method is 'GET' | 'POST' | 'PUT' | 'DELETE' {
  return ['GET', 'POST', 'PUT', 'DELETE'].includes(method);
}
