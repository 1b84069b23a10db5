import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemKinds } from '../../src/runbooks/problems';
import { around, checkText, kindsOf } from './support/runbooks';

const page = readFileSync(join(__dirname, '../../docs/runbooks.md'), 'utf8');
const titleOf = (text: string) =>
  /\*\*(.+?)\*\*/.exec(text)?.[1] ?? /^name: (.*)$/m.exec(text)?.[1] ?? 'steps';
const examples = [
  ...page.matchAll(/<!-- (?:valid|wrong: (?<kind>[a-z-]+)) -->\n````markdown\n(?<text>[\s\S]*?)\n````/g),
].map(({ groups }) => {
  const { kind, text = '' } = groups ?? {};
  const whole = text.startsWith('---') ? text : around(text);
  return { title: `${kind ?? 'valid'}: ${titleOf(text)}`, kind, text: whole };
});

describe('docs/runbooks.md', () => {
  it('has an example in each of its fences of four', () => {
    expect(examples).toHaveLength(page.match(/^````markdown$/gm)?.length ?? 0);
    expect(examples.length).toBeGreaterThan(30);
  });

  it.each(examples)('$title', async ({ kind, text }) => {
    const kinds = new Set(kindsOf(await checkText(text)));
    expect([...kinds]).toEqual(kind === undefined ? [] : [kind]);
  });

  it('names every kind of problem', () => {
    for (const kind of Object.keys(problemKinds)) expect(page).toContain(`\`${kind}\``);
  });
});
