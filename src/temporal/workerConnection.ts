import { NativeConnection } from '@temporalio/worker';
import { connectionSettings, explainFailure, type ConnectionSettings } from './connection';

/** A worker's connection. Whoever opened it closes it, after the worker has ended. */
export interface ConnectedWorker {
  readonly connection: NativeConnection;
  readonly settings: ConnectionSettings;
}

/**
 * Connects a worker. Throws ManagerError `TemporalUnreachable` if no server answers. It stands apart from the client's
 * connection, since it loads Temporal's native core: no command that needs only a client waits for that.
 */
export async function connectWorker(settings?: ConnectionSettings): Promise<ConnectedWorker> {
  const used = settings ?? (await connectionSettings());
  const connection = await explainFailure(used.address, used.source, () =>
    NativeConnection.connect({ ...used.options, address: used.address }),
  );
  return { connection, settings: used };
}
