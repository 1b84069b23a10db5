import { namesIn } from './expression';
import type { Expectation } from './expectation';
import type { RenderedStep, StepAction } from './plan';
import type { Text } from './text';

/** The texts of an action: everything that values are written into. */
export function textsOf(action: StepAction): readonly Text[] {
  switch (action.type) {
    case 'request':
      return [action.path, ...[...action.headers, ...action.parameters].map(({ value }) => value)];
    case 'script':
      return [action.script, ...inputOf(action)];
    case 'program':
      return [...action.words, ...inputOf(action)];
    case 'file':
      return [action.path, action.content];
    case 'builtin':
    case 'runbook':
      return action.arguments.map(({ value }) => value);
    case 'gate':
      return [];
  }
}

/** The names of the values that a text has places for. */
export function valuesIn(text: Text): readonly string[] {
  return text.flatMap((piece) => (typeof piece === 'object' && 'value' in piece ? [piece.value] : []));
}

/** The names of the secrets that an action asks for. */
export function secretsIn(action: StepAction): readonly string[] {
  const pieces = textsOf(action).flat();
  return [
    ...new Set(
      pieces.flatMap((piece) => (typeof piece === 'object' && 'secret' in piece ? [piece.secret] : [])),
    ),
  ];
}

/** The names of the values that say what a step acts on and how; the items of its own loop stand in the plan. */
export function actingNames({ action, place, forEach }: RenderedStep): readonly string[] {
  const own = textsOf(action).flatMap(valuesIn);
  const where = place.at === 'node' ? valuesIn(place.node) : [];
  return unique([...[...own, ...where].filter((name) => name !== forEach?.as), ...listName(forEach)]);
}

/** All names of values that a step asks for, those in conditions and expectations too; not its own loop's item. */
export function namesAskedFor(step: RenderedStep): readonly string[] {
  const conditions = [step.when, step.unless].flatMap((it) => (it === undefined ? [] : namesIn(it)));
  const expected = step.expectations.flatMap(namesOfExpectation);
  const { action, place, forEach } = step;
  const where = place.at === 'node' ? valuesIn(place.node) : [];
  const own = [...textsOf(action).flatMap(valuesIn), ...where, ...conditions, ...expected];
  return unique([...own.filter((name) => name !== forEach?.as), ...listName(forEach)]);
}

function namesOfExpectation(expectation: Expectation): readonly string[] {
  switch (expectation.kind) {
    case 'contains':
      return valuesIn(expectation.text);
    case 'holds':
      return namesIn(expectation.condition).filter((name) => name !== 'output');
    default:
      return [];
  }
}

function listName(loop: RenderedStep['forEach']): readonly string[] {
  return loop !== undefined && 'value' in loop.items ? [loop.items.value] : [];
}

function inputOf({ stdin }: { readonly stdin?: Text }): readonly Text[] {
  return stdin === undefined ? [] : [stdin];
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
