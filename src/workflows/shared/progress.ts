import { shownPlanHashLength } from '../../domain/names';
import type { OperationProgress } from '../../domain/progress';
import type { Operation } from './operation';
import { shownPhase, waitingFor } from './show';
import { openDecisions, type OperationPlan } from './state';

/** The answer of the query `progress`. */
export function progressOf<Plan extends OperationPlan>({
  state,
}: Operation<Plan, unknown>): OperationProgress {
  const { planBefore, planChanges: changes } = state;
  return {
    phase: shownPhase(state),
    waitingFor: waitingFor(state),
    startedAt: state.startedAt,
    ...(state.plan === undefined ? {} : { planHash: state.plan.hash.slice(0, shownPlanHashLength) }),
    ...(planBefore === undefined ? {} : { planBefore: { ...planBefore, changes } }),
    ...(state.approval === undefined ? {} : { approval: state.approval }),
    steps: state.steps,
    openDecisions: openDecisions(state).length,
    ...(state.cancel === undefined ? {} : { ending: state.cancel.running }),
  };
}
