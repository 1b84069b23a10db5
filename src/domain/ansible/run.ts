/** How many tasks ended how on one host, as Ansible counts them at the end. */
export interface HostResult {
  readonly host: string;
  readonly ok: number;
  readonly changed: number;
  readonly failed: number;
  readonly unreachable: number;
  readonly skipped: number;
  /** Failures that a `rescue` took care of. */
  readonly rescued: number;
  /** Failures that the playbook ignores. */
  readonly ignored: number;
}

/** A host that failed, or was not reached. */
export interface HostFailure {
  readonly host: string;
  /** As it is written in the playbook: variables are not filled in. */
  readonly task: string;
  readonly kind: 'failed' | 'unreachable';
  /**
   * Ansible's own; hidden where the task has `no_log`. Where a vault or secret variables are given: only where to read
   * them, since secrets can be cut out only where they are known.
   */
  readonly words: string;
}

/** Where a run is. Names and numbers only: no result of any task. */
export interface PlaybookProgress {
  /** Name of the playbook. */
  readonly playbook: string;
  readonly play: string;
  readonly task: string;
  readonly tasksBegun: number;
  /** Each host counts once, by the worst that has happened on it so far. */
  readonly hosts: HostCounts;
}

/** Hosts by the worst that has happened on them. */
export interface HostCounts {
  readonly ok: number;
  readonly changed: number;
  readonly failed: number;
  readonly unreachable: number;
}

/** How a run ended, as far as anybody knows. Plain data without secrets. */
export interface PlaybookEnding {
  /** Absent: it was killed, so nothing wrote it down. */
  readonly exitCode?: number;
  /** A person asked for its end: `SIGINT` was enough, or it took more. */
  readonly endedBy?: EndingSignal;
  /** Ansible came to its end and counted: there is a line for each host. */
  readonly hasStats: boolean;
  readonly hosts: readonly HostResult[];
  /** At most 20. */
  readonly failures: readonly HostFailure[];
  /** The end of what Ansible wrote to its standard error; at most 10 lines. With a vault or secrets: its kind only. */
  readonly words: readonly string[];
  readonly lastSeen?: PlaybookProgress;
  /** Files of the tree that are not as they were before the run: at most 20, and how many there are in all. */
  readonly changedFiles: {
    readonly names: readonly string[];
    readonly count: number;
    /** Why they could not be compared. */
    readonly because?: string;
  };
  /** ISO times. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** The whole output, on the worker's machine. */
  readonly outputFile?: string;
}

/** The signals with which a run is ended, mildest first. */
export type EndingSignal = 'SIGINT' | 'SIGTERM' | 'SIGKILL';

/** What is kept of the runs of a playbook. Plain data: it travels through continue-as-new. */
export interface PlaybookResult {
  /** How many names of runs are used up: one for each try to begin, refused or not. */
  readonly attempts: number;
  /** How many runs were begun, those included of which it is only likely. */
  readonly begun: number;
  /** `begun` also where it is only likely: its start was asked for, and the answer is not known. */
  readonly phase: 'starting' | 'begun' | 'ended';
  /** Of the last run that was begun, until the next one is. Absent: not known. */
  readonly ending?: PlaybookEnding;
}

/** What following a run came to. */
export type PlaybookWatch =
  | { readonly kind: 'ended'; readonly ending: PlaybookEnding }
  /** This machine knows nothing of it: it never began here, or another machine's worker began it. */
  | { readonly kind: 'lost'; readonly machine?: string; readonly lastSeen?: PlaybookProgress }
  /** It was to end, and did not. */
  | { readonly kind: 'stillRunning'; readonly lastSeen?: PlaybookProgress };

/** Where a run is, in one line. */
export function progressText({ play, task, tasksBegun, hosts }: PlaybookProgress): string {
  const { ok, changed, failed, unreachable } = hosts;
  const where = task === '' ? `play ${play}` : `${play}: ${task} (task ${tasksBegun})`;
  return `${where}; hosts: ${ok} ok, ${changed} changed, ${failed} failed, ${unreachable} unreachable`;
}
