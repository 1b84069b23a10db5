import { tsToMs } from '@temporalio/common/lib/time';
import { version as ours } from '../../../../package.json';
import type { Finding } from '../../../domain/checkup';
import { taskQueueOf } from '../../../domain/names';
import { versionOfWorker } from '../../../domain/workerIdentity';
import { goneWorkerOf } from '../../processes/goneWorker';
import type { Server } from '../server';
import { failed, noConfig, notChecked, ofError, ok, warning } from '../finding';

/** A worker asks again after a minute at the latest; the server remembers it for five. */
const seenWithinMs = 90_000;

/** Whether a worker asks the cluster's task queue for work, and whether it has our version. */
export async function checkWorker(server: Server, cluster: string | undefined): Promise<Finding[]> {
  if (cluster === undefined) {
    return [notChecked('worker', 'cluster', noConfig), notChecked('workerVersion', 'cluster', noConfig)];
  }
  const queue = taskQueueOf(cluster);
  try {
    const identities = await identitiesOn(server, queue);
    const isGone = await goneWorkerOf(cluster);
    return judge(
      queue,
      identities.filter((identity) => !isGone(identity)),
    );
  } catch (error) {
    const mask = { check: 'worker', fault: 'the task queue could not be looked at' } as const;
    return [ofError('worker', queue, error), notChecked('workerVersion', queue, mask)];
  }
}

async function identitiesOn({ connection, namespace }: Server, queue: string): Promise<string[]> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    ...{ namespace, taskQueue: { name: queue } },
  });
  const since = Date.now() - seenWithinMs;
  return pollers
    .filter(({ lastAccessTime }) => lastAccessTime != null && tsToMs(lastAccessTime) >= since)
    .map(({ identity }) => identity ?? '');
}

function judge(queue: string, identities: readonly string[]): Finding[] {
  if (identities.length === 0) {
    const mask = { check: 'worker', fault: 'there is no worker' } as const;
    const none = failed(
      'worker',
      queue,
      'no worker asks this task queue for work: operations wait',
      'Start one: pxm up (one machine), or pxm worker (beside a Temporal server)',
    );
    return [none, notChecked('workerVersion', queue, mask)];
  }
  const others = identities.filter((identity) => versionOfWorker(identity) !== ours);
  return [
    ok('worker', queue, `a worker is there: ${identities.join(', ')}`),
    ...(others.length === 0
      ? [ok('workerVersion', queue, `it has our version, ${ours}`)]
      : others.map((identity) =>
          warning(
            'workerVersion',
            identity,
            `this worker has the version ${versionOfWorker(identity) ?? 'unknown'}, this pxm ${ours}`,
            'Stop it and start one of this version: pxm down && pxm up (operations go on by themselves)',
          ),
        )),
  ];
}
