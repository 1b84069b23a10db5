import type { LeaseAddressesRequest, LedgerView } from '../../domain/lease';
import { granted, othersLeases, refused, type LedgerChange } from './ledger';

/** Replaces the holder's addresses. Refused where another operation has one of them. */
export function leaseAddresses(
  view: LedgerView,
  { holder, addresses }: LeaseAddressesRequest,
  since: string,
): LedgerChange {
  const others = othersLeases(view, holder);
  const wanted = new Set(addresses.map(({ address }) => address));
  const conflicts = others.addresses
    .filter(({ address }) => wanted.has(address))
    .map(({ address, vmid, holder: heldBy }) => ({
      text: `${heldBy.workflowId} has the address ${address} for VM ${vmid}`,
      heldBy,
    }));
  if (conflicts.length > 0) return refused(view, conflicts);
  const own = addresses.map(({ address, vmid }) => ({ address, vmid, holder, since }));
  return granted({ ...view, addresses: [...others.addresses, ...own] });
}
