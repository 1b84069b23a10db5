import type { RawValue } from '../../http/parameters';
import type { ParameterSchema } from '../../schema/load';

/** Options and arguments that can't be read; `message` is what the tool prints before its usage line. */
export class OptionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OptionError';
  }
}

/** What a command line says. */
export interface ReadOptions {
  readonly values: Map<string, RawValue>;
  /** `--output-format` and its like. */
  readonly format: Map<string, string>;
}

/** Options that every command with FORMAT_OPTIONS takes. */
const formatOptions = new Map<string, ParameterSchema>([
  ['output-format', { type: 'string' }],
  ['quiet', { type: 'boolean' }],
  ['noheader', { type: 'boolean' }],
  ['noborder', { type: 'boolean' }],
  ['human-readable', { type: 'boolean' }],
  ['noproxy', { type: 'boolean' }],
]);

/**
 * Reads `--name value`, `-name value`, `--name=value` and bare booleans as Getopt::Long does for Proxmox's tools: one dash
 * or two, names may be shortened (behaviour.md 11.1, recording g1), then the fixed arguments.
 */
export function readOptions(
  words: readonly string[],
  positional: readonly string[],
  required: number,
  schemas: Readonly<Record<string, ParameterSchema>>,
): ReadOptions {
  const values = new Map<string, RawValue>();
  const format = new Map<string, string>();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const [, given, inline] = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (word === '--') {
      rest.push(...words.slice(at + 1));
      break;
    }
    if (given === undefined) {
      rest.push(word);
      continue;
    }
    const option = findOption(given, schemas, positional);
    const following = words[at + 1];
    const isFlag = option.schema.type === 'boolean';
    const takesNext =
      inline === undefined && following !== undefined && !(isFlag && following.startsWith('-'));
    if (!isFlag && inline === undefined && following === undefined) {
      throw new OptionError(`Option ${given} requires an argument\n400 unable to parse option`);
    }
    const text = inline ?? (takesNext ? following : '1');
    if (takesNext) at += 1;
    if (option.isFormat) format.set(option.name, text);
    else addValue(values, option.name, isFlag ? booleanText(text) : text, option.schema);
  }
  addFixed(values, rest, positional, required);
  return { values, format };
}

interface FoundOption {
  readonly name: string;
  readonly schema: ParameterSchema;
  readonly isFormat: boolean;
}

function findOption(
  given: string,
  schemas: Readonly<Record<string, ParameterSchema>>,
  positional: readonly string[],
): FoundOption {
  const numbered = /^(.*?[a-z])\d+$/.exec(given)?.[1];
  const ofCall = numbered === undefined ? undefined : schemas[`${numbered}[n]`];
  if (ofCall !== undefined && schemas[given] === undefined)
    return { name: given, schema: ofCall, isFormat: false };
  const known: FoundOption[] = [
    ...Object.entries(schemas)
      .filter(([name]) => !positional.includes(name) && !name.includes('[n]'))
      .map(([name, schema]) => ({ name, schema, isFormat: false })),
    ...[...formatOptions].map(([name, schema]) => ({ name, schema, isFormat: true })),
  ];
  const exact = known.find(({ name }) => name === given);
  const starting = known.filter(({ name }) => name.startsWith(given));
  const found = exact ?? (starting.length === 1 ? starting[0] : undefined);
  if (found !== undefined) return found;
  if (starting.length === 0) throw new OptionError(`Unknown option: ${given}\n400 unable to parse option`);
  const candidates = starting.map(({ name }) => name).join(', ');
  throw new OptionError(`Option ${given} is ambiguous (${candidates})\n400 unable to parse option`);
}

function booleanText(text: string): string {
  if (/^(1|on|yes|true)$/i.test(text)) return '1';
  return /^(0|off|no|false)$/i.test(text) ? '0' : text;
}

/** Lists may be given several times. */
function addValue(values: Map<string, RawValue>, name: string, text: string, schema: ParameterSchema): void {
  const before = values.get(name);
  const isList =
    schema.type === 'array' || (typeof schema.format === 'string' && schema.format.endsWith('-list'));
  if (!isList || before === undefined) values.set(name, schema.type === 'array' ? [text] : text);
  else if (typeof before === 'string') values.set(name, `${before},${text}`);
  else if (Array.isArray(before)) values.set(name, [...before.map(String), text]);
}

function addFixed(
  values: Map<string, RawValue>,
  rest: readonly string[],
  positional: readonly string[],
  required: number,
): void {
  if (rest.length < required) throw new OptionError('400 not enough arguments');
  if (rest.length > positional.length) throw new OptionError('400 too many arguments');
  for (const [index, text] of rest.entries()) {
    const name = positional[index];
    if (name !== undefined) values.set(name, text);
  }
}
