import type { TaskProgress } from '../../domain/progress';
import type { ExitStatus } from './exitStatus';

/** What is known of a migration before it starts, to tell progress and to predict its end. */
export interface CopyPlan {
  readonly ramBytes: number;
  readonly diskBytes: number;
  /** How long a migration takes before it copies: also how early `copyEnding` is told. */
  readonly setupSeconds: number;
}

/** One wait on one task. */
export interface TaskWatchRequest {
  readonly vmid: number;
  readonly plan: CopyPlan;
  readonly stallAfterMs: number;
  /** `copyEnding` also returns when the task ends. */
  readonly until: 'ended' | 'copyEnding';
  readonly signal?: AbortSignal;
  /** Called about once a second, between polls with extrapolated figures. */
  readonly onProgress?: (progress: TaskProgress) => void;
}

/** What a wait ended with. */
export type TaskWatchResult = WatchEnded | WatchCopyEnding | WatchStalled;

/** The task has ended. */
interface WatchEnded {
  readonly kind: 'ended';
  readonly exit: ExitStatus;
  readonly logTail: readonly string[];
  readonly copiedBytes: number;
  /** Average of the copy, as measured while polling; absent where it was too short to measure. */
  readonly bytesPerSecond?: number;
  readonly downtimeMs?: number;
}

/** All data will have been copied within one setup time. */
interface WatchCopyEnding {
  readonly kind: 'copyEnding';
  readonly bytesPerSecond: number;
  readonly secondsLeft: number;
}

/** No progress in the log, or no answer from any node about it. */
interface WatchStalled {
  readonly kind: 'stalled';
  readonly lastLine: string;
  readonly silentForMs: number;
}
