import { withKnown } from '../../domain/runbook/expression';
import { isTrue } from '../../domain/runbook/values';
import type { Reporter } from '../problems';
import type { Unit } from '../sequence';
import { destroys, requestOf } from '../requests';

/** Steps that can never run, and loops and repetitions that make no sense. */
export function checkFlow(units: readonly Unit[], problems: Reporter): void {
  let stopped: number | undefined;
  for (const unit of units) {
    const { options, place, block } = unit;
    const never = neverRuns(unit);
    if (never !== undefined)
      problems.report(
        'unreachable',
        options.when?.place ?? options.unless?.place ?? place,
        never,
        'change the condition, or remove the step',
      );
    if (stopped !== undefined && unit.cleanup === undefined)
      problems.report(
        'unreachable',
        place,
        `this step is never reached: line ${stopped} always stops`,
        'give the stop a condition: {when="..."}',
      );
    const isStop = block?.language === 'builtin' && block.call?.head.text === 'stop';
    if (isStop && unit.cleanup === undefined && options.when === undefined && options.unless === undefined)
      stopped ??= place.line;
    checkRepetition(unit, problems);
  }
}

function neverRuns({ options: { when, unless } }: Unit): string | undefined {
  const decided = (it: typeof when) => {
    const known = it && withKnown(it.expression, {});
    return known?.kind === 'literal' ? isTrue(known.value) : undefined;
  };
  if (decided(when) === false) return 'this step never runs: its condition is always false';
  if (decided(unless) === true) return 'this step never runs: what it is not run for is always true';
  const isSame = when !== undefined && JSON.stringify(when.expression) === JSON.stringify(unless?.expression);
  return isSame ? 'this step never runs: when and unless are the same' : undefined;
}

function checkRepetition({ options, block, place }: Unit, problems: Reporter): void {
  const { poll, forEach } = options;
  if (forEach === undefined && (options.parallel > 1 || options.onError !== 'stop' || options.as !== 'item'))
    problems.report(
      'bad-attribute',
      place,
      'parallel, on-error and as belong to for-each',
      'add for-each=..., or remove them',
    );
  if (poll === undefined) return;
  const expected = [...options.expectations, ...(block?.expectations ?? [])];
  if (expected.length === 0)
    problems.report(
      'bad-attribute',
      poll.place,
      'poll waits for an expectation, and there is none',
      'add Expected result: or expect=',
    );
  if (options.timeoutMs === undefined)
    problems.report('bad-attribute', poll.place, 'poll has no end', 'add timeout=10m');
  const request = block?.call && requestOf(block.call);
  const changes = block?.language === 'http' && request !== undefined && request.method !== 'GET';
  if (changes || options.destructive || (request !== undefined && destroys(request)))
    problems.report(
      'bad-attribute',
      poll.place,
      'only what changes nothing may be repeated',
      'poll with a GET, in a step after this one',
    );
}
