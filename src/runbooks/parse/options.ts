import { durationMs, durationPattern } from '../../config/quantities';
import { nearestWord } from '../../config/nearest';
import type { Attribute, Language, Options } from '../ast';
import type { Reporter } from '../problems';
import type { Fragment } from '../source';
import { expectation } from './expectations';
import { isFault, parseExpression } from './expressions';
import { namePattern } from './placeholders';

/** What a block is for its attributes; steps for a person have no block. */
export type OptionTarget = Language | 'human';

const commands: readonly OptionTarget[] = ['bash', 'command'];
const answering: readonly OptionTarget[] = ['http', 'builtin', ...commands];
const everywhere: readonly OptionTarget[] = [...answering, 'runbook', 'file', 'human'];

/** Which attributes there are, and where each may stand. */
const allowed: Readonly<Record<string, readonly OptionTarget[]>> = {
  '#': everywhere,
  when: everywhere,
  unless: everywhere,
  cleanup: everywhere,
  'for-each': everywhere,
  as: everywhere,
  parallel: everywhere,
  'on-error': everywhere,
  timeout: everywhere,
  destructive: everywhere,
  capture: answering,
  expect: answering,
  poll: answering,
  'on-timeout': answering,
  wait: ['http'],
  read: commands,
  on: [...commands, 'file'],
  stdin: commands,
  file: ['file'],
  mode: ['file'],
};
const flags: ReadonlySet<string> = new Set(['destructive', 'read']);

/** The options of a block without any attributes. */
export const noOptions: Options = {
  waitForTask: false,
  as: 'item',
  parallel: 1,
  onError: 'stop',
  captures: [],
  expectations: [],
  destructive: false,
  readOnly: false,
  mode: '0644',
};

/** What one attribute says, before poll and on-timeout are put together. */
type Said = Partial<Omit<Options, 'poll'>> & {
  readonly everyMs?: number;
  readonly onTimeout?: 'fail' | 'continue' | 'ask';
};

/** What attributes mean; those that mean nothing are reported and left out. */
export function optionsOf(
  attributes: readonly Attribute[],
  target: OptionTarget,
  known: ReadonlySet<string>,
  problems: Reporter,
): Options {
  const seen = new Set<string>();
  let said: Said = {};
  for (const attribute of attributes) {
    const fault = faultOf(attribute, target, seen);
    seen.add(attribute.name);
    if (fault === undefined) said = { ...said, ...read(attribute, known, problems) };
    else problems.report('bad-attribute', attribute.place, ...fault);
  }
  const { everyMs, onTimeout = 'fail', ...rest } = said;
  const options = { ...noOptions, ...rest };
  const poll = attributes.find(({ name }) => name === 'poll');
  if (poll === undefined || everyMs === undefined) return options;
  return { ...options, poll: { everyMs, onTimeout, place: poll.place } };
}

function faultOf(
  { name, value }: Attribute,
  target: OptionTarget,
  seen: ReadonlySet<string>,
): readonly [message: string, remedy: string] | undefined {
  const shown = name === '#' ? 'an id' : name;
  const targets = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
  if (targets === undefined) {
    const names = Object.keys(allowed).slice(1);
    const nearest = nearestWord(name, names);
    const remedy = nearest === undefined ? `use one of ${names.join(', ')}` : `did you mean ${nearest}?`;
    return [`there is no attribute ${name}`, remedy];
  }
  if (seen.has(name)) return [`${shown} is given twice`, 'give it once'];
  if (!targets.includes(target))
    return [`${shown} means nothing here`, `it belongs to: ${targets.join(', ')}`];
  if (flags.has(name) === (value === true)) return undefined;
  return value === true
    ? [`${shown} has no value`, `write ${name}=...`]
    : [`${shown} takes no value`, `write ${name}`];
}

function read(attribute: Attribute, known: ReadonlySet<string>, problems: Reporter): Said {
  const { name, value } = attribute;
  if (value === true) return name === 'read' ? { readOnly: true } : { destructive: true };
  const said = meaning(name, value, { known, problems, place: attribute.place });
  if (typeof said !== 'string') return said;
  problems.report(
    'bad-attribute',
    value.place(0),
    `${name} is ${JSON.stringify(value.text)}`,
    `write ${said}`,
  );
  return {};
}

interface Context {
  readonly known: ReadonlySet<string>;
  readonly problems: Reporter;
  readonly place: Attribute['place'];
}

/** What an attribute with a value says, or what would be right. */
function meaning(name: string, value: Fragment, { known, problems, place }: Context): Said | string {
  const { text } = value;
  switch (name) {
    case '#':
      return /^[A-Za-z][\w-]{0,40}$/.test(text)
        ? { id: { name: text, place } }
        : 'an id of letters, digits, - and _, such as #download';
    case 'when':
    case 'unless':
      return conditionOf(name, value, problems);
    case 'timeout':
      return durationPattern.test(text)
        ? { timeoutMs: durationMs(text) }
        : 'a duration such as 30s, 20m or 2h';
    case 'poll':
      return durationPattern.test(text) ? { everyMs: durationMs(text) } : 'an interval such as 5s';
    case 'wait':
      return text === 'task' ? { waitForTask: true } : 'wait=task';
    case 'for-each':
      return namePattern.test(text)
        ? { forEach: { list: text, place: value.place(0) } }
        : 'the name of a list: a parameter, a capture, or nodes';
    case 'as':
      return namePattern.test(text) ? { as: text } : 'a name such as node';
    case 'parallel':
      return /^([1-9]|[1-5]\d|6[0-4])$/.test(text)
        ? { parallel: Number(text) }
        : 'a whole number from 1 to 64';
    case 'on-error':
      return text === 'stop' || text === 'continue' ? { onError: text } : 'stop or continue';
    case 'on-timeout':
      return text === 'fail' || text === 'continue' || text === 'ask'
        ? { onTimeout: text }
        : 'fail, continue or ask';
    case 'cleanup':
      if (text === 'always') return { cleanup: 'always' };
      return text === 'on-failure' ? { cleanup: 'onFailure' } : 'always or on-failure';
    case 'capture':
      return capturesOf(value);
    case 'expect':
      return { expectations: expectation(value, { known, problems }) };
    case 'mode':
      return /^0?[0-7]{3}$/.test(text) ? { mode: text.padStart(4, '0') } : 'an octal mode such as 0644';
    case 'on':
      return { on: value };
    case 'stdin':
      return { stdin: value };
    default:
      return { file: value };
  }
}

function conditionOf(name: 'when' | 'unless', value: Fragment, problems: Reporter): Said {
  const expression = parseExpression(value.text);
  if (!isFault(expression)) {
    const placed = { expression, place: value.place(0) };
    return name === 'when' ? { when: placed } : { unless: placed };
  }
  problems.report(
    'bad-condition',
    value.place(expression.offset),
    `the condition ${expression.message}`,
    'write names without braces, and texts in quotes: disk_size != "" and not done',
  );
  return {};
}

/** `name`, or `name=/path/of/json`, several with commas. */
function capturesOf(value: Fragment): Said | string {
  const captures: Options['captures'][number][] = [];
  for (const part of value.text.matchAll(/[^,]+/g)) {
    const [, name, path] = /^\s*([a-z][a-z0-9_]{0,40})(?:=((?:\/[^/\s,]+)+))?\s*$/.exec(part[0]) ?? [];
    if (name === undefined) return 'a name, or name=/path/into/the/answer, several with commas';
    captures.push({ name, path: path?.split('/').slice(1) ?? [], place: value.place(part.index) });
  }
  return captures.length === 0 ? 'a name' : { captures };
}
