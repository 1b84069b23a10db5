import type { ClusterState } from '../cluster/state';
import type { StorageState } from '../cluster/storages';
import { fail } from '../http/errors';
import type { TaskWorker } from '../tasks/worker';

/** What changes a storage: a call, or the worker of a task. */
export interface StorageOperation {
  readonly cluster: ClusterState;
  /** The node that carries it out. */
  readonly node: string;
  readonly worker: TaskWorker | undefined;
  /** False without quorum. */
  readonly canWrite: boolean;
  log(text: string): void;
  sleep(seconds: number): Promise<void>;
}

/** How often a lock of the cluster is tried, once a second (recording e1). */
const tries = 9;

/**
 * Runs `action` under the cluster's lock of a shared storage (behaviour.md 3.4, 1.6); other storages have none. Fails with
 * "cfs-lock 'storage-<id>' error: no quorum!", or "... got lock request timeout" while another keeps it.
 */
export async function underStorageLock<T>(
  operation: StorageOperation,
  storage: StorageState,
  action: () => Promise<T>,
): Promise<T> {
  if (!storage.shared) return action();
  const release = await acquire(operation, `storage-${storage.id}`);
  try {
    return await action();
  } finally {
    release();
  }
}

async function acquire(operation: StorageOperation, name: string): Promise<() => void> {
  const { cluster, worker } = operation;
  const everywhere = '*';
  for (let attempt = 0; ; attempt += 1) {
    if (operation.canWrite && !cluster.locks.isHeld(everywhere, name)) {
      return cluster.locks.acquire(everywhere, name, worker === undefined ? {} : { worker });
    }
    if (attempt === tries) {
      fail(`cfs-lock '${name}' error: ${operation.canWrite ? 'got lock request timeout' : 'no quorum!'}`);
    }
    operation.log(`trying to acquire cfs lock '${name}' ...`);
    await operation.sleep(1);
  }
}
