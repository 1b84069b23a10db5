import type { Call, CallArgument } from '../ast';
import type { Reporter } from '../problems';
import { within, type Fragment } from '../source';

const argument = /^(?<name>[A-Za-z][\w.-]*(?:\[\d{1,3}\])?)=(?<value>.*)$/;
const header = /^(?<name>[A-Za-z][A-Za-z0-9-]*):[ \t]+(?<value>.+)$/;

/**
 * Reads the block of a call: what is called on the first line, then one `name=value` a line. Headers (`Name: value`)
 * only where `withHeaders`. Empty lines and lines that start with # count for nothing.
 */
export function parseCall(content: Fragment, withHeaders: boolean, problems: Reporter): Call | undefined {
  const [head, ...rest] = linesOf(content);
  if (head === undefined) {
    problems.report(
      'bad-block',
      content.place(0),
      'the block is empty',
      'write what is called on its first line',
    );
    return undefined;
  }
  const headers: CallArgument[] = [];
  const found: CallArgument[] = [];
  for (const line of rest) {
    const asHeader = withHeaders ? read(line, header) : undefined;
    const asArgument = read(line, argument);
    if (asArgument !== undefined) found.push(asArgument);
    else if (asHeader !== undefined) headers.push(asHeader);
    else {
      const form = withHeaders ? 'name=value, or Name: value for a header' : 'name=value';
      problems.report('bad-block', line.place(0), 'this line can not be read', `write one ${form} a line`);
    }
  }
  return { head, headers, arguments: found };
}

function read(line: Fragment, form: RegExp): CallArgument | undefined {
  const { name, value } = form.exec(line.text)?.groups ?? {};
  if (name === undefined || value === undefined) return undefined;
  return {
    name,
    place: line.place(0),
    value: within(line, line.text.length - value.length, line.text.length),
  };
}

function linesOf(content: Fragment): readonly Fragment[] {
  return [...content.text.matchAll(/[^\n]+/g)].flatMap((match) => {
    const text = match[0].trim();
    const start = match.index + match[0].indexOf(text);
    return text === '' || text.startsWith('#') ? [] : [within(content, start, start + text.length)];
  });
}
