import type { ClusterView, LastOperation, OperationUnderWay } from '../../../domain/cluster/messages';
import type { ClusterMember, ClusterRecord } from '../../../domain/cluster/member';
import type { ToReplace } from '../../../domain/cluster/report';

/** What `vmCluster` is started with. */
export interface ClusterEntityRequest {
  readonly profile: string;
  /** Our name of the Proxmox cluster, as a check that the right worker answers. */
  readonly cluster?: string;
  /** Continue as new at this many history events instead of when the server suggests it (tests). */
  readonly historyEventLimit?: number;
}

/** Everything that the entity remembers, as plain data: it is what continue-as-new carries. */
export interface EntityState {
  record?: ClusterRecord;
  operation?: OperationUnderWay;
  last?: LastOperation;
  notice?: string;
  /** ISO time before which nothing is started by itself: a person did not want it, it was of no avail, or could not be started. */
  notBefore?: string;
  /** What the operation before has left to be replaced: begun by itself, unless somebody begins something else first. */
  replacement?: Replacement;
}

/** Machines of which a replacement is to be planned. */
export interface Replacement extends ToReplace {
  /** ISO time: it could not be begun, and is not tried before. */
  readonly notBefore?: string;
}

/** The members of a cluster. */
export function membersOf({ record }: Pick<EntityState, 'record'>): readonly ClusterMember[] {
  return record?.members ?? [];
}

/** Members that are set aside. */
export function asideOf(state: Pick<EntityState, 'record'>): readonly ClusterMember[] {
  return membersOf(state).filter((member) => member.state === 'aside');
}

/** Whether there is nothing to keep: no member, and no operation that could make one, nor any that is to come. */
export function isEmpty(state: EntityState): boolean {
  const { operation, replacement } = state;
  return membersOf(state).length === 0 && operation === undefined && replacement === undefined;
}

/** The answer of the query. */
export function viewOf(
  { record, operation, last, notice }: EntityState,
  { cluster, profile }: { readonly cluster: string; readonly profile: string },
): ClusterView {
  return {
    ...{ cluster, profile },
    ...(record === undefined ? {} : { record }),
    ...(operation === undefined ? {} : { operation }),
    ...(last === undefined ? {} : { last }),
    ...(notice === undefined ? {} : { notice }),
  };
}
