import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { TimeoutFailure } from '@temporalio/common';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow';
import { problemOfFailure } from '../failures';

/** A piece of work of an operation that has failed and is tried again by itself. */
export interface Retry {
  readonly activityId: string;
  /** The activity's name, e.g. `planEvacuation`. */
  readonly activity: string;
  /** The attempt that runs now or comes next, from 2. */
  readonly attempt: number;
  /** Absent: tried as long as it takes. */
  readonly maximumAttempts?: number;
  /** Why the attempt before failed. */
  readonly failed: string;
  /** The project's code of that failure. */
  readonly code?: string;
}

/**
 * What is tried again now. Told by Temporal itself, so it is known without a worker as well. Not the probe of the
 * credentials: that the operation waits for them is said already, and it is tried as long as it takes.
 */
export async function retriesOf(
  client: Client,
  description: WorkflowExecutionDescription,
): Promise<readonly Retry[]> {
  const pending = description.raw.pendingActivities ?? [];
  const retries = pending.map(async (it): Promise<readonly Retry[]> => {
    const activity = it.activityType?.name ?? '';
    const attempt = it.attempt ?? 1;
    if (attempt < 2 || activity === 'awaitCredentials') return [];
    const maximumAttempts = it.maximumAttempts ?? 0;
    const converter = client.options.loadedDataConverter;
    const failure = await decodeOptionalFailureToOptionalError(converter, it.lastFailure);
    return [
      {
        activityId: it.activityId ?? '',
        activity,
        attempt,
        ...(maximumAttempts > 0 ? { maximumAttempts } : {}),
        ...failedAs(failure),
      },
    ];
  });
  return (await Promise.all(retries)).flat();
}

function failedAs(failure: Error | undefined): Pick<Retry, 'failed' | 'code'> {
  if (failure instanceof TimeoutFailure) return { failed: 'its worker was not heard of any more' };
  const { attempted, failed, proxmoxSaid, code } = problemOfFailure(failure, '');
  const parts = [attempted, failed, proxmoxSaid].filter((it) => it !== undefined && it !== '');
  return { failed: parts.join(': '), code };
}
