import type { ClusterLook } from '../../planning/cluster/facts';
import { sharedByOthers } from '../../planning/cluster/sharedAddress';
import type { CallOptions } from '../../proxmox/types';
import type { ClusterDependencies } from './dependencies';
import { lookForCluster, type LookDependencies, type LookWish } from './look';

/**
 * A look for planning and checking a change, as {@link lookForCluster}; where addresses are needed also with those that the
 * control planes of other clusters share: of these the profiles tell, and the markers whether such a cluster is there.
 */
export async function lookForChange(
  dependencies: LookDependencies & Pick<ClusterDependencies, 'otherProfiles'>,
  wish: LookWish,
  options: CallOptions & { readonly onProgress?: (done: number, total: number) => void },
): Promise<ClusterLook> {
  const look = await lookForCluster(dependencies, wish, options);
  if (!wish.addresses) return look;
  const shared = sharedByOthers(dependencies.otherProfiles(wish.profile), look.marked);
  return { ...look, addresses: [...look.addresses, ...shared] };
}
