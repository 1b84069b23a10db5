import type { AccessProfile, AclEntry, CollectedTrust, ProxmoxMajor } from './access';
import type { OperationTimes } from './evacuationPlan';

/** The operations on access; only one of them runs at a time for a cluster. */
export type AccessOperation = 'bootstrapAccess' | 'rotateToken' | 'undoAccess';

/** What one step does to the cluster, or to the store of the token. Each has one goal that can be looked at. */
export type AccessAction =
  | SetRole
  /** The user exists, is enabled and does not expire. A new one gets the comment. */
  | { readonly kind: 'setUser'; readonly user: string; readonly comment: string }
  /** The pool exists. A new one gets the comment. */
  | { readonly kind: 'setPool'; readonly pool: string; readonly comment: string }
  | { readonly kind: 'setAcl'; readonly entry: AclEntry }
  /** A token whose secret is in the store and works on every node. */
  | IssueToken
  /** No task of the token is running any more. */
  | { readonly kind: 'awaitTasks'; readonly tokenId: string }
  | RemoveToken
  | { readonly kind: 'removeAcl'; readonly entry: AclEntry }
  /** The role is gone; refused if it has other privileges, or if an entry of somebody else uses it. */
  | { readonly kind: 'removeRole'; readonly role: string; readonly privileges: readonly string[] }
  /** Refused if the pool is not marked as ours any more, or has members. */
  | { readonly kind: 'removePool'; readonly pool: string }
  /** Refused if the user is not marked as ours any more, or has a token. */
  | { readonly kind: 'removeUser'; readonly user: string }
  /**
   * The store has no token of this ID any more, neither as the one in use nor as the one before, and nothing
   * unreadable at the place of a new one.
   */
  | { readonly kind: 'forgetToken'; readonly tokenId: string };

/** The steps that are one command on a node. */
export type AccessCommand = Exclude<
  AccessAction,
  { readonly kind: 'issueToken' | 'awaitTasks' | 'forgetToken' }
>;

/** The role exists and has exactly these privileges. */
export interface SetRole {
  readonly kind: 'setRole';
  readonly role: string;
  readonly privileges: readonly string[];
  /** What the plan saw of a role that it changes; absent: there was none, and one that came since is refused. */
  readonly replaces?: readonly string[];
}

/** The token is gone; refused if another one has its name now. */
export interface RemoveToken {
  readonly kind: 'removeToken';
  readonly tokenId: string;
  /** The comment that the plan saw on a token without our mark; absent: only one with our mark is removed. */
  readonly comment?: string;
}

/** See AccessAction. A token of this name that is there already is removed only if we made it, or as `replaces` says. */
export interface IssueToken {
  readonly kind: 'issueToken';
  readonly tokenId: string;
  readonly comment: string;
  readonly privilegeSeparation: boolean;
  /** Entries of the token itself; needed with privilege separation only. */
  readonly acl: readonly AclEntry[];
  /** The token in the store is kept beside the new one, because only it may abort the tasks that it started. */
  readonly keepPrevious: boolean;
  /** What the plan saw of a token that it replaces; absent: there was none of this name. */
  readonly replaces?: { readonly comment: string };
}

/** One step of a plan. */
export interface PlannedAccessStep {
  readonly id: string;
  readonly title: string;
  readonly action: AccessAction;
}

/** One thing that the plan is about: what is there, what becomes of it. */
export interface AccessItem {
  /** e.g. `role ClaudeCodeManager`. */
  readonly what: string;
  readonly state:
    | 'create'
    | 'keep'
    | 'change'
    | 'replace'
    | 'remove'
    /** There, and not touched. */
    | 'leave'
    /** Not there, and not made: another profile would. */
    | 'omit';
  /** What differs, why, or why it is left; one line each. */
  readonly details: readonly string[];
}

/** The plan of an operation on access. */
export interface AccessPlan {
  readonly operation: AccessOperation;
  /** sha256 (hex) over the canonical JSON of what would be done. */
  readonly hash: string;
  readonly cluster: string;
  /** ISO time. */
  readonly madeAt: string;
  /** The node whose SSH server is used. */
  readonly node: string;
  readonly major: ProxmoxMajor;
  readonly profile: AccessProfile;
  /** Where the token is kept, e.g. `pass entry annarchy.net/pve/api-token`. */
  readonly store: string;
  readonly items: readonly AccessItem[];
  readonly steps: readonly PlannedAccessStep[];
  readonly trust: CollectedTrust;
  readonly times: OperationTimes;
  readonly warnings: readonly string[];
}
