import type { RenderedStep } from '../../domain/runbook/plan';
import { textOf, type RunValue, type RunValues } from '../../domain/runbook/values';
import type { Round, RunbookOperation, RunnableRunbook } from './run';

/** What is known before a step: what a run before had captured, then what the steps of this one have. */
export function valuesSoFar({ state }: RunbookOperation, plan: RunnableRunbook): RunValues {
  const captured = plan.runbook.steps.flatMap((step) =>
    step.captures.flatMap(({ name }): [string, RunValue][] => {
      const value = capturedBy(state, step, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return { ...plan.captures, ...Object.fromEntries(captured) };
}

/** Of a step that is done for several items or nodes: the list of what its rounds captured, in their order. */
function capturedBy(
  { steps, results }: RunbookOperation['state'],
  step: RenderedStep,
  name: string,
): RunValue | undefined {
  if (!hasRounds(step)) return results[step.id]?.captures[name];
  const ofRounds = steps.flatMap(({ id }) => {
    const value = id.startsWith(`${step.id}/`) ? results[id]?.captures[name] : undefined;
    return value === undefined ? [] : [value];
  });
  return ofRounds.length === 0 ? undefined : ofRounds;
}

function hasRounds({ forEach, place }: RenderedStep): boolean {
  return forEach !== undefined || place.at === 'everyNode';
}

/** The rounds of a step; none where its list is empty or was never captured. */
export function roundsOf(planned: RenderedStep, plan: RunnableRunbook, values: RunValues): readonly Round[] {
  const { id, title, forEach, place } = planned;
  const nodes = place.at === 'everyNode' ? plan.nodes : [undefined];
  const items = forEach === undefined ? [undefined] : itemsOf(forEach.items, values);
  const isSingle = !hasRounds(planned);
  return items.flatMap((item, index) =>
    nodes.map((node): Round => {
      const ids = [
        id,
        ...(item === undefined ? [] : [String(index + 1)]),
        ...(node === undefined ? [] : [node]),
      ];
      const names = [
        ...(item === undefined ? [] : [textOf(item)]),
        ...(node === undefined ? [] : [`on ${node}`]),
      ];
      return {
        id: ids.join('/'),
        title: isSingle ? title : `${title} (${names.join(' ').slice(0, 80)})`,
        planned,
        item: item === undefined || forEach === undefined ? {} : { [forEach.as]: item },
        ...(node === undefined ? {} : { node }),
      };
    }),
  );
}

function itemsOf(
  items: readonly string[] | { readonly value: string },
  values: RunValues,
): readonly RunValue[] {
  if (!('value' in items)) return items;
  const list = Object.hasOwn(values, items.value) ? values[items.value] : undefined;
  if (isList(list)) return list;
  if (typeof list !== 'string') return list === undefined || list === null ? [] : [list];
  return list
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function isList(value: RunValue | undefined): value is readonly RunValue[] {
  return Array.isArray(value);
}
