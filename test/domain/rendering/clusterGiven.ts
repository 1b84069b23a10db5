import type { ClusterReport } from '../../../src/domain/cluster/report';
import { instance, workers } from '../../planning/cluster/given';

/** The report of making three machines, one of which was left as it is. */
export function clusterReport(more: Partial<ClusterReport> = {}): ClusterReport {
  return {
    ...{ operation: 'changeCluster', action: 'create', profile: 'lab', instance, outcome: 'incomplete' },
    summary: 'Not finished: 2 of 3 machines as planned; open: lab-worker-2.',
    ...{ cluster: 'home', workflowId: 'change-cluster/home/lab', firstExecutionRunId: 'run-2' },
    ...{ startedAt: '2026-11-26T12:00:00.000Z', endedAt: '2026-11-26T12:05:00.000Z' },
    ...{ actions: [], decisions: [], warnings: [], steps: [], members: workers },
    machines: workers.map(({ name, vmid, node }) =>
      vmid === 1002
        ? { name, vmid, node, outcome: 'parked', because: 'it did not start' }
        : { name, vmid, node, outcome: 'ready' },
    ),
    ...more,
  };
}
