import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { PlaybookPlan } from '../../domain/ansible/plan';
import type { PlaybookRequest } from '../../domain/ansible/request';
import type { PlaybookResult } from '../../domain/ansible/run';
import { problemText } from '../../domain/errors';
import type { PlanMaker } from '../shared/approval';
import { activities } from '../shared/calls';
import { problemOf } from '../shared/failures';
import { now, type Operation } from '../shared/operation';

type PlaybookOperation = Operation<PlaybookPlan, PlaybookResult>;

/** How the plan of a run is made; with an estimate where one is asked for. */
export function playbookPlanMaker(
  operation: PlaybookOperation,
  request: PlaybookRequest,
): PlanMaker<PlaybookPlan> {
  const look = (previous: PlaybookPlan | undefined, summary: string) =>
    activities.ansibleReads.planPlaybook.executeWithOptions({ summary }, [
      { request, ...(previous === undefined ? {} : { previous }) },
    ]);
  return {
    async make(previous) {
      const made = await look(previous, `read the playbook ${request.playbook} and plan: nothing is changed`);
      if (request.estimate !== true) return made;
      return { ...made, plan: await estimated(operation, made.plan) };
    },
    holds: async (plan) => (await look(plan, 'does the approved plan still hold?')).changes,
    changesAnything: () => true,
  };
}

/** One that can't be made is no reason to have no plan. Who ends the operation does not wait for it. */
async function estimated(operation: PlaybookOperation, plan: PlaybookPlan): Promise<PlaybookPlan> {
  const { state, holder } = operation;
  const scope = new CancellationScope({ cancellable: true });
  const waiting: { over: boolean } = { over: false };
  const run = `${holder.firstExecutionRunId}-check-${state.replacedPlans.length + 1}-${Date.now()}`;
  const result = scope
    .run(() =>
      activities.ansibleEstimates.estimatePlaybook.executeWithOptions(
        { summary: `run ${plan.playbook} with --check: an estimate` },
        [{ plan, run }],
      ),
    )
    .finally(() => (waiting.over = true));
  // Whoever awaits `result` sees its failure.
  result.catch(() => undefined);
  await condition(() => waiting.over || state.cancel !== undefined);
  if (!waiting.over) scope.cancel();
  try {
    return await result;
  } catch (error) {
    const because = isCancellation(error)
      ? 'it was cancelled'
      : problemText(problemOf(error, 'run it with --check'));
    return { ...plan, estimate: { hosts: [], because, madeAt: now() } };
  }
}
