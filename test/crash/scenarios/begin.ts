import { taskQueueOf } from '../../../src/domain/names';
import type { Beginning } from './scenario';

/** Starts a workflow that is the whole operation. */
export function startedAs(type: string, request: object): (beginning: Beginning) => Promise<void> {
  return async ({ temporal, handle, cluster }) => {
    await temporal.connected.client.workflow.start(type, {
      workflowId: handle.workflowId,
      taskQueue: taskQueueOf(cluster),
      args: [request],
    });
  };
}
