import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { ManagerError, problem } from '../../domain/errors';
import type { LeaseHolder } from '../../domain/lease';
import { queryNames } from '../../domain/names';
import type { OperationProgress } from '../../domain/progress';
import { toFinalFailure } from '../shared/failures';

/** Who waits for its turn is asked so often whether it still wants it. */
const lookEveryMs = 1_000;

/** Whether operations are being ended. */
export interface EndingHolders {
  /** Whether somebody ends it now, as it was seen at most a second ago. */
  isEnding(holder: LeaseHolder): Promise<boolean>;
}

/** Looks at the operations of a worker. All machines of one that wait share the last look at it. */
export function watchEndingHolders(client: Client): EndingHolders {
  /** By the operation's first run. */
  const looks = new Map<string, { readonly atMs: number; readonly isEnding: Promise<boolean> }>();
  return {
    isEnding(holder) {
      const nowMs = performance.now();
      for (const [run, { atMs }] of looks) if (nowMs - atMs >= lookEveryMs) looks.delete(run);
      const look = looks.get(holder.firstExecutionRunId) ?? { atMs: nowMs, isEnding: lookAt(client, holder) };
      looks.set(holder.firstExecutionRunId, look);
      return look.isEnding;
    },
  };
}

/** Nobody may answer just now: then it is asked again. */
async function lookAt(client: Client, { workflowId, firstExecutionRunId }: LeaseHolder): Promise<boolean> {
  try {
    const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId });
    return (await handle.query<OperationProgress>(queryNames.progress)).ending !== undefined;
  } catch {
    return false;
  }
}

/**
 * Waits for what was asked of the ledger for an operation, but no longer than the operation goes on: fails with
 * Interrupted, which is not tried again, as soon as somebody ends it. `withdraw` then takes back what was asked.
 */
export async function whileItGoesOn<T>(
  holders: EndingHolders,
  { workflowId, firstExecutionRunId }: LeaseHolder,
  asked: Promise<T>,
  withdraw: () => Promise<void>,
): Promise<T> {
  const over = new AbortController();

  async function ending(): Promise<undefined> {
    do await delay(lookEveryMs, undefined, { signal: over.signal });
    while (!(await holders.isEnding({ workflowId, firstExecutionRunId })));
  }

  try {
    const answer = await Promise.race([asked.then((value) => ({ value })), ending()]);
    if (answer !== undefined) return answer.value;
  } finally {
    over.abort();
  }
  await withdraw();
  throw toFinalFailure(
    new ManagerError(
      problem('Interrupted', {
        attempted: 'wait for a turn',
        failed: `${workflowId} is being ended; nothing was begun`,
      }),
    ),
  );
}
