import { parseUpid } from '../../domain/upid';
import type { ActivityDependencies } from '../dependencies';
import { createLedgerClient } from '../ledger/client';
import { activity } from '../shared/attempt';
import { abortMigration } from './abort';
import { checkPlan } from './check';
import type { EvacuationActivities } from './contract';
import { listNode } from './listNode';
import { planEvacuation } from './plan';
import { proveMove } from './prove';
import { settleReservation } from './settle';
import { startMigration } from './start';
import { watchMigration } from './watch';

/** The activities of an evacuation. */
export function createEvacuationActivities(dependencies: ActivityDependencies): EvacuationActivities {
  const ledger = createLedgerClient(dependencies.temporal, dependencies.config.cluster.name);
  return {
    planEvacuation: activity((attempt, input) => planEvacuation(dependencies, ledger, attempt, input)),
    checkEvacuationPlan: activity((attempt, input) => checkPlan(dependencies, ledger, attempt, input)),
    startMigration: activity((attempt, input) => startMigration(dependencies, attempt, input)),
    copyEnding: activity((attempt, input) => watchMigration(dependencies, attempt, input, 'copyEnding')),
    awaitMigration: activity((attempt, input) => watchMigration(dependencies, attempt, input, 'ended')),
    abortMigration: activity((attempt, { upid }) => abortMigration(dependencies, attempt, parseUpid(upid))),
    proveMove: activity(async (attempt, { move, holder }) => {
      const proof = await proveMove(dependencies, attempt, move);
      if (proof.where === 'target') await settleReservation(ledger, holder, move.vmid);
      return proof;
    }),
    listNode: activity((attempt, { node }) => listNode(dependencies, attempt, node)),
  };
}
