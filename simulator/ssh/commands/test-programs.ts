import { NotSimulated, type CommandContext, type Program } from '../shell/context';

/** `test` and `[`. */
export const testPrograms: Readonly<Record<string, Program>> = {
  test: (context, args) => exitCodeOf(isTrue(context, args)),
  '[': (context, args) => {
    if (args.at(-1) === ']') return exitCodeOf(isTrue(context, args.slice(0, -1)));
    context.err("bash: [: missing `]'\n");
    return 2;
  },
};

function exitCodeOf(it: boolean): number {
  return it ? 0 : 1;
}

/** As POSIX has it, the number of arguments says what they are. */
function isTrue(context: CommandContext, args: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = args;
  if (args.length === 0) return false;
  if (args.length === 1) return first !== '';
  if (args.length === 3 && isComparison(second)) return compares(first, second, third);
  if (first === '!') return !isTrue(context, args.slice(1));
  if (args.length === 2) return isFile(context, first, second);
  throw new NotSimulated(`test ${args.join(' ')}`);
}

const numbers: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  '-eq': (one, other) => one === other,
  '-ne': (one, other) => one !== other,
  '-lt': (one, other) => one < other,
  '-le': (one, other) => one <= other,
  '-gt': (one, other) => one > other,
  '-ge': (one, other) => one >= other,
};

function isComparison(operator: string): boolean {
  return ['=', '==', '!='].includes(operator) || operator in numbers;
}

function compares(one: string, operator: string, other: string): boolean {
  const ofNumbers = numbers[operator];
  if (ofNumbers === undefined) return (one === other) === (operator !== '!=');
  if (![one, other].every((text) => /^-?\d+$/.test(text))) {
    throw new NotSimulated(`test ${one} ${operator} ${other}`);
  }
  return ofNumbers(Number(one), Number(other));
}

function isFile({ files }: CommandContext, operator: string, file: string): boolean {
  if (operator === '-n') return file !== '';
  if (operator === '-z') return file === '';
  if (!['-e', '-f', '-d', '-s', '-r', '-w'].includes(operator)) throw new NotSimulated(`test ${operator}`);
  if (!files.exists(file)) return false;
  const { kind, sizeBytes } = files.stat(file);
  if (operator === '-f') return kind === 'file';
  if (operator === '-d') return kind === 'directory';
  return operator !== '-s' || sizeBytes > 0;
}
