import { isQuorate } from '../cluster/quorum';
import type { ApiCall } from '../http/call';
import type { TaskWorker } from '../tasks/worker';
import type { StorageOperation } from './cluster-lock';

/** A storage operation in a call, or in the worker of a task that the call started. */
export function callOperation(call: ApiCall, worker?: TaskWorker): StorageOperation {
  return {
    cluster: call.cluster,
    node: call.node.name,
    worker,
    canWrite: isQuorate(call.cluster, call.node),
    log: (text) => {
      if (worker === undefined) call.print(text);
      else worker.log(text);
    },
    sleep: (seconds) => (worker === undefined ? call.sleep(seconds) : worker.sleep(seconds)),
  };
}
