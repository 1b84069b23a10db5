import type { ClusterStatusQuestion } from '../../domain/cluster/status';
import { driftOf } from '../../planning/cluster/drift';
import type { ActivityAttempt } from '../shared/attempt';
import type { ClusterStatus } from './contract';
import type { ClusterDependencies } from './dependencies';
import { lookForCluster, type LookDependencies } from './look';
import { profileIfReadable } from './profile';

/**
 * Looks at a cluster: what its profile asks for, what its record says, what is there; of machines that run what is in force.
 * Changes nothing. Of a profile that can't be read only what is there is told.
 */
export async function readClusterStatus(
  dependencies: LookDependencies & Pick<ClusterDependencies, 'config' | 'readProfile'>,
  { signal, tell }: Pick<ActivityAttempt, 'signal' | 'tell'>,
  { profile: name, record = { profile: name, instance: '', members: [] } }: ClusterStatusQuestion,
): Promise<ClusterStatus> {
  const { profile, warnings } = profileIfReadable(dependencies, name);
  const wish = {
    ...{ profile: name, addresses: false, inForce: true as const },
    vmids: record.members.map(({ vmid }) => vmid),
    ...(profile === undefined ? {} : { template: profile.template }),
    ...(profile?.pool === undefined ? {} : { pool: profile.pool }),
  };
  const onProgress = (done: number, total: number) => tell({ done, total });
  const look = await lookForCluster(dependencies, wish, { signal, onProgress });
  const drift = driftOf(profile, record, look, dependencies.config.conventions);
  return { ...drift, warnings: [...warnings, ...look.warnings] };
}
