import type { WorkflowType } from '../../domain/names';
import type { Approval } from '../../domain/approval';
import type { Decision } from '../../domain/decision';
import type { OperationTimes } from '../../domain/evacuationPlan';
import type { OperatorAction } from '../../domain/messages';
import type { OperationPhase, PlanBefore } from '../../domain/progress';
import type { Step } from '../../domain/step';
import { emptyLanes, type LaneState } from '../../planning/rules/lanes';

/** What every operation's plan has. */
export interface OperationPlan {
  readonly operation: WorkflowType;
  readonly cluster: string;
  /** sha256 (hex) of what would be done. */
  readonly hash: string;
  readonly times: OperationTimes;
}

/** A step whose fields change as it runs. */
export type OpenStep = { -readonly [Field in keyof Step]: Step[Field] };

/** What is known of a call that was refused for its credentials and has not been let through since. */
export interface CredentialRefusals {
  /** What was attempted, in words: tells the call from others. */
  readonly attempted: string;
  /** How often in a row it was made again by itself because the credentials seemed to work. */
  readonly automaticAnswers: number;
  /** The question about it that is left to a person. */
  readonly decisionId?: string;
}

/** A plan that was shown and then replaced: so that its hash is refused with what changed. */
interface ReplacedPlan {
  readonly hash: string;
  readonly changes: readonly string[];
}

/**
 * Everything an operation remembers, as plain data: it is what continue-as-new carries. `Plan` is the plan's
 * type, `Result` what the operation keeps of each finished step.
 */
export interface OperationState<Plan extends OperationPlan, Result> {
  readonly startedAt: string;
  phase: OperationPhase;
  plan?: Plan;
  /** ISO time at which the current plan was shown; its expiry counts from here. */
  planShownAt?: string;
  planChanges: readonly string[];
  /** The plan that the current one took the place of; what differs are the `planChanges`. */
  planBefore?: Omit<PlanBefore, 'changes'>;
  readonly replacedPlans: ReplacedPlan[];
  /** An approval that came before the plan: counts only if the plan has its hash. */
  earlyApprovals: Approval[];
  approval?: Approval;
  rejected: boolean;
  /** The approved plan was checked and its steps may run. */
  checked: boolean;
  /** The approved plan was checked and none of its steps has begun: what was done for the plans before it wants done again. */
  planIsNew: boolean;
  /** A new plan is wanted for what is left. */
  replanWanted: boolean;
  /** Why a new plan is wanted, in words. */
  replanBecause?: string;
  /** The same, with what was found apart; absent where nothing was. */
  replanFound?: Pick<PlanBefore, 'because' | 'reasons'>;
  paused: boolean;
  cancel?: {
    readonly running: 'finish' | 'abort';
    readonly by: string;
    /** Whoever cancelled does not want credentials waited for, not even to follow what runs. */
    readonly credentialsGivenUp?: true;
  };
  readonly actions: OperatorAction[];
  readonly decisions: Decision[];
  readonly steps: OpenStep[];
  readonly results: Record<string, Result>;
  credentialRefusals: readonly CredentialRefusals[];
  lanes: LaneState;
  /** By VMID: tasks from before the first step. No step adopts them. */
  knownTasks: Readonly<Record<string, readonly string[]>>;
  /** Said once to whoever looks, e.g. that a message was ignored and why. */
  notice?: string;
}

/** The state of an operation that has just begun. */
export function newState<Plan extends OperationPlan, Result>(
  startedAt: string,
): OperationState<Plan, Result> {
  return {
    startedAt,
    phase: 'planning',
    planChanges: [],
    replacedPlans: [],
    earlyApprovals: [],
    rejected: false,
    checked: false,
    planIsNew: false,
    replanWanted: false,
    paused: false,
    actions: [],
    decisions: [],
    steps: [],
    results: {},
    credentialRefusals: [],
    lanes: emptyLanes(),
    knownTasks: {},
  };
}

const notUnderWay: ReadonlySet<Step['phase']> = new Set(['waiting', 'done', 'skipped', 'failed']);

/** Whether a step was started and is not over. */
export function isUnderWay(step: Pick<Step, 'phase'>): boolean {
  return !notUnderWay.has(step.phase);
}

/** Whether any step was started and is not over. */
export function stepsUnderWay(state: { readonly steps: readonly Pick<Step, 'phase'>[] }): boolean {
  return state.steps.some(isUnderWay);
}

/** Decisions nobody has answered yet. */
export function openDecisions(state: { readonly decisions: readonly Decision[] }): readonly Decision[] {
  return state.decisions.filter((decision) => decision.answer === undefined);
}

/** Whether nothing new may start: paused, cancelled, a new plan is wanted, or a decision is open. */
export function holdsBack(state: OperationState<OperationPlan, unknown>): boolean {
  return state.paused || state.cancel !== undefined || state.replanWanted || openDecisions(state).length > 0;
}
