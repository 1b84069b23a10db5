import type { ClusterPlan } from '../../domain/cluster/plan';
import type { ClusterChange } from '../../domain/cluster/request';
import type {
  AdoptionStepArguments,
  DisksLeft,
  DisksQuestion,
  MachineSeen,
  MachineStepArguments,
  MoveLeft,
  ReadyReport,
  RemovalStepArguments,
  SetAside,
} from '../../domain/cluster/step';
import type { ClusterDrift, ClusterStatusQuestion } from '../../domain/cluster/status';
import type { Destruction, TaskBegun } from '../../domain/template/step';
import type { LeaseHolderArgument } from '../shared/contract';

/** What planning a change of a cluster starts from. */
export interface ClusterPlanArguments extends LeaseHolderArgument {
  readonly change: ClusterChange;
  /** The plan that this one replaces, for the difference in words. */
  readonly previous?: ClusterPlan;
}

/** A plan that was made, and what differs from the one before it. */
export interface ClusterPlanMade {
  readonly plan: ClusterPlan;
  readonly changes: readonly string[];
}

/** An approved plan that is looked at once more. */
export interface ClusterCheckArguments extends LeaseHolderArgument {
  readonly change: ClusterChange;
  readonly plan: ClusterPlan;
}

/** What came of it. */
export interface ClusterCheck {
  /** In words; empty: the plan holds. */
  readonly changes: readonly string[];
  /** Tasks from before the first step: none of them is adopted. */
  readonly knownTasks: readonly string[];
}

/** A cluster, desired against real. */
export interface ClusterStatus extends ClusterDrift {
  /** What the look could not show. */
  readonly warnings: readonly string[];
}

/**
 * The activities of clusters of machines. Each step looks first who the machine is (`planning/rules/clusterIdentity.ts`)
 * and throws PlanDrifted, with nothing touched, where it is not the one that is meant. Steps that begin a task adopt one of
 * ours that nobody judged, and are done where their goal is reached; `awaitTask` and `abortTask` are those of runbooks.
 */
export interface ClusterActivities {
  /**
   * Reads the profile and the cluster, plans, leases VMIDs, memory and storage room (a dry run leases nothing).
   * Repeating it is harmless: nothing changes on the cluster, the ledger gives the same VMIDs again.
   */
  planCluster(input: ClusterPlanArguments): Promise<ClusterPlanMade>;
  /** Whether an approved plan still holds. Only looks. */
  checkClusterPlan(input: ClusterCheckArguments): Promise<ClusterCheck>;
  /** What the machines of a cluster are, beside what its profile and its record say. Only looks. */
  readClusterStatus(input: ClusterStatusQuestion): Promise<ClusterStatus>;

  /**
   * A late duplicate is refused as long as the VMID exists. Once the machine was deleted again it would be made, as a machine of
   * no record, which plans and status name: only the attempt's own freshness is against that.
   */
  cloneMachine(input: MachineStepArguments): Promise<TaskBegun>;
  /** A late duplicate is refused: the machine is locked, or not there any more. */
  moveMachine(input: MachineStepArguments): Promise<TaskBegun>;
  /** Which volumes a move of a machine has left on either node, however it ended. Only looks. */
  lookForLeftovers(input: MachineStepArguments): Promise<MoveLeft>;
  /**
   * Who and where a machine is, by all that is known of it: its uuid is read here first. Only looks; the turn of a clone
   * that was passed over is given back.
   */
  readMember(
    input: MachineStepArguments | RemovalStepArguments | AdoptionStepArguments,
  ): Promise<MachineSeen>;
  /** One change of the configuration; a late duplicate is refused by its digest. */
  configureMachine(input: MachineStepArguments): Promise<void>;
  /** To an absolute size: a late duplicate does nothing, or fails; nothing shrinks. */
  growMachine(input: MachineStepArguments): Promise<TaskBegun>;
  /** A late duplicate finds the machine running. Throws PlanDrifted where another guest has its static address by now. */
  startMachine(input: MachineStepArguments): Promise<TaskBegun>;
  /** Watches until it is ready, or has not been for too long. Only looks; what was reserved for it is given back. */
  watchMachine(input: MachineStepArguments): Promise<ReadyReport>;
  /** One change of the configuration; a late duplicate is refused by its digest. */
  protectMachine(input: MachineStepArguments): Promise<void>;

  /**
   * Asks the machine to shut down, on whatever node it is by now: so do all steps on machines that go. A late
   * duplicate finds it stopped, gone, or another one, which it leaves alone.
   */
  shutDownMember(input: RemovalStepArguments): Promise<TaskBegun>;
  /** Ends it at once: only as approved or decided. A late duplicate as above. */
  stopMember(input: RemovalStepArguments): Promise<TaskBegun>;
  /**
   * One change of the configuration (name and a tag); a late duplicate is refused by its digest. Undefined: a worker of
   * before, which told nothing.
   */
  setMemberAside(input: RemovalStepArguments): Promise<SetAside | undefined>;
  /** One change of the configuration (name and a tag); a late duplicate is refused by its digest. */
  reviveMember(input: RemovalStepArguments): Promise<void>;
  /** A late duplicate finds it running. Throws PlanDrifted as `startMachine` does. */
  startMember(input: RemovalStepArguments): Promise<TaskBegun>;
  /** Watches until it is ready again, or has not been for too long. Only looks; what was reserved for it is given back. */
  watchMember(input: RemovalStepArguments): Promise<ReadyReport>;
  /**
   * By identity and with exactly the volumes that were approved, after its VMID was put into quarantine: against a late
   * DELETE only that and the attempt's own freshness protect, for it takes no digest. Asked once; a second time only after
   * a decision.
   */
  deleteMember(input: RemovalStepArguments): Promise<TaskBegun>;
  /**
   * Protects a machine again whose deletion took that off and came to nothing, where the plan has it protected. One change
   * of the configuration; a late duplicate is refused by its digest.
   */
  protectMember(input: RemovalStepArguments): Promise<void>;
  /** Looks what became of a deletion, on all nodes; sends nothing. */
  lookForRemoval(input: RemovalStepArguments): Promise<Destruction>;
  /** Which volumes of deleted machines are still there: a deletion only warns where it could not free one. Only looks. */
  lookForDisks(input: DisksQuestion): Promise<DisksLeft>;

  /** One change of the configuration (marker, protection); a late duplicate is refused by its digest. */
  adoptMember(input: AdoptionStepArguments): Promise<MachineSeen>;
}
