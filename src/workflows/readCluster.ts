import { proxyActivities } from '@temporalio/workflow';
import type { ReadingActivities } from '../activities/reading/contract';
import type { PackedReading, ReadRequest } from '../domain/readRequest';

const reading = proxyActivities<ReadingActivities>({
  heartbeatTimeout: '10s',
  // A person waits for it: half a minute for nodes that do not answer, and once more on another worker.
  startToCloseTimeout: '45s',
  retry: { initialInterval: '1s', maximumAttempts: 2 },
});

/**
 * Reads one view of the cluster for a CLI that does not hold the credentials; changes nothing, asks nobody. Ends within
 * two minutes, one way or the other.
 */
export async function readCluster(request: ReadRequest): Promise<PackedReading> {
  return reading.readCluster(request);
}
