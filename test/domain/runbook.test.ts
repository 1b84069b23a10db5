import { holds, withKnown, expressionText, type Expression } from '../../src/domain/runbook/expression';
import { isMet, type Expectation } from '../../src/domain/runbook/expectation';
import { isFault, parseExpression } from '../../src/runbooks/parse/expressions';

function read(text: string): Expression {
  const expression = parseExpression(text);
  if (isFault(expression)) throw new Error(`${text}: ${expression.message}`);
  return expression;
}

const values = {
  vm: { status: 'running', cores: 4 },
  empty: '',
  list: [1],
  none: [],
  text: 'x',
  zero: 0,
  ten: '10',
};

describe('conditions of runbooks', () => {
  it.each([
    ['vm/status == "running"', true],
    ["vm/status != 'running'", false],
    ['vm/cores >= 4 and vm/cores < 5', true],
    ['ten > 9', true],
    ['text > 9', false],
    ['text < 9', false],
    ['vm/nothing == ""', false],
    ['vm/nothing != ""', true],
    ['nobody', false],
    ['not nobody', true],
    ['empty or zero or none', false],
    ['list and text', true],
    ['not (empty or text)', false],
    ['not empty and text', true],
    ['empty == ""', true],
    ['true and not false', true],
    ['vm/status/x', false],
    ['constructor', false],
    ['vm/__proto__', false],
    ['ten == 10.0', true],
    ['"a\\"b" == \'a"b\'', true],
    ['text == "x" && !(zero || empty)', true],
  ])('%s is %s', (text, expected) => {
    const expression = read(text);
    expect(holds(expression, values)).toBe(expected);
    expect(holds(withKnown(expression, values), {})).toBe(expected);
    expect(holds(read(expressionText(expression)), values)).toBe(expected);
  });

  it.each([
    '',
    'a b',
    'a ==',
    '(a',
    'a)',
    '"a',
    'a = b',
    '== a',
    'a == b == c',
    '{{a}}',
    'not',
    `${'('.repeat(30)}a${')'.repeat(30)}`,
    'a or '.repeat(400),
  ])('%j is refused', (text) => expect(isFault(parseExpression(text))).toBe(true));

  it('keep what is not known yet', () => {
    expect(withKnown(read('text == "x" and later'), { text: 'x' })).toEqual(read('later'));
    expect(withKnown(read('text == "y" and later'), { text: 'x' })).toEqual({
      kind: 'literal',
      value: false,
    });
    expect(withKnown(read('later or text'), { text: 'x' })).toEqual({ kind: 'literal', value: true });
  });
});

describe('expectations of runbooks', () => {
  const answer = { exitCode: 1, status: 404, text: 'a line\nanother', output: { status: 'running' } };
  const cases: readonly (readonly [Expectation, boolean])[] = [
    [{ kind: 'exit', code: 1 }, true],
    [{ kind: 'exit', code: 0 }, false],
    [{ kind: 'status', status: 404 }, true],
    [{ kind: 'status', status: 200 }, false],
    [{ kind: 'contains', text: ['a ', { value: 'what', as: 'plain' }] }, true],
    [{ kind: 'contains', text: ['b'] }, false],
    // Of a step that a person, or its condition, left out.
    [{ kind: 'contains', text: ['a ', { value: 'nobody', as: 'plain' }] }, false],
    [{ kind: 'matches', pattern: '^ANOTHER$', flags: 'im' }, true],
    [{ kind: 'matches', pattern: '^another$', flags: '' }, false],
    [{ kind: 'holds', condition: read('output/status == "running"') }, true],
    [{ kind: 'holds', condition: read('output/status == what') }, false],
  ];

  it.each(cases)('%j is met: %s', (expectation, expected) => {
    expect(isMet(expectation, answer, { what: 'line' })).toBe(expected);
  });
});
