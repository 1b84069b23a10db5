import { ManagerError, problem } from '../../domain/errors';
import type { EvacuationPlan, EvacuationRequest } from '../../domain/evacuationPlan';
import type { LeaseConflict, LeaseHolder } from '../../domain/lease';
import { planningSettingsOf } from '../../planning/facts';
import { planDifference } from '../../planning/planDifference';
import { planEvacuation as makePlan } from '../../planning/planMoves';
import type { ActivityDependencies } from '../dependencies';
import type { LedgerClient } from '../ledger/client';
import type { ActivityAttempt } from '../shared/attempt';
import type { PlanArguments, PlanMade } from './contract';
import { lookAtNode } from './look';

/** Another operation may reserve between our look and our reservation: then the plan is made again, so often. */
const tries = 3;

/** Leases the node, looks, plans, and reserves memory on the targets. A dry run leases and reserves nothing. */
export async function planEvacuation(
  dependencies: ActivityDependencies,
  ledger: LedgerClient,
  attempt: ActivityAttempt,
  input: PlanArguments,
): Promise<PlanMade> {
  const { request, holder, previous, skipped } = input;
  requireOurCluster(dependencies.config.cluster.name, request);
  if (request.dryRun !== true) await leaseNode(ledger, holder, request.node);

  let conflicts: readonly LeaseConflict[] = [];
  for (let count = 0; count < tries; count += 1) {
    const facts = await lookAtNode(dependencies, ledger, attempt, input, 'everything');
    const plan = makePlan({ facts, request, settings: planningSettingsOf(dependencies.config), skipped });
    const answer = request.dryRun === true ? undefined : await reserve(ledger, holder, plan);
    if (answer === undefined || answer.granted) {
      return { plan, changes: previous === undefined ? [] : planDifference(previous, plan) };
    }
    conflicts = answer.conflicts;
  }
  throw leaseRefused(`reserve memory on the targets of ${request.node}`, conflicts);
}

/** The worker serves one cluster; a request that names another one came to the wrong queue. */
function requireOurCluster(ours: string, request: EvacuationRequest): void {
  if (request.cluster === undefined || request.cluster === ours) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `evacuate ${request.node}`,
      failed: `the request names the cluster ${request.cluster}, this worker serves ${ours}`,
    }),
  );
}

async function leaseNode(ledger: LedgerClient, holder: LeaseHolder, node: string): Promise<void> {
  const answer = await ledger.leaseNode(holder, node);
  if (!answer.granted) throw leaseRefused(`lease the node ${node}`, answer.conflicts);
}

function reserve(ledger: LedgerClient, holder: LeaseHolder, { reservations, roomBytes }: EvacuationPlan) {
  return ledger.reserve({ holder, reservations, roomBytes });
}

function leaseRefused(attempted: string, conflicts: readonly LeaseConflict[]): ManagerError {
  return new ManagerError(
    problem('LeaseRefused', { attempted, failed: conflicts.map(({ text }) => text).join('; ') }),
  );
}
