import {
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { WorkflowNotFoundError, type Workflow } from '@temporalio/common';
import type { ClusterConfig } from '../../config/clusterConfig';
import { nearestWord } from '../../config/nearest';
import { clustersFolder, profileNames } from '../../config/profiles/load';
import type { ActionMessage, ActionStarted, ClusterView, ExtendMessage } from '../../domain/cluster/messages';
import type { ClusterAction, ClusterRequest } from '../../domain/cluster/request';
import { ManagerError, problem } from '../../domain/errors';
import { clusterMessages, clusterWorkflowId, taskQueueOf, workflowTypes } from '../../domain/names';
import { isUnanswered, problemOfFailure } from '../failures';
import type { Session } from '../session';
import { sayIfSlow } from '../slow';

const noAnswerYet = 'No worker has answered yet; asking for 20 s ...';
/** The workflow of the cluster may have to wait a moment for the end of the operation before. */
const answerWithinMs = 20_000;

/** Whose configuration, connection and output are used. */
export type Asker = Pick<Session, 'config' | 'client' | 'output'>;

/** What may begin a cluster: nobody keeps it yet. */
const begins: ReadonlySet<ClusterAction> = new Set(['create', 'adopt']);

/**
 * Asks the workflow that keeps the cluster to start an operation, and returns the operation's ID. Throws what it refuses
 * with (LeaseRefused while another one is under way, InputInvalid for what makes no sense), NotFound where there is no
 * such cluster, and NoWorker where nobody answers.
 */
export async function startChange(session: Asker, request: ClusterRequest): Promise<string> {
  const { profile, action } = request;
  const cluster = session.config().cluster.name;
  const asked = { session, profile, attempted: `${action} the cluster ${profile}` };
  const { workflowId } = await answered(asked, (client) =>
    begins.has(action)
      ? beginCluster(client, cluster, request).catch((error: unknown) => {
          // What kept a former cluster of this name has just ended: now nobody keeps it.
          if (error instanceof WorkflowNotFoundError) return beginCluster(client, cluster, request);
          throw error;
        })
      : client.workflow
          .getHandle(clusterWorkflowId(cluster, profile))
          .executeUpdate<ActionStarted, [ActionMessage]>(action, { args: [request] }),
  );
  return workflowId;
}

/** Changes when a cluster is set aside. Throws as {@link startChange}. */
export async function extendCluster(
  session: Session,
  profile: string,
  message: ExtendMessage,
): Promise<ClusterView> {
  const workflowId = clusterWorkflowId(session.config().cluster.name, profile);
  const asked = { session, profile, attempted: `change when the cluster ${profile} is set aside` };
  return answered(asked, (client) =>
    client.workflow
      .getHandle(workflowId)
      .executeUpdate<ClusterView, [ExtendMessage]>(clusterMessages.extend, { args: [message] }),
  );
}

function beginCluster(client: Client, cluster: string, request: ClusterRequest): Promise<ActionStarted> {
  const { profile, action } = request;
  const startWorkflowOperation = new WithStartWorkflowOperation(workflowTypes.vmCluster, {
    workflowId: clusterWorkflowId(cluster, profile),
    taskQueue: taskQueueOf(cluster),
    args: [{ cluster, profile }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: `Keeps the cluster ${profile} (${cluster}): its machines, one operation at a time`.slice(
      0,
      100,
    ),
  });
  return client.workflow.executeUpdateWithStart<Workflow, ActionStarted, [ActionMessage]>(action, {
    args: [request],
    startWorkflowOperation,
  });
}

interface Asked {
  readonly session: Asker;
  readonly profile: string;
  readonly attempted: string;
}

async function answered<Answer>(
  { session, profile, attempted }: Asked,
  ask: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  const client = await session.client();
  try {
    return await sayIfSlow(
      session.output,
      noAnswerYet,
      client.withDeadline(Date.now() + answerWithinMs, () => ask(client)),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      throw new ManagerError(problemOfFailure(error.cause, attempted));
    }
    if (error instanceof WorkflowNotFoundError) throw noCluster(attempted, profile, session.config());
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) && !isUnanswered(error)) throw error;
    throw noAnswer(attempted, session.config().cluster.name);
  }
}

/** There is no workflow that keeps a cluster of this name. Where there is no such profile either, the nearest one is named. */
export function noCluster(
  attempted: string,
  profile: string,
  config: Pick<ClusterConfig, 'file'>,
): ManagerError {
  const profiles = profileNames(config);
  const isKnown = profiles.includes(profile);
  const nearest = isKnown ? undefined : nearestWord(profile, profiles);
  const meant = nearest === undefined ? '' : `Did you mean ${nearest}? `;
  const made = isKnown ? `; pxm cluster create ${profile} makes it` : '';
  return new ManagerError(
    problem('NotFound', {
      attempted,
      failed: isKnown
        ? `there is no cluster ${profile}: nothing was ever made of this profile, or nothing of it is left`
        : `there is no cluster ${profile}, and ${clustersFolder(config)} has no profile of this name`,
      remedy: `${meant}pxm cluster list shows what is there${made}.`,
    }),
  );
}

function noAnswer(attempted: string, cluster: string): ManagerError {
  return new ManagerError(
    problem('NoWorker', {
      attempted,
      failed: `no worker has answered on the task queue ${taskQueueOf(cluster)} for 20 s; whether it was started is not known`,
      remedy:
        'Start a worker of this version (pxm up, or pxm worker), see whether it goes on (pxm cluster list), else ask once more.',
    }),
  );
}
