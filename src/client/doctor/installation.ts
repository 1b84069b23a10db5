import type { ClusterConfig } from '../../config/clusterConfig';
import type { Finding } from '../../domain/checkup';
import { type ConnectedClient, connectClient, type ConnectionSettings } from '../../temporal/connection';
import { listens } from '../reading/openOperations';
import { checkNamespace } from './checks/namespace';
import { checkOperations } from './checks/operations';
import { checkSearchAttributes } from './checks/searchAttributes';
import { checkStaleWorker } from './checks/staleWorker';
import { checkWorker } from './checks/worker';
import { failed, notChecked, ofError } from './finding';
import type { Server } from './server';

const answersWithinMs = 5_000;
const checks = ['namespace', 'searchAttributes', 'worker', 'workerVersion', 'operations'] as const;

/** Where Temporal is. Throws ConfigInvalid for an unreadable temporal.toml. */
export type FindServer = () => Promise<ConnectionSettings>;

/**
 * Looks at what operations run in: the Temporal server, the namespace, search attributes, workers, open operations.
 * `config` is absent where it can't be read: nobody knows then which cluster's workers to look for.
 */
export async function checkInstallation(
  findServer: FindServer,
  config: ClusterConfig | undefined,
): Promise<Finding[]> {
  let server: ConnectedClient;
  let where = 'temporal.toml';
  try {
    const settings = await findServer();
    where = settings.address;
    if (!(await listens(settings.address))) return unreachable(settings);
    server = await connectClient(settings);
  } catch (error) {
    return [ofError('temporal', where, error), ...masked('Temporal does not answer')];
  }
  try {
    const { client, connection, namespace } = server;
    const found = await connection.withDeadline(Date.now() + answersWithinMs, () =>
      checkServer({ client, connection, namespace }, config),
    );
    return [{ check: 'temporal', status: 'ok', where, what: 'the Temporal server answers' }, ...found];
  } finally {
    await server.close();
  }
}

async function checkServer(server: Server, config: ClusterConfig | undefined): Promise<Finding[]> {
  const namespace = await checkNamespace(server);
  if (namespace.status === 'failed') {
    const mask = { check: 'namespace', fault: `the namespace ${server.namespace} can't be used` } as const;
    return [namespace, ...checks.slice(1).map((check) => notChecked(check, 'cluster', mask))];
  }
  const [attributes, workers, stale] = await Promise.all([
    checkSearchAttributes(server),
    checkWorker(server, config?.cluster.name),
    config === undefined ? [] : checkStaleWorker(config),
  ]);
  return [
    namespace,
    attributes,
    ...workers,
    ...stale,
    ...(await checkOperations(server, config?.cluster.name, attributes)),
  ];
}

function unreachable({ address, source }: ConnectionSettings): Finding[] {
  return [
    failed(
      'temporal',
      address,
      `no Temporal server answers there (address from ${source})`,
      'Start one on this machine: pxm up\nOr name another one: export TEMPORAL_ADDRESS=<host>:7233',
    ),
    ...masked('no Temporal server answers'),
  ];
}

function masked(fault: string): Finding[] {
  return checks.map((check) => notChecked(check, 'cluster', { check: 'temporal', fault }));
}
