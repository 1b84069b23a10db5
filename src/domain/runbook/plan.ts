import type { StepKind } from '../step';
import type { Expectation } from './expectation';
import type { Expression } from './expression';
import type { Text } from './text';

/** Who does a step: the label behind its title. */
export type Executor = 'API' | 'SSH' | 'local' | 'human' | 'runbook';

/** What a built-in does: docs/runbooks.md, "Built-ins". */
export type BuiltinName =
  'allocate_vmid' | 'pick_node' | 'wait_task' | 'wait_agent' | 'report_table' | 'stop';

/** A name with a value. */
export interface Argument {
  readonly name: string;
  readonly value: Text;
}

/** What one step does. Everything in it is what is approved; secrets are references. */
export type StepAction =
  | {
      readonly type: 'request';
      readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
      /** Path below /api2/json, or a whole https:// address of somebody else. */
      readonly path: Text;
      readonly headers: readonly Argument[];
      /** Query of a GET or DELETE, else the form. */
      readonly parameters: readonly Argument[];
      /** The answer is a UPID, whose task has to end well. */
      readonly waitForTask: boolean;
    }
  /** A script for `bash -c`. Values stand in its first lines, quoted; the rest is the runbook's own text. */
  | { readonly type: 'script'; readonly script: Text; readonly stdin?: Text }
  /** A program with arguments, without a shell. */
  | { readonly type: 'program'; readonly words: readonly Text[]; readonly stdin?: Text }
  | { readonly type: 'file'; readonly path: Text; readonly content: Text; readonly mode: string }
  | { readonly type: 'builtin'; readonly name: BuiltinName; readonly arguments: readonly Argument[] }
  | { readonly type: 'runbook'; readonly name: string; readonly arguments: readonly Argument[] }
  /** A question to a person: done, or stop. */
  | { readonly type: 'gate' };

/** Where a step runs. */
export type StepPlace =
  /** The API of any node, or nobody's: requests, built-ins, gates, runbooks. */
  | { readonly at: 'cluster' }
  /** The worker's machine. */
  | { readonly at: 'worker' }
  | { readonly at: 'node'; readonly node: Text }
  /** Each node of the cluster, one after the other. */
  | { readonly at: 'everyNode' };

/** What is kept of a step's answer. */
export interface Capture {
  readonly name: string;
  /** Keys and indices into the answer's JSON; empty: all of it. */
  readonly path: readonly string[];
}

/** A step that is done for each item of a list. */
export interface Loop {
  /** Items that are known, or the name of a capture that holds a list (JSON, or one a line). */
  readonly items: readonly string[] | { readonly value: string };
  /** The name that the item has in the step. */
  readonly as: string;
  /** How many at once. */
  readonly parallel: number;
  readonly onError: 'stop' | 'continue';
}

/** A step that is repeated until its expectations are met. Only readings are. */
export interface Poll {
  readonly everyMs: number;
  readonly onTimeout: 'fail' | 'continue' | 'ask';
}

/** One step, ready to be shown, approved and done. */
export interface RenderedStep {
  /** Unique in the plan. */
  readonly id: string;
  readonly title: string;
  /** The sub-heading that it stands under. */
  readonly group?: string;
  /** Line of the file. */
  readonly line: number;
  readonly kind: StepKind;
  readonly executor: Executor;
  readonly place: StepPlace;
  readonly action: StepAction;
  /** What is done, as a person reads it; secrets masked, values of the run as `{{name}}`. */
  readonly shown: string;
  /** The runbook's own words on the step. */
  readonly instructions: string;
  /** All have to be met. A command also has to exit with 0 unless another exit is expected. */
  readonly expectations: readonly Expectation[];
  readonly captures: readonly Capture[];
  /** Skipped unless it holds. Parameters are put in; absent where they decide that it holds. */
  readonly when?: Expression;
  /** Skipped if it holds. */
  readonly unless?: Expression;
  readonly forEach?: Loop;
  readonly poll?: Poll;
  /** Absent: no limit, of gates and called runbooks. */
  readonly timeoutMs?: number;
  /** Needs an approval of its own, unless the plan's approval named it. */
  readonly destructive: boolean;
  /** Present: not a step of the sequence, but run at the end. */
  readonly cleanup?: 'always' | 'onFailure';
}

/** A parameter with the value it has in a plan. */
export interface PlannedParameter {
  readonly name: string;
  readonly value: string;
  readonly from: 'given' | 'default' | 'configuration';
}

/** A runbook with its parameters filled in. Plain data without secrets: it goes into histories. */
export interface RenderedRunbook {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Of the file's bytes (hex): another one at the time of the run is drift. */
  readonly sha256: string;
  readonly parameters: readonly PlannedParameter[];
  /** In the order of the file; those with `cleanup` come after all others. */
  readonly steps: readonly RenderedStep[];
  /** Names of the secrets that steps ask for. */
  readonly secrets: readonly string[];
  /** Programs that the worker's machine must have. */
  readonly localTools: readonly string[];
  readonly testedWith: readonly string[];
  readonly warnings: readonly string[];
}
