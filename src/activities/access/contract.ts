import type { AccessRequest } from '../../domain/access';
import type {
  AccessAction,
  AccessCommand,
  AccessOperation,
  AccessPlan,
  IssueToken,
} from '../../domain/accessPlan';

/** What a plan on access starts from. */
export interface AccessPlanArguments {
  readonly operation: AccessOperation;
  readonly request: AccessRequest;
  /** The plan that this one replaces, for the difference in words. */
  readonly previous?: AccessPlan;
}

/** A plan that was made, and what differs from the one before it (in words; empty for the first). */
export interface AccessPlanMade {
  readonly plan: AccessPlan;
  readonly changes: readonly string[];
}

/** One step of an approved plan. */
export interface AccessStepArguments<Action extends AccessAction> {
  readonly plan: Pick<AccessPlan, 'node' | 'trust'>;
  readonly action: Action;
}

/** What became of a step. Never holds a secret. */
export interface AccessStepResult {
  /** `kept`: the goal was reached already. */
  readonly outcome: 'changed' | 'kept';
  /** Said in the report, e.g. a node on which the token could not be tried. */
  readonly warnings: readonly string[];
}

/** The activities of the operations on access, as their workflows see them. */
export interface AccessActivities {
  /** Reads the cluster over SSH and the store, and plans. Changes nothing. */
  planAccess(input: AccessPlanArguments): Promise<AccessPlanMade>;
  /**
   * Reaches the goal of one step on the cluster over SSH: looks first, acts once, looks again. Every command names its
   * object and its whole wanted state, so a late duplicate writes the same again, or finds nothing to remove.
   */
  applyAccess(input: AccessStepArguments<AccessCommand>): Promise<AccessStepResult>;
  /**
   * The whole way of a secret, in one activity: token made -> secret in memory -> stored beside the one in use -> read
   * back -> tried on every node -> put into use. Another attempt begins with a new value, unless the token in use is
   * this one already and works. A late duplicate: it asks whether it is still the only attempt before each change,
   * and the value that it holds is refused as soon as the next attempt has made its own.
   */
  issueToken(input: AccessStepArguments<IssueToken>): Promise<AccessStepResult>;
  /** Returns once no task of the token runs on any node that is online. */
  awaitTokenTasks(input: { readonly node: string; readonly tokenId: string }): Promise<void>;
  /** Drops every stored copy of a token. Repeating it is harmless. */
  forgetToken(input: { readonly tokenId: string }): Promise<AccessStepResult>;
}
