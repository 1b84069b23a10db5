import type { ClusterMember } from '../../domain/cluster/member';
import type { ClusterPlan } from '../../domain/cluster/plan';
import type { ClusterType } from '../../domain/cluster/profile';
import { configuredAddresses } from './seen';

/** The type of a plan's machines; undefined: its profile is gone, and no record of Talos tells it. */
export function typeIfKnown({
  type,
  profileSha256,
}: Pick<ClusterPlan, 'type' | 'profileSha256'>): ClusterType | undefined {
  return type === 'plain' && profileSha256 === undefined ? undefined : type;
}

/**
 * Of the static addresses in a member's configuration those that it has. Clones of type `plain` all keep what their template
 * says, and nothing in them reads it. Where nobody knows the type (undefined) a machine that was made has the one that is
 * recorded of it, if any: it was given that, or seen with it. Of one that was adopted nothing is recorded.
 */
export function ownAddresses(
  type: ClusterType | undefined,
  { address, generation }: Pick<ClusterMember, 'address' | 'generation'>,
  keys: ReadonlyMap<string, string>,
): readonly string[] {
  if (type === 'plain') return [];
  const configured = configuredAddresses(keys);
  const isAdopted = generation === undefined;
  return type !== undefined || isAdopted ? configured : configured.filter((it) => it === address);
}
