import type { Approval } from './approval';
import type { OperationOutcome } from './operationReport';
import type { Step } from './step';

/** Where an operation is. */
export type OperationPhase =
  'planning' | 'waitingForApproval' | 'checking' | 'running' | 'paused' | 'verifying' | 'closed';

/** Whom or what an operation waits for (search attribute PveWaitingFor). */
export type WaitingFor = 'nothing' | 'approval' | 'decision' | 'credentials' | 'resume';

/** The answer of the query `progress`. */
export interface OperationProgress {
  readonly phase: OperationPhase;
  readonly waitingFor: WaitingFor;
  readonly startedAt: string;
  /** As shown: 12 characters. */
  readonly planHash?: string;
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
