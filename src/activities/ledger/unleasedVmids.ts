import type { VmidRange } from '../../config/clusterConfig';
import { ManagerError, problem } from '../../domain/errors';
import type { LedgerView } from '../../domain/lease';

/**
 * Chooses VMIDs for a plan that leases nothing: of each range the lowest that no guest and no operation has, and that was not
 * chosen before. Throws LeaseRefused where none is left.
 */
export function unleasedVmids(
  guests: Iterable<number>,
  { vmids, quarantine }: Pick<LedgerView, 'vmids' | 'quarantine'>,
): (range: VmidRange) => number {
  const taken = new Set([...guests, ...[...vmids, ...quarantine].map(({ vmid }) => vmid)]);
  return ({ first, last }) => {
    for (let vmid = first; vmid <= last; vmid += 1) {
      if (taken.has(vmid)) continue;
      taken.add(vmid);
      return vmid;
    }
    throw new ManagerError(
      problem('LeaseRefused', { attempted: `find a VMID in ${first}-${last}`, failed: 'none is free' }),
    );
  };
}
