import type { VmidRange } from '../../config/clusterConfig';
import { connectionSettings } from '../../temporal/connection';
import { problemOfError } from '../failures';
import { readLedger } from '../operations/readLedger';
import type { Session } from '../session';
import { listens } from './openOperations';

/** A VMID that no guest has and that is not free all the same. */
export interface LeasedVmid {
  readonly vmid: number;
  /** Workflow ID of the operation that has it, or had its guest and deleted it. */
  readonly by: string;
  /** ISO time; only in quarantine after a deletion. */
  readonly until?: string;
}

/** What the ledger says of a range, or why it could not be asked. */
export type LeasedVmids =
  | { readonly asked: true; readonly leased: readonly LeasedVmid[] }
  | { readonly asked: false; readonly why: string; readonly leased: readonly [] };

/** Asks the cluster's ledger which VMIDs of a range operations have. Throws only where a person interrupts. */
export async function leasedVmids(session: Session, { first, last }: VmidRange): Promise<LeasedVmids> {
  try {
    const { address, source } = await connectionSettings();
    if (!(await listens(address))) {
      return { asked: false, why: `nothing answers at ${address} (from ${source})`, leased: [] };
    }
    const view = await readLedger(session, session.config().cluster.name);
    if (view === undefined) return { asked: false, why: 'no worker answered', leased: [] };
    const now = new Date().toISOString();
    const leased = [
      ...view.vmids.map(({ vmid, holder }) => ({ vmid, by: holder.workflowId })),
      ...view.quarantine.filter(({ until }) => until > now),
    ].filter(({ vmid }) => vmid >= first && vmid <= last);
    return { asked: true, leased: leased.toSorted((one, other) => one.vmid - other.vmid) };
  } catch (error) {
    if (session.interrupted.aborted) throw error;
    return { asked: false, why: problemOfError(error).failed, leased: [] };
  }
}

/** What a person is told about it on standard error. */
export function leaseNotes(it: LeasedVmids): string[] {
  if (!it.asked) {
    return [`The ledger could not be asked (${it.why}): a VMID that an operation has leased counts as free.`];
  }
  return it.leased.map(({ vmid, by, until }) =>
    until === undefined
      ? `${vmid} is leased to ${by}.`
      : `${vmid} had a guest that ${by} deleted; it is given to nobody before ${until}.`,
  );
}
