import type { Problem } from './errors';

/** What a step does to the cluster. A destroy is never repeated by itself. */
export type StepKind = 'read' | 'change' | 'destroy';

/** Where a step is. */
export type StepPhase =
  | 'waiting'
  | 'starting'
  | 'running'
  | 'copying'
  | 'ending'
  | 'proving'
  | 'deciding'
  | 'done'
  | 'skipped'
  | 'failed';

/** One step of an operation. Plain data: it travels through continue-as-new. */
export interface Step {
  readonly id: string;
  readonly title: string;
  readonly kind: StepKind;
  /** The object it works on, e.g. `qemu/101`. */
  readonly target: string;
  /** Of a step on a guest. */
  readonly vmid?: number;
  readonly phase: StepPhase;
  /** ISO time of the first start. */
  readonly openedAt?: string;
  readonly endedAt?: string;
  /** The Proxmox task under way. */
  readonly upid?: string;
  /** The task under way was seen to have ended: only then it is judged, and never adopted again. */
  readonly taskEnded?: boolean;
  /**
   * Of a request of a runbook, once it was looked at: whether its task can be found again after a lost answer, and
   * whether it may be sent again where there is none.
   */
  readonly outlook?: 'once' | 'adopt' | 'adoptOrRepeat';
  /** Proxmox was asked to stop the task under way. */
  readonly abortAsked?: boolean;
  /** Of a migration: that could not be asked, or was refused. */
  readonly abortRefused?: boolean;
  /** Tasks of this step that were judged: never adopted again. */
  readonly settledTasks: readonly string[];
  /** Not an error: what the report says beside the result (e.g. a task that ended badly after the guest had moved). */
  readonly warnings: readonly string[];
  /** Why it failed, was skipped, or asks. */
  readonly problem?: Problem;
}
