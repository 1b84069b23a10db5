import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { EvacuationPlan, EvacuationRequest } from '../domain/evacuationPlan';
import type { EvacuationReport } from '../domain/report';
import { planMarkdown } from '../domain/rendering/planMarkdown';
import { closeEvacuation, hasBegunAny, reportOf, reportWithoutSteps } from './evacuationReport';
import { checkEvacuationRequest } from './evacuationRequest';
import { migrateGuest, moveStep } from './migrateGuest';
import type { MoveResult } from './moveResult';
import { activities } from './shared/calls';
import { approvedPlan, type PlanVerdict } from './shared/approval';
import { attempt } from './shared/credentials';
import { inLanes } from './shared/lanes';
import type { Operation } from './shared/operation';
import { runOperation } from './shared/run';
import type { OperationState } from './shared/state';

/** What continue-as-new carries; nobody else passes it. */
export type CarriedEvacuation = OperationState<EvacuationPlan, MoveResult>;

type Evacuation = Operation<EvacuationPlan, MoveResult>;

/**
 * Empties a node: plan -> approval of exactly that plan -> moves in lanes -> proof -> report. Started with one
 * JSON object, `{"node":"pve01"}`; fails at once (InputInvalid) if that can't be understood.
 */
export function evacuateNode(
  request: EvacuationRequest,
  carried?: CarriedEvacuation,
): Promise<EvacuationReport> {
  checkEvacuationRequest(request);
  const definition = {
    type: 'evacuateNode' as const,
    node: request.node,
    dryRun: request.dryRun === true,
    describePlan: (plan: EvacuationPlan) => planMarkdown(plan, workflowInfo().workflowId),
    ...(request.historyEventLimit === undefined ? {} : { historyEventLimit: request.historyEventLimit }),
  };
  const goOn = (state: CarriedEvacuation) => continueAsNew<typeof evacuateNode>(request, state);
  return runOperation<EvacuationPlan, MoveResult, EvacuationReport>(
    definition,
    carried,
    goOn,
    async (evacuation) => {
      let verdict: PlanVerdict<EvacuationPlan>;
      do {
        verdict = await approvedPlan(evacuation, planMaker(evacuation, request));
        if (verdict.outcome !== 'approved') break;
        const { plan } = verdict;
        await inLanes(evacuation, {
          items: plan.moves,
          stepOf: (move) => moveStep(move, evacuation.state.knownTasks),
          rule: plan.lanes,
          run: (step, move) => migrateGuest(step, plan, move),
        });
      } while (evacuation.state.replanWanted && evacuation.state.cancel === undefined);

      if (verdict.outcome !== 'approved' && !hasBegunAny(evacuation)) {
        return closeEvacuation(evacuation, reportWithoutSteps(evacuation, request, verdict));
      }
      evacuation.state.phase = 'verifying';
      evacuation.changed();
      const proof = await attempt(evacuation, `list the guests of ${request.node}`, () =>
        activities.inspection.listNode.executeWithOptions(
          { summary: `look what is left on ${request.node}` },
          [{ node: request.node }],
        ),
      );
      return closeEvacuation(evacuation, reportOf(evacuation, request, proof, verdict));
    },
  );
}

function planMaker(evacuation: Evacuation, request: EvacuationRequest) {
  const { holder, state } = evacuation;
  const skipped = () =>
    state.steps.flatMap(({ phase, vmid }) => (phase === 'skipped' && vmid !== undefined ? [vmid] : []));
  return {
    make: (previous: EvacuationPlan | undefined) =>
      activities.inspection.planEvacuation.executeWithOptions(
        { summary: `plan the evacuation of ${request.node}: nothing is changed` },
        [{ request, holder, skipped: skipped(), ...(previous === undefined ? {} : { previous }) }],
      ),
    async holds(plan: EvacuationPlan) {
      const check = await activities.inspection.checkEvacuationPlan.executeWithOptions(
        { summary: 'does the approved plan still hold?' },
        [{ request, plan, holder, skipped: skipped() }],
      );
      evacuation.state.knownTasks = check.knownTasks;
      return check.differences;
    },
    changesAnything: (plan: EvacuationPlan) => plan.moves.length > 0,
  };
}
