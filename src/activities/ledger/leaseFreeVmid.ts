import type { VmidRange } from '../../config/clusterConfig';
import { ManagerError, problem } from '../../domain/errors';
import type { LeaseHolder } from '../../domain/lease';
import { clusterResources } from '../../proxmox/api/cluster';
import { isVmidFree } from '../../proxmox/api/nextId';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import type { LedgerClient } from './client';

/** What a VMID is wanted for. */
export interface VmidWish {
  readonly holder: LeaseHolder;
  /** Asking again with the same purpose gives the same VMID. */
  readonly purpose: string;
  readonly range: VmidRange;
  /** All guests by VMID, where they were just read. */
  readonly guests?: ReadonlyMap<number, { readonly node: string; readonly vmid: number }>;
  /**
   * Whether the guest that has a VMID now is the one that this holder made under the lease: then the VMID stays
   * leased to it. Any other guest was made by somebody outside meanwhile.
   */
  readonly isOurs: (guest: { readonly node: string; readonly vmid: number }) => Promise<boolean>;
  /** The caller looks at all guests once more when it has its VMIDs: the cluster is not asked about each. */
  readonly isCheckedLater?: true;
}

/** So many VMIDs are offered to the ledger at once. */
const candidatesAtOnce = 50;

/**
 * Leases the lowest VMID of a range that no guest has and no operation. The cluster itself is asked about it after
 * it was leased, so a guest that the token may not see, or that another tool made meanwhile, is never taken for free.
 * Throws LeaseRefused if nothing is left.
 */
export async function leaseFreeVmid(
  client: ProxmoxClient,
  ledger: Pick<LedgerClient, 'leaseVmid'>,
  { holder, purpose, range, isOurs, isCheckedLater, ...known }: VmidWish,
  options: CallOptions = {},
): Promise<number> {
  const guests = known.guests ?? (await allGuests(client, options));
  const free = vmidsOf(range).filter((vmid) => !guests.has(vmid));
  const taken: number[] = [];
  let offered = 0;
  while (offered === 0 || offered < free.length) {
    const candidates = free.slice(offered, offered + candidatesAtOnce);
    const answer = await ledger.leaseVmid({ holder, purpose, candidates, taken });
    if (!answer.granted) {
      offered += candidatesAtOnce;
      continue;
    }
    const { vmid } = answer;
    const guest = guests.get(vmid);
    const isFree = async () => isCheckedLater === true || (await isVmidFree(client, vmid, options));
    const usable = guest === undefined ? await isFree() : await isOurs(guest);
    if (usable) return vmid;
    taken.push(vmid);
  }
  throw new ManagerError(
    problem('LeaseRefused', {
      attempted: `lease a VMID of ${range.first}-${range.last} (${purpose})`,
      failed:
        'every VMID of the range has a guest, is leased to an operation, or had a guest a few hours ago',
      remedy: 'Widen the range (vmid_ranges in cluster-config.yaml), or see who holds what: pxm ledger',
    }),
  );
}

/** All guests by VMID, as the cluster lists them now. */
export async function allGuests(client: ProxmoxClient, options: CallOptions) {
  return new Map((await clusterResources(client, 'vm', options)).map((guest) => [guest.vmid, guest]));
}

function vmidsOf({ first, last }: VmidRange): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
