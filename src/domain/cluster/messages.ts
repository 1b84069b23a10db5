import type { OperationOutcome } from '../operationReport';
import type { ClusterMember, ClusterRecord, TalosRecord } from './member';
import type { ClusterReport } from './report';
import type { ClusterAction, ClusterRequest } from './request';
import type { MemberChange } from './step';

/** What an action's update takes: the workflow itself says profile and action. */
export type ActionMessage = Partial<ClusterRequest>;

/** What an action's update answers: the operation that was started. */
export interface ActionStarted {
  readonly workflowId: string;
  readonly firstExecutionRunId: string;
}

/** Changes the time at which a cluster is set aside: exactly one of the three. */
export interface ExtendMessage {
  readonly by: string;
  /** From now on. */
  readonly timeToLiveMs?: number;
  /** ISO time. */
  readonly until?: string;
  readonly never?: true;
}

/** Who says something to the entity: what a former operation, or one of a former cluster, still says is ignored. */
interface OfOperation {
  /** First run of the operation's chain. */
  readonly run: string;
  readonly instance: string;
}

/** An operation has begun or proven something about one machine: kept at once, so that nothing is lost with the operation. */
export interface MemberChangedMessage extends OfOperation, MemberChange {
  /** The time to live that the operation gives to a new cluster, from its end on; absent: none. */
  readonly timeToLiveMs?: number;
}

/** An operation has made the secrets of a Talos cluster, or is about to bootstrap etcd, or has: kept before it goes on. */
export interface TalosChangedMessage extends OfOperation {
  readonly talos: TalosRecord;
}

/** An operation has ended: what the cluster is now. */
export interface OperationEndedMessage
  extends
    OfOperation,
    Pick<ClusterReport, 'outcome' | 'summary' | 'endsAt' | 'asideUntil' | 'talos' | 'toReplace'> {
  readonly members: readonly ClusterMember[];
}

/** The operation of a cluster that is under way. */
export interface OperationUnderWay {
  readonly action: ClusterAction;
  readonly workflowId: string;
  /** First run of its chain; absent: it is being started. */
  readonly run?: string;
  /** ISO time. */
  readonly since: string;
  readonly requestedBy?: string;
  /** The entity has started it: a time was over. */
  readonly isByItself?: true;
  /** destroy: how long what is set aside can be brought back, as it was asked for. */
  readonly graceMs?: number;
  /** The time to live that it gives to a new cluster, as it has told. */
  readonly timeToLiveMs?: number;
  /** The time to live was changed since: what the operation says of it does not count. */
  readonly isExtended?: true;
}

/** How the last operation of a cluster ended. */
export interface LastOperation {
  readonly action: ClusterAction;
  /** Absent: it ended without a report. */
  readonly outcome?: OperationOutcome;
  readonly summary: string;
  /** ISO time. */
  readonly endedAt: string;
}

/** The answer of the query `cluster`. */
export interface ClusterView {
  readonly cluster: string;
  readonly profile: string;
  /** Absent: nothing was ever made, or adopted. */
  readonly record?: ClusterRecord;
  readonly operation?: OperationUnderWay;
  readonly last?: LastOperation;
  /** What a person should know: reminders, a lost operation. */
  readonly notice?: string;
}
