import { attributes } from './support/attributes';
import { around, checkText, kindsOf } from './support/runbooks';
import { structure } from './support/structure';

const elements = [...structure, ...attributes];

describe('elements of the language', () => {
  it.each(elements)('%s: is understood', async (_element, right) => {
    expect(kindsOf(await checkText(around(right)))).toEqual([]);
  });

  it.each(elements)('%s: a mistake is found, with its line', async (_element, _right, wrong, kind) => {
    const checked = await checkText(around(wrong));
    expect(kindsOf(checked)).toContain(kind);
    const [first] = checked.problems.filter((it) => it.kind === kind);
    expect(first?.message).not.toBe('');
    expect(first?.remedy).not.toBe('');
    expect(first?.line).toBeGreaterThanOrEqual(kind === 'no-steps' ? 1 : 17);
  });
});
