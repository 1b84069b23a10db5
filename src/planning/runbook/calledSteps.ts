import type { Expectation } from '../../domain/runbook/expectation';
import type { Expression } from '../../domain/runbook/expression';
import type { Argument, RenderedStep, StepAction, StepPlace } from '../../domain/runbook/plan';
import type { Text } from '../../domain/runbook/text';

/** What a step that calls a runbook gives to the steps of it. */
export type RunbookCall = Pick<
  RenderedStep,
  'id' | 'title' | 'line' | 'group' | 'when' | 'unless' | 'cleanup'
>;

/**
 * The steps of a runbook that is called, as steps of the one that calls it: ids and values of the run get the call's id
 * in front, so that they stay apart; the call's own conditions and clean-up hold for each of them.
 */
export function calledSteps(call: RunbookCall, steps: readonly RenderedStep[]): readonly RenderedStep[] {
  const own = (name: string) => `${call.id}.${name}`;
  const captured = new Set(
    steps.flatMap(({ captures, forEach }) => [
      ...captures.map(({ name }) => name),
      ...(forEach === undefined ? [] : [forEach.as]),
    ]),
  );
  return steps.map((step) => {
    const when = both('and', call.when, step.when && inExpression(step.when, own));
    const unless = both('or', call.unless, step.unless && inExpression(step.unless, own));
    // Where the call is not made there is nothing to clean up of it either.
    const cleanup = call.cleanup === 'onFailure' ? call.cleanup : (step.cleanup ?? call.cleanup);
    const { forEach } = step;
    return {
      ...step,
      id: own(step.id),
      title: `${call.title}: ${step.title}`,
      line: call.line,
      ...(call.group === undefined ? {} : { group: call.group }),
      place: inPlace(step.place, own),
      action: inAction(step.action, own),
      shown: inWords(step.shown, captured, own),
      instructions: inWords(step.instructions, captured, own),
      expectations: step.expectations.map((it) => inExpectation(it, own)),
      captures: step.captures.map((it) => ({ ...it, name: own(it.name) })),
      ...(when === undefined ? {} : { when }),
      ...(unless === undefined ? {} : { unless }),
      ...(forEach === undefined
        ? {}
        : {
            forEach: {
              ...forEach,
              as: own(forEach.as),
              items: 'value' in forEach.items ? { value: own(forEach.items.value) } : forEach.items,
            },
          }),
      ...(cleanup === undefined ? {} : { cleanup }),
    };
  });
}

type Rename = (name: string) => string;

function both(
  kind: 'and' | 'or',
  left: Expression | undefined,
  right: Expression | undefined,
): Expression | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return { kind, left, right };
}

function inText(text: Text, own: Rename): Text {
  return text.map((piece) =>
    typeof piece === 'object' && 'value' in piece ? { ...piece, value: own(piece.value) } : piece,
  );
}

/** Words are filled in by name when a person is asked. */
function inWords(text: string, names: ReadonlySet<string>, own: Rename): string {
  return text.replace(/\{\{([^{}]+)\}\}/g, (place, name: string) =>
    names.has(name) ? `{{${own(name)}}}` : place,
  );
}

function inArguments(given: readonly Argument[], own: Rename): readonly Argument[] {
  return given.map(({ name, value }) => ({ name, value: inText(value, own) }));
}

function inPlace(place: StepPlace, own: Rename): StepPlace {
  return place.at === 'node' ? { at: 'node', node: inText(place.node, own) } : place;
}

function inAction(action: StepAction, own: Rename): StepAction {
  const stdin = 'stdin' in action ? { stdin: inText(action.stdin, own) } : {};
  switch (action.type) {
    case 'request':
      return {
        ...action,
        path: inText(action.path, own),
        headers: inArguments(action.headers, own),
        parameters: inArguments(action.parameters, own),
      };
    case 'script':
      return { ...action, script: inText(action.script, own), ...stdin };
    case 'program':
      return { ...action, words: action.words.map((word) => inText(word, own)), ...stdin };
    case 'file':
      return { ...action, path: inText(action.path, own), content: inText(action.content, own) };
    case 'builtin':
    case 'runbook':
      return { ...action, arguments: inArguments(action.arguments, own) };
    case 'gate':
      return action;
  }
}

function inExpectation(expectation: Expectation, own: Rename): Expectation {
  switch (expectation.kind) {
    case 'contains':
      return { ...expectation, text: inText(expectation.text, own) };
    case 'holds':
      return {
        ...expectation,
        condition: inExpression(expectation.condition, (name) => (name === 'output' ? name : own(name))),
      };
    default:
      return expectation;
  }
}

function inExpression(expression: Expression, own: Rename): Expression {
  switch (expression.kind) {
    case 'literal':
      return expression;
    case 'value':
      return { ...expression, name: own(expression.name) };
    case 'not':
      return { ...expression, of: inExpression(expression.of, own) };
    default:
      return {
        ...expression,
        left: inExpression(expression.left, own),
        right: inExpression(expression.right, own),
      };
  }
}
