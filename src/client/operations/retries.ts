import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { TimeoutFailure } from '@temporalio/common';
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
export function retriesOf(client: Client, description: WorkflowExecutionDescription): readonly Retry[] {
  const pending = description.raw.pendingActivities ?? [];
  return pending.flatMap((it): readonly Retry[] => {
    const activity = it.activityType?.name ?? '';
    const attempt = it.attempt ?? 1;
    if (attempt < 2 || activity === 'awaitCredentials') return [];
    const maximumAttempts = it.maximumAttempts ?? 0;
    return [
      {
        activityId: it.activityId ?? '',
        activity,
        attempt,
        ...(maximumAttempts > 0 ? { maximumAttempts } : {}),
        ...failedAs(errorOf(client, it.lastFailure)),
      },
    ];
  });
}

type Failure = Parameters<Client['options']['loadedDataConverter']['failureConverter']['failureToError']>[0];

/** Our connections have no payload codecs (temporal/connection.ts), so there is nothing to decode before. */
function errorOf(client: Client, failure: Failure | null | undefined): Error | undefined {
  if (failure === null || failure === undefined) return undefined;
  const { failureConverter, payloadConverter } = client.options.loadedDataConverter;
  return failureConverter.failureToError(failure, payloadConverter);
}

function failedAs(failure: Error | undefined): Pick<Retry, 'failed' | 'code'> {
  if (failure instanceof TimeoutFailure) return { failed: 'its worker was not heard of any more' };
  const { attempted, failed, proxmoxSaid, code } = problemOfFailure(failure, '');
  const parts = [attempted, failed, proxmoxSaid].filter((it) => it !== undefined && it !== '');
  return { failed: parts.join(': '), code };
}
