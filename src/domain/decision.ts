import type { Problem } from './errors';

/** What a person can choose. */
export type DecisionChoice =
  | 'retry'
  | 'replan'
  | 'skip'
  | 'abort'
  /** Of a machine of a cluster: go on without it, and plan a replacement of it once the operation has ended. */
  | 'replace'
  | 'wait'
  | 'abortMigration'
  /** Of a runbook: a person has done what a step asks for. */
  | 'done'
  /** Of a runbook: do the destructive step that was shown. */
  | 'run'
  /** Of a runbook: end it here and run its clean-up steps. */
  | 'cleanup';

/** What the choice `replace` does, for people. */
export const whatReplaceDoes =
  'goes on without it; then a plan to replace it is made, which waits for an approval';

/** Why a decision is open. */
export type DecisionKind =
  | 'stepFailed'
  | 'stalled'
  | 'credentials'
  | 'inspectionFailed'
  /** A step of a runbook is a person's. */
  | 'gate'
  /** A destructive step of a runbook is about to begin. */
  | 'destructive';

/** The answer to a decision. `by` is a claim of the sender. */
export interface DecisionAnswer {
  readonly choice: DecisionChoice;
  readonly by: string;
  readonly comment?: string;
  /** ISO time. */
  readonly at: string;
}

/** A question to a person: it stays open as long as it takes. */
export interface Decision {
  /** `d1`, `d2`, ... within one operation. */
  readonly id: string;
  readonly kind: DecisionKind;
  /** The step that asks, if it is one. */
  readonly stepId?: string;
  readonly vmid?: number;
  /** e.g. `Move VM 101 (web-1) to pve02 failed`. */
  readonly title: string;
  readonly problem: Problem;
  /** What the cluster shows now, in words. */
  readonly seen: string;
  readonly choices: readonly DecisionChoice[];
  /** ISO time. */
  readonly openedAt: string;
  readonly answer?: DecisionAnswer;
}
