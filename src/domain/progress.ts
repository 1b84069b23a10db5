import type { Approval } from './approval';
import type { OperationOutcome } from './operationReport';
import type { Step } from './step';

/** Where an operation is. */
export type OperationPhase =
  'planning' | 'waitingForApproval' | 'checking' | 'running' | 'paused' | 'verifying' | 'closed';

/** Whom or what an operation waits for (search attribute PveWaitingFor). */
export type WaitingFor = 'nothing' | 'approval' | 'decision' | 'credentials' | 'resume';

/** The plan that the current one took the place of, and why. */
export interface PlanBefore {
  /** As shown: 12 characters. The current plan has the same where the same is to be done and has to be approved anew. */
  readonly planHash: string;
  /** In words, e.g. `the approved plan does not hold any more`. */
  readonly because: string;
  /** What was found that speaks against it, in words; may be among the changes too. */
  readonly reasons: readonly string[];
  /** What the current plan does otherwise, in words. */
  readonly changes: readonly string[];
}

/** The answer of the query `progress`. */
export interface OperationProgress {
  readonly phase: OperationPhase;
  readonly waitingFor: WaitingFor;
  readonly startedAt: string;
  /** As shown: 12 characters. */
  readonly planHash?: string;
  /** Absent: the current plan is the first one. */
  readonly planBefore?: PlanBefore;
  readonly approval?: Approval;
  readonly steps: readonly Step[];
  readonly openDecisions: number;
  /** Somebody ends it: what runs is finished, or aborted. */
  readonly ending?: 'finish' | 'abort';
  readonly outcome?: OperationOutcome;
}

/** What a running wait on a Proxmox task reports in its heartbeats. */
export interface TaskProgress {
  readonly upid: string;
  readonly vmid: number;
  readonly copiedBytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  readonly lastLine: string;
  /** Predicted end of the copy in seconds from now; absent while unknown. */
  readonly secondsLeft?: number;
}
