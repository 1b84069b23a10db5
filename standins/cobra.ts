/** A flag, as cobra and pflag (github.com/spf13) know it: the tools are made with them. */
export interface Flag {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** `list` splits at commas, `array` does not. */
  readonly kind: 'bool' | 'string' | 'list' | 'array' | 'duration';
}

/** A command of a tool. */
export interface Command<Context> {
  /** The words that name it; `[]` is the tool itself. */
  readonly path: readonly string[];
  readonly flags: readonly Flag[];
  /** How many further words it takes. */
  readonly words: { readonly least: number; readonly most: number };
  readonly run: (context: Context, given: Given) => Promise<string> | string;
}

/** What it was called with. */
export interface Given {
  readonly words: readonly string[];
  /** The last value; undefined: not given. */
  text(name: string): string | undefined;
  /** All values. */
  list(name: string): readonly string[];
  /** `--name`, `--name=true`. */
  bool(name: string, otherwise: boolean): boolean;
  /** In milliseconds. */
  duration(name: string): number | undefined;
}

/** Ends the tool with exit code 1 and this text on standard error. */
export class ToolError extends Error {
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** What is to be done with a line. */
export type Call<Context> =
  | { readonly kind: 'run'; readonly command: Command<Context>; readonly given: Given }
  /** A group of commands, or `--help`: exit code 0, also where a word follows that is no command of the group. */
  | { readonly kind: 'help'; readonly path: readonly string[] };

/** Reads a line as cobra does. Throws ToolError in its words. */
export function parseCall<Context>(
  tool: string,
  commands: readonly Command<Context>[],
  argv: readonly string[],
): Call<Context> {
  const words = plainWords(commands, argv);
  const path = longestPath(commands, words);
  const command = commands.find((it) => same(it.path, path));
  if (argv.includes('--help') || argv.includes('-h')) return { kind: 'help', path };
  if (command === undefined) {
    const [unknown] = words;
    if (path.length === 0 && unknown !== undefined) {
      throw new ToolError(`unknown command "${unknown}" for "${tool}"`);
    }
    return { kind: 'help', path };
  }
  const given = parseFlags(command.flags, argv);
  const rest = given.words.slice(path.length);
  requireWords(`${tool} ${path.join(' ')}`, command.words, rest);
  return { kind: 'run', command, given: { ...given, words: rest } };
}

const same = (left: readonly string[], right: readonly string[]) => left.join(' ') === right.join(' ');

/** The words that are neither flags nor their values: enough of the flags is known to tell where a command begins. */
function plainWords<Context>(commands: readonly Command<Context>[], argv: readonly string[]): string[] {
  const flags = commands.flatMap((it) => it.flags);
  const takesNext = (token: string) =>
    flags.some(
      ({ name, short, kind }) =>
        kind !== 'bool' && (token === `--${name}` || (short !== undefined && token === `-${short}`)),
    );
  return argv.filter(
    (token, index) => !token.startsWith('-') && !(index > 0 && takesNext(argv[index - 1] ?? '')),
  );
}

function longestPath<Context>(commands: readonly Command<Context>[], words: readonly string[]): string[] {
  const path: string[] = [];
  for (const word of words) {
    const longer = [...path, word];
    if (!commands.some((it) => same(it.path.slice(0, longer.length), longer))) break;
    path.push(word);
  }
  return path;
}

function requireWords(
  command: string,
  { least, most }: Command<unknown>['words'],
  words: readonly string[],
): void {
  const [first] = words;
  if (most === 0 && first !== undefined) throw new ToolError(`unknown command "${first}" for "${command}"`);
  if (words.length >= least && words.length <= most) return;
  const wanted = least === most ? `${least}` : `between ${least} and ${most}`;
  throw new ToolError(`accepts ${wanted} arg(s), received ${words.length}`);
}

function parseFlags(flags: readonly Flag[], argv: readonly string[]): Given {
  const values = new Map<string, string[]>();
  const words: string[] = [];
  const put = (flag: Flag, value: string) => {
    checkValue(flag, value);
    const parts = flag.kind === 'list' ? value.split(',') : [value];
    values.set(flag.name, [...(values.get(flag.name) ?? []), ...parts]);
  };
  for (let index = 0; index < argv.length; index += 1) {
    const token = argv[index] ?? '';
    if (!token.startsWith('-') || token === '-') {
      words.push(token);
      continue;
    }
    const { flag, value } = readToken(flags, token);
    if (value !== undefined) put(flag, value);
    else if (flag.kind === 'bool') put(flag, 'true');
    else {
      index += 1;
      const next = argv[index];
      if (next === undefined) throw new ToolError(`flag needs an argument: ${missingName(token)}`);
      put(flag, next);
    }
  }
  return givenOf(values, words);
}

function readToken(
  flags: readonly Flag[],
  token: string,
): { readonly flag: Flag; readonly value: string | undefined } {
  if (token.startsWith('--')) {
    const [name = '', ...rest] = token.slice(2).split('=');
    const flag = flags.find((it) => it.name === name);
    if (flag === undefined) throw new ToolError(`unknown flag: --${name}`);
    return { flag, value: rest.length === 0 ? undefined : rest.join('=') };
  }
  const short = token.slice(1, 2);
  const flag = flags.find((it) => it.short === short);
  if (flag === undefined) throw new ToolError(`unknown shorthand flag: '${short}' in ${token}`);
  const rest = token.slice(2).replace(/^=/, '');
  return { flag, value: rest === '' ? undefined : rest };
}

function missingName(token: string): string {
  return token.startsWith('--') ? token : `'${token.slice(1, 2)}' in ${token}`;
}

function checkValue({ name, kind, short }: Flag, value: string): void {
  const shown = short === undefined ? `--${name}` : `-${short}, --${name}`;
  if (kind === 'duration' && millisecondsOf(value) === undefined) {
    throw new ToolError(`invalid argument "${value}" for "${shown}" flag: time: invalid duration "${value}"`);
  }
  if (kind === 'bool' && !['true', 'false'].includes(value)) {
    throw new ToolError(
      `invalid argument "${value}" for "${shown}" flag: strconv.ParseBool: parsing "${value}": invalid syntax`,
    );
  }
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `1m30s`, as Go reads it. */
function millisecondsOf(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  return parts.reduce((sum, [, count = '0', unit = 's']) => sum + Number(count) * (units[unit] ?? 0), 0);
}

function givenOf(values: ReadonlyMap<string, readonly string[]>, words: readonly string[]): Given {
  const text = (name: string) => values.get(name)?.at(-1);
  return {
    words,
    text,
    list: (name) => values.get(name) ?? [],
    bool: (name, otherwise) => {
      const value = text(name);
      return value === undefined ? otherwise : value === 'true';
    },
    duration: (name) => {
      const value = text(name);
      return value === undefined ? undefined : millisecondsOf(value);
    },
  };
}
