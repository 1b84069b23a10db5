import type { VmidRange } from '../../config/clusterConfig';
import { ManagerError, problem } from '../../domain/errors';
import type { LeaseHolder } from '../../domain/lease';
import type { ClusterLook } from '../../planning/cluster/facts';
import type { WantedVmid } from '../../planning/cluster/plan';
import { allGuests, leaseFreeVmid } from '../ledger/leaseFreeVmid';
import { unleasedVmids } from '../ledger/unleasedVmids';
import { isCode } from '../shared/adoption';
import type { ClusterDependencies } from './dependencies';

/** VMIDs of new machines by their names. */
export type MemberVmids = ReadonlyMap<string, number>;

type Guests = ReadonlyMap<number, { readonly node: string; readonly vmid: number }>;

/**
 * Leases a VMID for each new machine, in their order; asking again gives the same ones. What has a leased VMID by now is
 * none of the plan's machines, whoever made it: then another one is leased. All guests are looked at once more when all are
 * leased, since others make guests meanwhile; the lists are complete, or the look before has refused.
 */
export async function leaseMemberVmids(
  dependencies: Pick<ClusterDependencies, 'client' | 'ledger' | 'config'>,
  wanted: readonly WantedVmid[],
  holder: LeaseHolder,
  { guests }: Pick<ClusterLook, 'guests'>,
  signal: AbortSignal,
): Promise<MemberVmids> {
  if (wanted.length === 0) return new Map();
  let known: Guests = new Map(guests.map((guest) => [guest.vmid, guest]));
  for (;;) {
    const leased = await leaseAmong(dependencies, wanted, holder, known, signal);
    const now = await allGuests(dependencies.client, { signal });
    if ([...leased.values()].every((vmid) => !now.has(vmid))) return leased;
    known = now;
  }
}

async function leaseAmong(
  { client, ledger, config }: Pick<ClusterDependencies, 'client' | 'ledger' | 'config'>,
  wanted: readonly WantedVmid[],
  holder: LeaseHolder,
  guests: Guests,
  signal: AbortSignal,
): Promise<MemberVmids> {
  const range = machineRange(config);
  const leased = new Map<string, number>();
  for (const { name, preferred } of wanted) {
    const isOurs = () => Promise.resolve(false);
    const wish = { holder, purpose: `member/${name}`, guests, isOurs, isCheckedLater: true } as const;
    const lease = (from: VmidRange) => leaseFreeVmid(client, ledger, { ...wish, range: from }, { signal });
    leased.set(name, await preferredOr(preferred, lease, range));
  }
  return leased;
}

/** The one that was wanted first, where nobody has it. */
async function preferredOr(
  preferred: number | undefined,
  lease: (range: VmidRange) => Promise<number>,
  range: VmidRange,
): Promise<number> {
  if (preferred === undefined) return lease(range);
  try {
    return await lease({ first: preferred, last: preferred });
  } catch (error) {
    if (!isCode(error, 'LeaseRefused')) throw error;
    return lease(range);
  }
}

/** VMIDs that are free now, for a plan that leases nothing. */
export async function freeMemberVmids(
  { ledger, config }: Pick<ClusterDependencies, 'ledger' | 'config'>,
  wanted: readonly WantedVmid[],
  { guests }: Pick<ClusterLook, 'guests'>,
): Promise<MemberVmids> {
  if (wanted.length === 0) return new Map();
  const range = machineRange(config);
  const vmids = guests.map(({ vmid }) => vmid);
  const next = unleasedVmids(vmids, await ledger.view());
  return new Map(
    wanted.map(({ name, preferred }) => {
      const isFree = preferred !== undefined && !vmids.includes(preferred);
      return [name, next(isFree ? { first: preferred, last: preferred } : range)];
    }),
  );
}

function machineRange({ file, conventions }: ClusterDependencies['config']): VmidRange {
  const range = conventions.vmidRanges.vms;
  if (range !== undefined) return range;
  throw new ManagerError(
    problem('ConfigInvalid', {
      attempted: 'choose VMIDs for machines',
      failed: `${file} has no vmid_ranges.vms`,
      remedy: 'Add it, e.g. vmid_ranges: { vms: 1000-9999 }',
    }),
  );
}
