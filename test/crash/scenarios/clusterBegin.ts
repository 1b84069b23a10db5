import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { ActionMessage, ActionStarted } from '../../../src/domain/cluster/messages';
import type { ClusterRecord } from '../../../src/domain/cluster/member';
import type { ClusterAction } from '../../../src/domain/cluster/request';
import { clusterWorkflowId, taskQueueOf, workflowTypes } from '../../../src/domain/names';
import { talosPaths } from '../../../src/talos/folder';
import { until } from '../wait';
import { instance, memberOf, profile, type Machine, type StateBefore } from './clusterCluster';
import { talosFolderOf } from './clusterInside';
import type { Beginning } from './scenario';

/**
 * Asks the workflow that keeps the cluster, which is started with what is known of the machines of before, as one that has
 * continued as new.
 */
export function askedTo(
  action: ClusterAction,
  message: ActionMessage,
  before: readonly Machine[],
  state: StateBefore = 'ready',
): (beginning: Beginning) => Promise<void> {
  return async (beginning) => {
    const { cluster, temporal } = beginning;
    const carried = before.length === 0 ? [] : [{ record: await recordOf(beginning, before, state) }];
    const startWorkflowOperation = new WithStartWorkflowOperation(workflowTypes.vmCluster, {
      workflowId: clusterWorkflowId(cluster, profile),
      taskQueue: taskQueueOf(cluster),
      args: [{ cluster, profile }, ...carried],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    });
    const update = await temporal.connected.client.workflow.startUpdateWithStart<
      Workflow,
      ActionStarted,
      [ActionMessage]
    >(action, {
      args: [{ requestedBy: 'crash matrix', ...message }],
      waitForStage: 'ACCEPTED',
      startWorkflowOperation,
    });
    await until('the operation to be started', () => isAnswered(() => update.result()));
  };
}

/** A server or a worker that is just dead answers later. */
async function isAnswered(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw error;
    return false;
  }
}

/** The grace period of what is aside is not over: what keeps the cluster begins nothing by itself. */
const graceMs = 86_400_000;

async function recordOf(
  beginning: Beginning,
  before: readonly Machine[],
  state: StateBefore,
): Promise<ClusterRecord> {
  const folder = talosFolderOf(beginning);
  const secrets = await readFile(talosPaths(folder).secrets);
  return {
    ...{ profile, instance, members: before.map((it) => memberOf(it, state)) },
    ...(state === 'aside' ? { asideUntil: new Date(Date.now() + graceMs).toISOString() } : {}),
    talos: {
      folder,
      secretsSha256: createHash('sha256').update(secrets).digest('hex'),
      ...{ bootstrapped: true, ...bootstrapOn(before) },
    },
  };
}

function bootstrapOn([first]: readonly Machine[]): Pick<NonNullable<ClusterRecord['talos']>, 'bootstrapOn'> {
  return first === undefined ? {} : { bootstrapOn: first.vmid };
}
