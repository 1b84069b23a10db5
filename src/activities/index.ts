import { createAccessActivities } from './access';
import { createClusterActivities } from './cluster';
import { createAnsibleActivities } from './ansible';
import type { ActivityDependencies } from './dependencies';
import { createEvacuationActivities } from './evacuation';
import { createLedgerActivities } from './ledger';
import { createReadingActivities } from './reading';
import { createRunbookActivities } from './runbook';
import { createOperationActivities } from './shared';
import { createTalosActivities } from './talos';
import { createTemplateActivities } from './template';

export type { ActivityDependencies } from './dependencies';

/** All activities of a worker. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    ...createOperationActivities(dependencies),
    ...createEvacuationActivities(dependencies),
    ...createAccessActivities(dependencies),
    ...createRunbookActivities(dependencies),
    ...createTemplateActivities(dependencies),
    ...createClusterActivities(dependencies),
    ...createAnsibleActivities(dependencies),
    ...createTalosActivities(dependencies),
    ...createLedgerActivities(dependencies),
    ...createReadingActivities(dependencies),
  };
}
