import type { ClusterProfile } from '../../domain/cluster/profile';
import type { ClusterAction, ClusterChange } from '../../domain/cluster/request';
import { sharedAddressOf } from '../../planning/cluster/sharedAddress';
import type { LookWish } from './look';

/** Actions that make machines: they need copies of the template, and the addresses that others have. */
const making: ReadonlySet<ClusterAction> = new Set(['create', 'scale', 'replace', 'upgrade', 'rebuild']);

/** What planning and checking a change look for. */
export function wishOf(
  { request, record }: Pick<ClusterChange, 'request' | 'record'>,
  profile: ClusterProfile | undefined,
  moreVmids: readonly number[] = [],
): LookWish {
  const makes = making.has(request.action);
  const members = record?.members.map(({ vmid }) => vmid) ?? [];
  return {
    profile: request.profile,
    ...(makes && profile !== undefined ? { template: profile.template } : {}),
    ...(profile?.pool === undefined ? {} : { pool: profile.pool }),
    addresses: needsAddresses(request.action, profile),
    vmids: [...members, ...Object.values(request.adopt ?? {}), ...moreVmids],
  };
}

/** Static ones, and one that control planes share. Of what comes back nobody knows without the profile whether it has some. */
function needsAddresses(action: ClusterAction, profile: ClusterProfile | undefined): boolean {
  if (!making.has(action) && action !== 'undo') return false;
  if (profile === undefined) return action === 'undo';
  return profile.addressing.kind === 'static' || sharedAddressOf(profile) !== undefined;
}
