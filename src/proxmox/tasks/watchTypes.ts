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
  /** Others can't go on before this task has ended: it is asked for more often than others. Default: no. */
  readonly othersWait?: boolean;
  /** Also return when the copy was seen to run for so long, with its speed in that time. Default: never. */
  readonly sampleAfterMs?: number;
  readonly signal?: AbortSignal;
  /** Called about once a second, between polls with extrapolated figures. */
  readonly onProgress?: (progress: TaskProgress) => void;
}

/** What a wait ended with. */
export type TaskWatchResult = WatchEnded | WatchCopyEnding | WatchSample | WatchStalled;

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
  /** Absent where too little was seen to measure it. */
  readonly bytesPerSecond?: number;
  readonly secondsLeft: number;
}

/** The copy goes on. */
interface WatchSample {
  readonly kind: 'sample';
  /** Between two polls that lie at least `sampleAfterMs` apart, both at least one setup time after the wait began. */
  readonly bytesPerSecond: number;
}

/** No progress in the log, or no answer from any node about it. */
interface WatchStalled {
  readonly kind: 'stalled';
  readonly lastLine: string;
  readonly silentForMs: number;
}
