import type { ClusterMember } from '../../domain/cluster/member';
import type { LeftAlone, PlannedAdoption, PlannedRemoval } from '../../domain/cluster/plan';
import type { ClusterRole } from '../../domain/cluster/profile';
import type { MarkedMember } from './facts';

/** A machine that is to be made, before it has a place, an address and a VMID. */
export interface MachineWish {
  readonly name: string;
  readonly role: ClusterRole;
  readonly ordinal: number;
  /** Address of the machine that was in its place. */
  readonly formerAddress?: string;
  /** It was begun before, and this is what is there. */
  readonly begun?: { readonly member: ClusterMember; readonly seen: MarkedMember };
  /** A VMID that it should have if it is free: its clone was begun there, and a late request may still come. */
  readonly preferredVmid?: number;
}

/** A member that goes, with what it gives back. */
export interface RemovalOutline {
  readonly removal: PlannedRemoval;
  readonly seen: MarkedMember;
}

/** A phase before its machines have places. */
export type PhaseOutline =
  | { readonly kind: 'make'; readonly wishes: readonly MachineWish[] }
  | { readonly kind: 'setAside' | 'delete' | 'revive'; readonly removals: readonly RemovalOutline[] }
  | { readonly kind: 'adopt'; readonly adoptions: readonly PlannedAdoption[] };

/** What a change does, before machines have places. */
export interface ChangeOutline {
  readonly phases: readonly PhaseOutline[];
  readonly leftAlone: readonly LeftAlone[];
  readonly warnings: readonly string[];
}

/** A change that does nothing, and why. */
export function nothingToDo(because: string): ChangeOutline {
  return { phases: [], leftAlone: [], warnings: [because] };
}
