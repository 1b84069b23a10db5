import type { AccessRequest } from '../../domain/access';
import type { AccessOperation } from '../../domain/accessPlan';
import type { ExitCode } from '../../domain/exitCodes';
import { accessWorkflowId } from '../../domain/names';
import { accessTitles } from '../../domain/rendering/accessPlanMarkdown';
import { whenAsked } from '../commands/shared';
import { requireNode } from '../operations/address';
import { orApproveThat } from '../operations/approvedInAdvance';
import { followAndPresent } from '../operations/present';
import { requireNoneUnderWay } from '../operations/startOnce';
import { warnOfStaleWorker } from '../processes/staleWorker';
import type { Session } from '../session';
import type { AccessOptions } from './accessOptions';
import { settleHostKeys } from './hostKeys';
import { startAccess } from './startAccess';

/** What one operation on access asks for beside what all of them do. */
export type AccessWishes = Pick<AccessRequest, 'profile' | 'privilegeSeparation'>;

/** An operation on access that was followed. */
export interface FollowedAccess {
  readonly workflowId: string;
  /** The run that it began with. */
  readonly firstRunId: string;
  readonly exitCode: ExitCode;
}

/** Nothing is shown here while a worker waits for what is typed there. */
const asksElsewhere =
  'A worker that runs in a terminal asks there for the passphrase of an encrypted SSH key.';

/** Sees that no other one is under way, settles host keys, starts the operation and follows it to its end, or as far as `given` says. */
export async function runAccess(
  session: Session,
  type: AccessOperation,
  given: AccessOptions,
  wishes: AccessWishes = {},
): Promise<FollowedAccess> {
  const config = session.config();
  const { node, approve, by, dryRun } = given;
  if (node !== undefined) requireNode(node, config, accessTitles[type]);
  await warnOfStaleWorker(session, config);
  const client = await session.client();
  const cluster = config.cluster.name;
  const attempted = accessTitles[type];
  const workflowId = accessWorkflowId(cluster);
  await orApproveThat(requireNoneUnderWay(client, { workflowId, attempted }), workflowId, approve);
  if (given.hostKeys) await settleHostKeys(session, config, given.acceptHostKey);
  const starting = startAccess(client, type, cluster, {
    ...{ cluster, requestedBy: by, ...wishes },
    ...(node === undefined ? {} : { node }),
    ...(dryRun ? { dryRun } : {}),
  });
  const firstRunId = await orApproveThat(starting, workflowId, approve);
  const mayAsk = config.sshKeyPassPath === undefined;
  session.output.note(`Started ${workflowId}.${mayAsk ? ` ${asksElsewhere}` : ''}`);
  const exitCode = await followAndPresent(session, client, workflowId, {
    ...{ whenAsked: whenAsked(session, given.wait), by },
    ...(approve === undefined ? {} : { approveHash: approve }),
  });
  return { workflowId, firstRunId, exitCode };
}
