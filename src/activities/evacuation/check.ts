import type { EvacuationPlan } from '../../domain/evacuationPlan';
import { planningSettingsOf } from '../../planning/facts';
import { planStillHolds } from '../../planning/planStillHolds';
import { nodeTasks } from '../../proxmox/api/tasks';
import type { ActivityDependencies } from '../dependencies';
import type { LedgerClient } from '../ledger/client';
import type { ActivityAttempt } from '../shared/attempt';
import type { CheckArguments, PlanCheck } from './contract';
import { lookAtNode } from './look';

/** So many of the node's newest migration tasks are noted before the first step (Proxmox keeps about 1,000 rows). */
const notedTasks = 1000;

/** Looks again: does the plan hold? Also notes which migration tasks are older than the operation's first step. */
export async function checkPlan(
  dependencies: ActivityDependencies,
  ledger: LedgerClient,
  attempt: ActivityAttempt,
  input: CheckArguments,
): Promise<PlanCheck> {
  const facts = await lookAtNode(dependencies, ledger, attempt, input, 'nodes');
  const differences = planStillHolds(input.plan, facts, planningSettingsOf(dependencies.config));
  return { differences, knownTasks: await knownTasks(dependencies, input.plan, attempt.signal) };
}

async function knownTasks(
  { proxmox }: ActivityDependencies,
  plan: EvacuationPlan,
  signal: AbortSignal,
): Promise<Record<string, string[]>> {
  const rows = await nodeTasks(
    proxmox,
    plan.node,
    { typefilter: 'qmigrate', source: 'all', limit: notedTasks },
    { signal },
  );
  const known: Record<string, string[]> = {};
  for (const row of rows) (known[row.id] ??= []).push(row.upid);
  const moving = new Set(plan.moves.map((move) => String(move.vmid)));
  return Object.fromEntries(Object.entries(known).filter(([vmid]) => moving.has(vmid)));
}
