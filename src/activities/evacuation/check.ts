import { planningSettingsOf } from '../../planning/facts';
import { planStillHolds } from '../../planning/planStillHolds';
import type { ActivityDependencies } from '../dependencies';
import type { LedgerClient } from '../ledger/client';
import type { ActivityAttempt } from '../shared/attempt';
import type { CheckArguments, PlanCheck } from './contract';
import { knownTasks } from './knownTasks';
import { lookAtNode } from './look';

/** Looks again: does the plan hold? Also notes which migration tasks are older than the operation's first step. */
export async function checkPlan(
  dependencies: ActivityDependencies,
  ledger: LedgerClient,
  attempt: ActivityAttempt,
  input: CheckArguments,
): Promise<PlanCheck> {
  const facts = await lookAtNode(dependencies, ledger, attempt, input, 'nodes');
  const differences = planStillHolds(input.plan, facts, planningSettingsOf(dependencies.config));
  const { node, moves } = input.plan;
  const vmids = moves.map(({ vmid }) => vmid);
  return { differences, knownTasks: await knownTasks(dependencies.proxmox, node, vmids, attempt.signal) };
}
