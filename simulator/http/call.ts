import { hasPrivilege } from '../access/evaluate';
import type { Identity } from '../access/state';
import type { NodeState } from '../cluster/nodes';
import { isQuorate } from '../cluster/quorum';
import { privilegeContext, type ClusterState } from '../cluster/state';
import type { TaskWorker } from '../tasks/worker';
import { ApiError, fail, permissionDenied } from './errors';
import type { Parameters } from './parameters';

/** A task that a call starts: on the call's node, for the caller. */
export interface CallTask {
  readonly type: string;
  readonly id: string;
  readonly interruptText?: string;
  run(worker: TaskWorker): Promise<void>;
}

/** One request that passed login, permissions of its schema, and parameter checks. */
export class ApiCall {
  constructor(
    readonly cluster: ClusterState,
    /** The node whose server got the request. */
    readonly contactedNode: NodeState,
    /** The node that executes it: the one in the path, else the contacted one. */
    readonly node: NodeState,
    readonly parameters: Parameters,
    readonly identity: Identity,
    /** `METHOD /path/{template}`, a key of the schema. */
    readonly endpoint: string,
    /** Takes the lines that a command prints; a call over HTTP has no console. */
    readonly print: (line: string) => void = () => undefined,
  ) {}

  /** True if the caller has any (with `all`: each) of the privileges on the path. */
  may(path: string, privileges: readonly string[], all = false): boolean {
    return hasPrivilege(privilegeContext(this.cluster), this.identity, path, privileges, all);
  }

  /** Ends the call with 403 `(<path>, <A>|<B>)` unless the caller has one of the privileges. */
  requirePrivilege(path: string, privileges: readonly string[]): void {
    if (!this.may(path, privileges)) permissionDenied(`${path}, ${privileges.join('|')}`);
  }

  /** Ends the call with 500 "cluster not ready - no quorum?" if the node has no quorum. */
  requireQuorum(): void {
    if (!isQuorate(this.cluster, this.node)) fail('cluster not ready - no quorum?');
  }

  /** Ends the call with 400 on the parameter unless the caller is root@pam by ticket. */
  requireRootFor(parameter: string): void {
    if (this.parameters.has(parameter) && !this.identity.isRoot) {
      throw new ApiError(400, 'Parameter verification failed.', {
        [parameter]: 'Only root may use this option.',
      });
    }
  }

  /** Waits for simulated seconds. */
  sleep(seconds: number): Promise<void> {
    return this.cluster.clock.sleep(seconds);
  }

  /** Starts a task on the executing node for the caller; returns its UPID. */
  startTask(task: CallTask): string {
    const { node, identity } = this;
    return this.cluster.tasks.start({ ...task, node: node.name, authId: identity.authId }).upid;
  }
}

/** Answers a call: the value of `data`, a ResultWithMembers, or a RawResult. */
export type Handler = (call: ApiCall) => unknown;

/** `METHOD /path/{template}` (a key of the schema) -> handler. */
export type EndpointTable = Readonly<Record<string, Handler>>;
