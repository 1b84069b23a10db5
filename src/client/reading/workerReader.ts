import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ActivityFailure } from '@temporalio/common';
import { isYetToBeMade } from '../../activities/access/bootstrapHelps';
import { unpackReading } from '../../activities/reading/pack';
import type { CredentialSettings } from '../../config/clusterConfig';
import { ManagerError, problem, type Problem } from '../../domain/errors';
import { readingWorkflowId, taskQueueOf, workflowTypes } from '../../domain/names';
import type { PackedReading, Readings, ReadRequest, View } from '../../domain/readRequest';
import { Interrupted, problemOfFailure } from '../failures';
import { workerPatienceMs } from '../operations/read';
import type { Session } from '../session';
import type { Reader } from './reader';
import { checkReading } from './shapes';

/** What the workflow itself promises to need at most, with its two tries. */
const endsWithin = '2 minutes';

/** Reads through a worker that holds the credentials; `notHere` says why this process does not. */
export function createWorkerReader(session: Session, notHere: Problem): Reader {
  return {
    via: 'worker',
    async read(request) {
      try {
        return await readThroughWorker(session, request);
      } catch (error) {
        throw withoutEither(error, notHere, session.config().credentials);
      }
    },
    close: () => Promise.resolve(),
  };
}

async function readThroughWorker<V extends View>(
  session: Session,
  request: ReadRequest<V>,
): Promise<Readings[V]> {
  const cluster = session.config().cluster.name;
  const client = await session.client();
  const handle = await client.workflow.start<Workflow>(workflowTypes.readCluster, {
    taskQueue: taskQueueOf(cluster),
    workflowId: readingWorkflowId(cluster, randomUUID()),
    args: [request],
    workflowExecutionTimeout: endsWithin,
    staticSummary: `Reads ${request.view} of the cluster ${cluster} for pxm`,
  });
  const packed = await resultOf(session, client, handle, `read ${request.view} of ${cluster}`);
  return checkReading(request.view, await unpackReading(packed));
}

type Workflow = (request: ReadRequest) => Promise<PackedReading>;

/** Waits for the result; ends the workflow if no worker takes it, or the person does not want it any more. */
async function resultOf(
  { interrupted }: Session,
  client: Client,
  handle: WorkflowHandle<Workflow>,
  attempted: string,
): Promise<PackedReading> {
  const result = handle.result().catch((error: unknown) => {
    throw failureOf(error, attempted);
  });
  const over = new AbortController();
  try {
    return await Promise.race([
      result,
      interruption(interrupted, over.signal),
      noWorker(client, handle, over.signal),
    ]);
  } catch (error) {
    // A failure of its own has ended it already; whether this reaches the server does not matter then.
    await handle.terminate('nobody waits for it any more').catch(() => undefined);
    throw error;
  } finally {
    over.abort();
  }
}

/** Rejects on Ctrl-C. */
function interruption(interrupted: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const interrupt = () => reject(new Interrupted());
    if (interrupted.aborted) interrupt();
    else interrupted.addEventListener('abort', interrupt, { once: true, signal: over });
  });
}

/** Rejects with NoWorker if nobody has begun with the workflow after 5 s; never resolves. */
async function noWorker(client: Client, handle: WorkflowHandle<Workflow>, over: AbortSignal): Promise<never> {
  try {
    await delay(workerPatienceMs, undefined, { signal: over });
  } catch {
    return new Promise(() => undefined);
  }
  const { historyLength } = await client.workflow.getHandle(handle.workflowId).describe();
  // Started, and its first task scheduled: nobody has taken that.
  if (historyLength > 2) return new Promise(() => undefined);
  throw new ManagerError(
    problem('NoWorker', {
      attempted: `ask a worker by ${handle.workflowId}`,
      failed: 'no worker took it within 5 s',
    }),
  );
}

function failureOf(error: unknown, attempted: string): unknown {
  if (!(error instanceof WorkflowFailedError)) return error;
  const cause = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause;
  return new ManagerError(problemOfFailure(cause, attempted), { cause: error });
}

/** Neither this process nor a worker can read: both reasons belong to the answer. */
function withoutEither(error: unknown, notHere: Problem, settings: CredentialSettings): unknown {
  if (!(error instanceof ManagerError)) return error;
  if (error.code !== 'TemporalUnreachable' && error.code !== 'NoWorker') return error;
  return new ManagerError(
    problem(error.code, {
      attempted: error.problem.attempted,
      failed: `${error.problem.failed}. This process could not read the cluster itself: ${notHere.attempted}: ${notHere.failed}`,
      remedy: `${error.problem.remedy}\n${mendedBy(notHere, settings)}`,
    }),
    { cause: error },
  );
}

function mendedBy(notHere: Problem, settings: CredentialSettings): string {
  if (!isYetToBeMade(notHere, settings)) return `Or run pxm where the credentials are: ${notHere.remedy}`;
  return 'Then, if nobody has made an API token yet: pxm bootstrap\nIf there is one elsewhere, run pxm there.';
}
