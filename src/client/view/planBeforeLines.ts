import type { AnyPlan } from '../../domain/operation';
import { shownHash } from '../../domain/rendering/commands';
import type { OperationProgress, PlanBefore } from '../../domain/progress';
import { printable } from '../../domain/rendering/text';

/** What a plan took the place of, as the operation told it; undefined: it tells of another plan, or this is the first one. */
export function planBeforeOf(
  plan: AnyPlan,
  { planHash, planBefore }: Pick<OperationProgress, 'planHash' | 'planBefore'>,
): PlanBefore | undefined {
  return planHash !== undefined && plan.hash.startsWith(planHash) ? planBefore : undefined;
}

/**
 * Why a plan took the place of the one before, and what differs (`changes`), for whoever did not see it happen too. No
 * lines where nothing of it is known.
 */
export function planBeforeLines(
  plan: AnyPlan,
  before: PlanBefore | undefined,
  changes: readonly string[] = before?.changes ?? [],
): readonly string[] {
  const reasons = before?.reasons.filter((it) => !changes.includes(it)) ?? [];
  return [
    ...(before === undefined ? [] : [whyThereIsOne(shownHash(plan.hash), before)]),
    ...reasons.map((it) => printable(it)),
    ...(changes.length === 0
      ? []
      : ['What differs from the plan before:', ...changes.map((it) => printable(it))]),
  ];
}

function whyThereIsOne(hash: string, { planHash, because }: PlanBefore): string {
  const why = printable(because).replace(/\.$/, '');
  return hash === planHash
    ? `Plan ${hash} needs a new approval: ${why}.`
    : `Plan ${hash} takes the place of plan ${planHash}: ${why}.`;
}
