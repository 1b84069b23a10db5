import { present } from '../../config/present';
import { withKnown, type Expression } from '../../domain/runbook/expression';
import type { Expectation } from '../../domain/runbook/expectation';
import type { Loop, RenderedStep, StepPlace } from '../../domain/runbook/plan';
import { isTrue, textOf, type RunValue } from '../../domain/runbook/values';
import type { Options, PlacedExpectation, PlacedExpression } from '../ast';
import type { Unit } from '../sequence';
import type { ShellParser } from '../shell/tree';
import { actionOf } from './actions';
import { kindOf } from './kinds';
import { shown, type RunbookSurroundings } from './parameters';
import { shownAction } from './shown';
import { proseWith, textWith, type KnownValues } from './texts';

/** What steps are filled in with. */
export interface RenderContext {
  readonly values: KnownValues;
  readonly node: string | undefined;
  readonly surroundings: RunbookSurroundings;
  readonly parser: ShellParser;
}

const minute = 60_000;
const hour = 60 * minute;

/** One step, filled in. Throws RangeError where a value can't be written at its place. */
export function renderStep(unit: Unit, context: RenderContext): RenderedStep {
  const { step, block, options, executor, id, place, cleanup } = unit;
  const { values, parser } = context;
  const own = ownValues(options, values);
  const action = actionOf(unit, own, parser);
  const instructions = proseWith(step.prose, own);
  const expected = [...options.expectations, ...(block?.expectations ?? [])];
  const kind = kindOf(unit, parser);
  return {
    id,
    title: step.title,
    line: place.line,
    kind,
    executor,
    place: placeOf(unit, own, context),
    action,
    shown: shownAction(action, instructions),
    instructions,
    expectations: expected.map((it) => expectationOf(it, own)),
    captures: options.captures.map(({ name, path }) => ({ name, path })),
    destructive: kind === 'destroy',
    ...present({
      group: step.group,
      when: condition(options.when, own, true),
      unless: condition(options.unless, own, false),
      forEach: loopOf(options, context),
      poll: options.poll && { everyMs: options.poll.everyMs, onTimeout: options.poll.onTimeout },
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs(unit),
      cleanup,
    }),
  };
}

/** The item of a loop hides what else is called so. */
function ownValues(options: Options, values: KnownValues): KnownValues {
  if (options.forEach === undefined) return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== options.as));
}

function placeOf({ executor, options }: Unit, values: KnownValues, { node }: RenderContext): StepPlace {
  if (executor === 'local') return { at: 'worker' };
  if (executor !== 'SSH') return { at: 'cluster' };
  if (options.on?.text === 'every') return { at: 'everyNode' };
  if (options.on !== undefined) return { at: 'node', node: textWith(options.on.text, values, 'plain') };
  if (values['node'] !== undefined) return { at: 'node', node: [textOf(values['node'])] };
  if (node !== undefined) return { at: 'node', node: [node] };
  throw new RangeError('it does not say on which node it runs: choose one with --node');
}

function expectationOf({ expectation, placeholders }: PlacedExpectation, values: KnownValues): Expectation {
  if (expectation.kind === 'holds')
    return { kind: 'holds', condition: withKnown(expectation.condition, values) };
  if (expectation.kind !== 'contains' || placeholders.length === 0) return expectation;
  const [text] = expectation.text;
  return { kind: 'contains', text: textWith(typeof text === 'string' ? text : '', values, 'plain') };
}

/** Absent where the parameters alone decide that the step runs. */
function condition(
  written: PlacedExpression | undefined,
  values: KnownValues,
  runsIf: boolean,
): Expression | undefined {
  if (written === undefined) return undefined;
  const known = withKnown(written.expression, values);
  return known.kind === 'literal' && isTrue(known.value) === runsIf ? undefined : known;
}

function loopOf(
  { forEach, as, parallel, onError }: Options,
  { values, surroundings }: RenderContext,
): Loop | undefined {
  if (forEach === undefined) return undefined;
  const { list } = forEach;
  const known = list === 'nodes' ? surroundings.nodes : values[list];
  const items = Array.isArray(known)
    ? known.map((it: RunValue) => shown(it))
    : known === undefined
      ? undefined
      : [shown(known)];
  return { items: items ?? { value: list }, as, parallel, onError };
}

/** A person, and a runbook that is called, take the time that they take. */
function defaultTimeoutMs({ block, options }: Unit): number | undefined {
  if (block === undefined || block.language === 'runbook') return undefined;
  const head = block.call?.head.text;
  if (options.waitForTask || head === 'wait_task') return 2 * hour;
  if (block.language === 'http') return minute;
  return 10 * minute;
}
