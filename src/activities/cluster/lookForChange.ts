import type { ClusterLook } from '../../planning/cluster/facts';
import { sharedByOthers, unknownSharers } from '../../planning/cluster/sharedAddress';
import type { CallOptions } from '../../proxmox/types';
import type { ClusterDependencies } from './dependencies';
import { lookForCluster, type LookDependencies, type LookWish } from './look';

/**
 * A look for planning and checking a change, as {@link lookForCluster}; where addresses are needed also with those that the
 * control planes of other clusters share: of these the profiles tell, and the markers whether such a cluster is there. One
 * that is there and whose profile can't be read is a warning.
 */
export async function lookForChange(
  dependencies: LookDependencies & Pick<ClusterDependencies, 'otherProfiles'>,
  wish: LookWish,
  options: CallOptions & { readonly onProgress?: (done: number, total: number) => void },
): Promise<ClusterLook> {
  const look = await lookForCluster(dependencies, wish, options);
  if (!wish.addresses) return look;
  const others = dependencies.otherProfiles(wish.profile);
  return {
    ...look,
    addresses: [...look.addresses, ...sharedByOthers(others, look.marked)],
    warnings: [...look.warnings, ...unknownSharers(wish.profile, others, look.marked)],
  };
}
