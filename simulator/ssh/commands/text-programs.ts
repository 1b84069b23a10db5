import { NotSimulated, type CommandContext, type Program } from '../shell/context';

/** Programs that write and filter text. */
export const textPrograms: Readonly<Record<string, Program>> = {
  echo: (context, args) => {
    const isOption = /^-[neE]+$/.test(args[0] ?? '');
    if (isOption && args[0] !== '-n') throw new NotSimulated(`echo ${args[0] ?? ''}`);
    context.out(`${args.slice(isOption ? 1 : 0).join(' ')}${isOption ? '' : '\n'}`);
    return 0;
  },
  printf: (context, [format = '', ...values]) => {
    let rest = values;
    do {
      const used = format.match(/%s/g)?.length ?? 0;
      context.out(printed(format, rest));
      rest = used === 0 ? [] : rest.slice(used);
    } while (rest.length > 0);
    return 0;
  },
  head: async (context, args) => {
    const { mode, count, rest } = countOf('head', args);
    const content = await contentOf(context, rest, mode === 'bytes' ? count : 0);
    context.out(mode === 'bytes' ? content.subarray(0, count) : linesOf(content).slice(0, count).join(''));
    return 0;
  },
  tail: async (context, args) => {
    const { mode, count, rest, isFrom } = countOf('tail', args);
    if (mode === 'bytes') throw new NotSimulated(`tail ${args.join(' ')}`);
    const lines = linesOf(await contentOf(context, rest, 0));
    context.out(lines.slice(isFrom ? Math.max(count - 1, 0) : Math.max(lines.length - count, 0)).join(''));
    return 0;
  },
  grep,
  wc: async (context, args) => {
    const [option, ...more] = args;
    if ((option !== '-c' && option !== '-l') || more.length > 0)
      throw new NotSimulated(`wc ${args.join(' ')}`);
    const content = await context.stdin();
    context.out(`${option === '-c' ? content.length : content.filter((byte) => byte === 10).length}\n`);
    return 0;
  },
  tr: async (context, args) => {
    const [option = '', characters = '', ...more] = args;
    if (!['-d', '--delete'].includes(option) || more.length > 0 || /[\\[\]]|.-./.test(characters)) {
      throw new NotSimulated(`tr ${args.join(' ')}`);
    }
    const text = (await context.stdin()).toString();
    context.out(
      Array.from(text)
        .filter((character) => !characters.includes(character))
        .join(''),
    );
    return 0;
  },
};

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\', '"': '"' };

function printed(format: string, values: readonly string[]): string {
  let next = 0;
  return format.replace(/%(.?)|\\(.?)/gs, (all: string, directive?: string, escape?: string) => {
    if (directive === 's') return values[next++] ?? '';
    if (directive === '%') return '%';
    const character = escapes[escape ?? ''];
    if (character === undefined) throw new NotSimulated(`printf ${all}`);
    return character;
  });
}

function linesOf(content: Buffer): readonly string[] {
  const text = content.toString();
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** `-n 3`, `-n3`, `-3`, `--lines=3`, `-c 3`; a `+` before the number: from this line on. */
function countOf(name: string, args: readonly string[]) {
  const given = ['-n', '-c'].includes(args[0] ?? '') ? 2 : 1;
  const found = /^(?:-n|--lines=|-)(\+?\d+)$|^(?:-c|--bytes=)(\d+)$/.exec(args.slice(0, given).join(''));
  const lines = found?.[1];
  const number = lines ?? found?.[2];
  const rest = found === null ? args : args.slice(given);
  if (
    rest.length > 1 ||
    rest.some((arg) => arg.startsWith('-')) ||
    (name === 'head' && lines?.startsWith('+'))
  ) {
    throw new NotSimulated(`${name} ${args.join(' ')}`);
  }
  const mode = found?.[2] === undefined ? ('lines' as const) : ('bytes' as const);
  return { mode, count: Number(number ?? 10), rest, isFrom: lines?.startsWith('+') === true };
}

async function contentOf(context: CommandContext, [file]: readonly string[], bytes: number): Promise<Buffer> {
  if (file === '/dev/zero') return Buffer.alloc(bytes);
  return file === undefined ? context.stdin() : context.files.read(file);
}

/** `grep` with -E, -F, -o, -v, -i, -c, -q, of the standard input or one file. */
async function grep(context: CommandContext, args: readonly string[]): Promise<number> {
  const options = args.filter((arg) => arg.startsWith('-') && arg !== '-');
  const [pattern, file, ...more] = args.filter((arg) => !options.includes(arg));
  const letters = options.map((option) => option.slice(1)).join('');
  if (pattern === undefined || more.length > 0 || !/^[EFovicq]*$/.test(letters)) {
    throw new NotSimulated(`grep ${args.join(' ')}`);
  }
  const expression = new RegExp(patternOf(pattern, letters), letters.includes('i') ? 'gi' : 'g');
  const lines = linesOf(file === undefined ? await context.stdin() : context.files.read(file)).map((line) =>
    line.replace(/\n$/, ''),
  );
  const found = lines.filter((line) => (line.match(expression) !== null) !== letters.includes('v'));
  const shown = letters.includes('o') ? found.flatMap((line) => line.match(expression) ?? []) : found;
  if (letters.includes('c')) context.out(`${found.length}\n`);
  else if (!letters.includes('q')) context.out(shown.map((line) => `${line}\n`).join(''));
  return found.length > 0 ? 0 : 1;
}

/** As an expression of JavaScript; what would mean something else there is not simulated. */
function patternOf(pattern: string, letters: string): string {
  if (letters.includes('F')) return pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const ofGrep = letters.includes('E') ? /\\[A-Za-z<>]|\[\[:/ : /\\[^.[\]*^$/]|\[\[:/;
  if (ofGrep.test(pattern)) throw new NotSimulated(`the pattern ${pattern}`);
  return letters.includes('E') ? pattern : pattern.replace(/[+?(){}|]/g, '\\$&');
}
