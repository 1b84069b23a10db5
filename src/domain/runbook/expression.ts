import { isTrue, textOf, valueAt, type RunValue, type RunValues } from './values';

/** How two values are compared; `<` and its like compare numbers only. */
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A condition of a runbook, as data: it is evaluated while the runbook runs (docs/runbooks.md, "Conditions"). */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  /** A parameter, a capture or a loop's item, or what stands at a path of it. */
  | { readonly kind: 'value'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    };

/** Whether a condition holds. A value that is not there is false, equals nothing, and is neither more nor less. */
export function holds(expression: Expression, values: RunValues): boolean {
  return isTrue(evaluate(expression, values));
}

/** The names of values that a condition asks for. */
export function namesIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'value':
      return [expression.name];
    case 'not':
      return namesIn(expression.of);
    default:
      return [...namesIn(expression.left), ...namesIn(expression.right)];
  }
}

/** The condition with values that are known put in their places, and what is decided by them decided. */
export function withKnown(expression: Expression, known: RunValues): Expression {
  switch (expression.kind) {
    case 'literal':
      return expression;
    case 'value':
      return Object.hasOwn(known, expression.name) ? literal(evaluate(expression, known)) : expression;
    case 'not':
      return decided({ kind: 'not', of: withKnown(expression.of, known) });
    case 'compare':
      return decided({
        ...expression,
        left: withKnown(expression.left, known),
        right: withKnown(expression.right, known),
      });
    default:
      return joined(expression.kind, withKnown(expression.left, known), withKnown(expression.right, known));
  }
}

/** The condition as a person writes it. */
export function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string'
        ? JSON.stringify(expression.value)
        : String(expression.value);
    case 'value':
      return [expression.name, ...expression.path].join('/');
    case 'not':
      return `not ${inBrackets(expression.of)}`;
    case 'compare':
      return `${inBrackets(expression.left)} ${expression.operator} ${inBrackets(expression.right)}`;
    default:
      return `${inBrackets(expression.left)} ${expression.kind} ${inBrackets(expression.right)}`;
  }
}

function inBrackets(expression: Expression): string {
  const text = expressionText(expression);
  return expression.kind === 'literal' || expression.kind === 'value' ? text : `(${text})`;
}

function evaluate(expression: Expression, values: RunValues): RunValue | undefined {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'value':
      return Object.hasOwn(values, expression.name)
        ? valueAt(values[expression.name], expression.path)
        : undefined;
    case 'not':
      return !holds(expression.of, values);
    case 'and':
      return holds(expression.left, values) && holds(expression.right, values);
    case 'or':
      return holds(expression.left, values) || holds(expression.right, values);
    case 'compare':
      return compared(
        expression.operator,
        evaluate(expression.left, values),
        evaluate(expression.right, values),
      );
  }
}

function compared(operator: Comparison, left: RunValue | undefined, right: RunValue | undefined): boolean {
  const same = left !== undefined && right !== undefined && textOf(left) === textOf(right);
  const [one, other] = [numberOf(left), numberOf(right)];
  switch (operator) {
    case '==':
      return same || one === other;
    case '!=':
      return !same && one !== other;
    case '<':
      return one < other;
    case '<=':
      return one <= other;
    case '>':
      return one > other;
    case '>=':
      return one >= other;
  }
}

/** NaN, which is neither equal to, less nor more than anything, for what is no number. */
function numberOf(value: RunValue | undefined): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

function literal(value: RunValue | undefined): Expression {
  if (value === undefined) return { kind: 'literal', value: false };
  if (typeof value !== 'object') return { kind: 'literal', value };
  // An empty list counts as no, as an empty text does.
  return { kind: 'literal', value: isTrue(value) ? textOf(value) : '' };
}

function decided(expression: Expression): Expression {
  return namesIn(expression).length === 0 ? literal(evaluate(expression, {})) : expression;
}

function joined(kind: 'and' | 'or', left: Expression, right: Expression): Expression {
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (one.kind !== 'literal') continue;
    return isTrue(one.value) === (kind === 'and') ? other : { kind: 'literal', value: kind === 'or' };
  }
  return { kind, left, right };
}
