import type { ActivityDependencies } from '../dependencies';
import { createLedgerClient } from '../ledger/client';
import { activity } from './attempt';
import type { OperationActivities } from './contract';
import { tryCredentials } from './credentials';
import { toRetriedFailure } from './failures';
import { writeReportFile } from './reportFile';

/** The activities that every operation uses. */
export function createOperationActivities(dependencies: ActivityDependencies): OperationActivities {
  const ledger = createLedgerClient(dependencies.temporal, dependencies.config.cluster.name);
  return {
    awaitCredentials: activity(async ({ signal }, { refused }) => {
      try {
        await tryCredentials(dependencies.proxmox, refused, signal);
      } catch (error) {
        throw toRetriedFailure(error);
      }
    }),
    releaseLeases: activity(async (_attempt, { holder }) => ledger.release(holder)),
    writeReport: activity(async (_attempt, report) => writeReportFile(dependencies.reportsFolder, report)),
  };
}
