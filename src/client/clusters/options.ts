import { InvalidArgumentError } from 'commander';
import { durationMs, durationPattern } from '../../config/quantities';
import { ManagerError, problem } from '../../domain/errors';

/** A time span such as `24h` or `7d`, in milliseconds. */
export function timeSpan(text: string): number {
  if (durationPattern.test(text)) return durationMs(text);
  throw new InvalidArgumentError('It must be a time span above zero: 90s, 30m, 24h or 7d.');
}

/** `<name>=<whole number>` words as an object; `what` says what the numbers are. Throws InputInvalid. */
export function numbersByName(
  words: readonly string[],
  { attempted, what, least }: { readonly attempted: string; readonly what: string; readonly least: number },
): Readonly<Record<string, number>> {
  const pairs = words.map((word): readonly [string, number] => {
    const [, name, value] = /^([^=]+)=(\d{1,9})$/.exec(word) ?? [];
    if (name === undefined || Number(value) < least) throw wrong(attempted, `'${word}' is not ${what}`);
    return [name, Number(value)];
  });
  const twice = pairs.find(([name], index) => pairs.findIndex(([other]) => other === name) !== index);
  if (twice !== undefined) throw wrong(attempted, `${twice[0]} is given twice`);
  return Object.fromEntries(pairs);
}

function wrong(attempted: string, failed: string): ManagerError {
  return new ManagerError(problem('InputInvalid', { attempted, failed: `${failed}; nothing was started` }));
}
