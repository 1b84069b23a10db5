/** The task has ended. Its exit status does not say where the guest is: look (prove). */
export interface TaskEnded {
  readonly kind: 'ended';
  /** `OK` or `WARNINGS: n`. */
  readonly succeeded: boolean;
  /** The exit status in Proxmox's words. */
  readonly exit: string;
  readonly logTail: readonly string[];
  readonly copiedBytes?: number;
  readonly bytesPerSecond?: number;
  readonly downtimeMs?: number;
}

/** The copy will end within one setup time: its lane may be given to the next. */
export interface TaskCopyEnding {
  readonly kind: 'copyEnding';
  readonly bytesPerSecond?: number;
}

/** The copy goes on; this is how fast it was in the last seconds, seen only while the wait lasted. */
export interface TaskSample {
  readonly kind: 'sample';
  readonly bytesPerSecond: number;
}

/** The task's log shows no progress for the configured time. */
export interface TaskStalled {
  readonly kind: 'stalled';
  readonly lastLine: string;
  readonly silentForMs: number;
}

/** What waiting on a Proxmox task can end with. */
export type TaskWatch = TaskEnded | TaskCopyEnding | TaskSample | TaskStalled;
