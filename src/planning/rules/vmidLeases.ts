import type { LeaseVmidRequest, QuarantineRequest, VmidAnswer } from '../../domain/buildLease';
import type { LeaseConflict, LedgerView } from '../../domain/lease';
import { sameHolder, type LedgerChange } from './ledger';

/**
 * How long the VMID of a deleted guest is leased to nobody: longer than an attempt can be frozen and still send
 * its DELETE.
 */
export const quarantineMs = 6 * 60 * 60 * 1000;

/**
 * Leases a VMID to a holder: the one that it has for this purpose, else the first of the candidates that nobody
 * has and that is not in quarantine.
 */
export function leaseVmid(
  view: LedgerView,
  { holder, purpose, candidates, taken = [] }: LeaseVmidRequest,
  now: string,
): LedgerChange<VmidAnswer> {
  const mine = (lease: LedgerView['vmids'][number]) =>
    sameHolder(lease.holder, holder) && lease.purpose === purpose;
  const has = view.vmids.find((lease) => mine(lease) && !taken.includes(lease.vmid));
  if (has !== undefined) return { view, answer: { granted: true, vmid: has.vmid } };

  const kept = view.vmids.filter((lease) => !mine(lease));
  const conflicts: LeaseConflict[] = [];
  for (const vmid of candidates.filter((candidate) => !taken.includes(candidate))) {
    const lease = kept.find((it) => it.vmid === vmid);
    const quarantined = view.quarantine.find((it) => it.vmid === vmid && it.until > now);
    if (lease === undefined && quarantined === undefined) {
      const vmids = [...kept, { holder, vmid, purpose, since: now }];
      return { view: { ...view, vmids }, answer: { granted: true, vmid } };
    }
    if (lease !== undefined) {
      const text = `VMID ${vmid} is leased to ${lease.holder.workflowId} (${lease.purpose})`;
      conflicts.push({ text, heldBy: lease.holder });
    } else if (quarantined !== undefined) {
      const text = `VMID ${vmid} had a guest that ${quarantined.by} deleted: nobody gets it before ${quarantined.until}`;
      conflicts.push({ text, heldBy: holder });
    }
  }
  return { view: { ...view, vmids: kept }, answer: { granted: false, conflicts } };
}

/**
 * Puts a VMID into quarantine. Asked for right before the DELETE: whatever happens to the operation then, the VMID
 * is not leased again while a late duplicate can be under way. What has expired is forgotten.
 */
export function quarantineVmid(
  view: LedgerView,
  { holder, vmid }: QuarantineRequest,
  now: string,
): LedgerChange {
  const until = new Date(Date.parse(now) + quarantineMs).toISOString();
  const others = view.quarantine.filter((it) => it.vmid !== vmid && it.until > now);
  const vmids = view.vmids.filter((lease) => lease.vmid !== vmid || !sameHolder(lease.holder, holder));
  const quarantine = [...others, { vmid, by: holder.workflowId, until }];
  return { view: { ...view, vmids, quarantine }, answer: { granted: true } };
}
