import type { LeaseHolder } from '../lease';
import type { Leftover } from '../moveProof';
import type { TasksBefore } from '../template/step';
import type { ClusterMember } from './member';
import type { ClusterFrame, PlannedAdoption, PlannedMachine, PlannedRemoval } from './plan';

/** What every step on a machine is started with. */
export interface ClusterStepArguments extends TasksBefore {
  readonly holder: LeaseHolder;
  readonly frame: ClusterFrame;
}

/** A step on a machine that is being made. */
export interface MachineStepArguments extends ClusterStepArguments {
  readonly machine: PlannedMachine;
  /** Once it was read: from then on it is the identity of the machine. */
  readonly uuid?: string;
  /** Of its configuration as a step before has seen it, which looked who it is: a change may begin from there. */
  readonly digest?: string;
  /** Its clone was passed over, or came to nothing: the turn that it took is given back with this look. */
  readonly clonePassedOver?: true;
}

/** A step on a machine that goes, or comes back. */
export interface RemovalStepArguments extends ClusterStepArguments {
  readonly removal: PlannedRemoval;
}

/** A step on a machine that is adopted. */
export interface AdoptionStepArguments extends ClusterStepArguments {
  readonly adoption: PlannedAdoption;
}

/** What is known of a machine once its clone is there. */
export interface MachineSeen {
  readonly uuid: string;
  readonly node: string;
}

/** What a machine shows of its start. */
export interface ReadyReport {
  readonly ready: boolean;
  /** Waiting longer changes nothing. */
  readonly isFinal?: boolean;
  /** The address on which it answered, where anything told it. */
  readonly address?: string;
  /** Of the configuration of the machine that it was known by when it was first looked at. */
  readonly digest?: string;
  /** What was seen, or is still missing; one line each. */
  readonly seen: readonly string[];
}

/** What became of a machine that was to be set aside. */
export interface SetAside {
  /** It is on no node any more: nothing had to be done. */
  readonly isAbsent?: true;
}

/** Machines that were deleted, with the volumes that were to go with them. */
export interface DisksQuestion {
  readonly deleted: readonly DeletedMachine[];
}

/** One of them. */
export interface DeletedMachine {
  readonly vmid: number;
  readonly node: string;
  readonly volumes: readonly string[];
}

/** What there is of them still. */
export interface DisksLeft {
  /** Volumes that are still there, sorted; a guest that has the VMID by now owns those that it names. */
  readonly left: readonly string[];
  /** In words: what nobody could look at for want of a privilege. */
  readonly notLooked: readonly string[];
}

/** What a machine's move has left behind. */
export interface MoveLeft {
  readonly left: readonly Leftover[];
  /** In words: what nobody could look at. */
  readonly notLooked: readonly string[];
}

/** Members before and after a step. */
export interface MemberChange {
  readonly vmid: number;
  /** Absent: it is gone. */
  readonly member?: ClusterMember;
}
