import { connect } from 'node:net';
import type { Client } from '@temporalio/client';
import { ManagerError } from '../../domain/errors';
import { connectionSettings } from '../../temporal/connection';
import { problemOfError } from '../failures';
import { keywordOf } from '../operations/searchAttributes';
import type { Session } from '../session';

/** The cluster's operations that have not ended, or why they are not known. */
export type OpenOperations =
  | { readonly known: true; readonly operations: readonly OpenOperation[] }
  | { readonly known: false; readonly why: string };

/** One operation that has not ended. */
export interface OpenOperation {
  readonly workflowId: string;
  readonly phase: string;
  /** Empty: nothing. */
  readonly waitingFor: string;
  /** ISO time. */
  readonly startedAt: string;
}

const shownAtMost = 20;
/** Nobody waits for a server that is not there: a whole connection would be tried for 5 s. */
const probeMs = 1_000;
const listWithinMs = 5_000;

/** Asks Temporal, if it answers. Never fails for a server that is away: then it says so. */
export async function readOpenOperations(session: Session): Promise<OpenOperations> {
  try {
    const { address, source } = await connectionSettings();
    if (!(await listens(address))) {
      return { known: false, why: `nothing answers at ${address} (from ${source}). pxm up starts a server` };
    }
    return {
      known: true,
      operations: await listOpenOperations(await session.client(), session.config().cluster.name),
    };
  } catch (error) {
    if (session.interrupted.aborted) throw error;
    return {
      known: false,
      why: error instanceof ManagerError ? error.message : problemOfError(error).failed,
    };
  }
}

/** At most 20 of them. Throws gRPC's errors. */
export async function listOpenOperations(client: Client, cluster: string): Promise<OpenOperation[]> {
  const query = `ExecutionStatus = 'Running' AND PveCluster = '${cluster}'`;
  return client.withDeadline(Date.now() + listWithinMs, async () => {
    const operations: OpenOperation[] = [];
    for await (const execution of client.workflow.list({ query })) {
      const waitingFor = keywordOf(execution, 'PveWaitingFor') ?? '';
      operations.push({
        workflowId: execution.workflowId,
        phase: keywordOf(execution, 'PvePhase') ?? '',
        waitingFor: waitingFor === 'nothing' ? '' : waitingFor,
        startedAt: execution.startTime.toISOString(),
      });
      if (operations.length >= shownAtMost) break;
    }
    return operations;
  });
}

/** Whether something accepts connections there. An address in another form is not judged. */
export async function listens(address: string): Promise<boolean> {
  const [, host, port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(address) ?? [];
  if (host === undefined) return true;
  const socket = connect({ host, port: Number(port) });
  try {
    return await new Promise((resolve) => {
      socket.setTimeout(probeMs, () => resolve(false));
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
