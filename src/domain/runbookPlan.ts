import type { OperationTimes } from './evacuationPlan';
import type { RenderedRunbook } from './runbook/plan';
import type { RunValues } from './runbook/values';

/** What running a runbook is started with: one JSON object. */
export interface RunbookRequest {
  /** Its name: that of its file without `.md`. */
  readonly runbook: string;
  /** Our name of the cluster, as a check that the right worker answers. */
  readonly cluster?: string;
  /** By name, as texts: each parameter reads its own. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Where SSH steps run that name no node. */
  readonly node?: string;
  /** Begin at this step, after a run that was ended in the middle. */
  readonly fromStep?: string;
  /** What steps before that one had captured. */
  readonly captures?: RunValues;
  /** End after the plan. */
  readonly dryRun?: boolean;
  /** Who asks, as a claim. */
  readonly requestedBy?: string;
  /** Continue as new at this many events (at least 40). For tests. */
  readonly historyEventLimit?: number;
}

/** A file that the plan was made from: another content is drift. */
export interface RunbookFile {
  readonly name: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** The plan of a run: every step as it will be done, without any secret. */
export interface RunbookPlan {
  readonly operation: 'runRunbook';
  /** sha256 (hex) over the canonical JSON of what would be done. */
  readonly hash: string;
  readonly cluster: string;
  /** ISO time. */
  readonly madeAt: string;
  /** With the steps of the runbooks that it calls in the places of the calls. */
  readonly runbook: RenderedRunbook;
  /** The runbook's own file first, then those that it calls. */
  readonly files: readonly RunbookFile[];
  /** The nodes of the cluster: where a step for every node runs. */
  readonly nodes: readonly string[];
  /** The steps before this one are not done. */
  readonly fromStep?: string;
  /** What is known from a run before. */
  readonly captures: RunValues;
  /** Ids of destructive steps that show everything they touch: approving the plan approves them. */
  readonly destroys: readonly string[];
  /** Ids of destructive steps whose object is known only when they begin: each asks then, with its values. */
  readonly asksBefore: readonly string[];
  readonly times: OperationTimes;
  /** What differs from the plan that this one replaces, in words: whoever sees it first now has not seen that one. */
  readonly changes?: readonly string[];
  readonly warnings: readonly string[];
}
