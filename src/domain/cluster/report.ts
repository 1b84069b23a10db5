import type { OperationReport } from '../operationReport';
import type { RunbookStepOutcome } from '../runbookReport';
import type { ClusterMember, TalosRecord } from './member';
import type { ClusterAction } from './request';

/** What became of a machine that the plan names. */
export interface MachineOutcome {
  readonly name: string;
  readonly vmid: number;
  readonly node: string;
  /**
   * `parked`: made, or brought back, not ready, left as it is. `kept`: stays as it was, though something was to be done with
   * it. `shutDown`: the same, but it was shut down before, and nothing is wrong with it. `disksLeft`: deleted, but not all of its disks are gone.
   * `unknown`: look at it.
   */
  readonly outcome:
    | 'ready'
    | 'made'
    | 'parked'
    | 'notMade'
    | 'aside'
    | 'deleted'
    | 'disksLeft'
    | 'revived'
    | 'adopted'
    | 'kept'
    | 'shutDown'
    | 'unknown';
  readonly address?: string;
  readonly because?: string;
}

/** Machines that are to be replaced, and who wants that. */
export interface ToReplace {
  /** Their names, at least one. */
  readonly machines: readonly string[];
  /** Who answered so, as a claim. */
  readonly by: string;
}

/** The report of a change of a cluster. */
export interface ClusterReport extends OperationReport {
  readonly operation: 'changeCluster';
  readonly action: ClusterAction;
  readonly profile: string;
  readonly instance: string;
  readonly machines: readonly MachineOutcome[];
  /** The members after it. */
  readonly members: readonly ClusterMember[];
  readonly steps: readonly RunbookStepOutcome[];
  /** What the Talos cluster is after it; absent: it is none, or its secrets were not made. */
  readonly talos?: TalosRecord;
  /** Machines about which a person answered `replace`: once this operation has ended a plan to replace them is made. */
  readonly toReplace?: ToReplace;
  /** ISO time at which the cluster is set aside: the end that it had, or its time to live from the end of this change on. */
  readonly endsAt?: string;
  /** ISO time until which what is set aside can be brought back. */
  readonly asideUntil?: string;
}
