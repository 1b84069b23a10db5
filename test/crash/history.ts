import type { WorkflowHandle } from '@temporalio/client';
import type { ScheduledActivity } from './scenarios/scenario';

/** An activity by its ID in the workflow. */
export interface IdentifiedActivity extends ScheduledActivity {
  readonly id: string;
}

/** Activities of a workflow that a worker has begun and not ended. */
export async function activitiesAtWork(handle: WorkflowHandle): Promise<IdentifiedActivity[]> {
  const [{ raw }, scheduled] = await Promise.all([handle.describe(), scheduledActivities(handle)]);
  const atWork = new Set(
    (raw.pendingActivities ?? [])
      .filter(({ lastStartedTime }) => lastStartedTime != null)
      .map(({ activityId }) => activityId ?? ''),
  );
  return [...scheduled.values()].filter(({ id }) => atWork.has(id));
}

/** IDs of the activities of a workflow that have completed, or were given up: one that is tried once is, when its worker is silent. */
export async function completedActivities(handle: WorkflowHandle): Promise<ReadonlySet<string>> {
  const { events } = await handle.fetchHistory();
  const scheduled = await scheduledActivities(handle);
  const completed = (events ?? [])
    .map((it) => it.activityTaskCompletedEventAttributes ?? it.activityTaskTimedOutEventAttributes)
    .flatMap((it) => (it == null ? [] : [String(it.scheduledEventId)]));
  return new Set(completed.flatMap((eventId) => scheduled.get(eventId)?.id ?? []));
}

/** By the number of the event that scheduled it. */
async function scheduledActivities(handle: WorkflowHandle): Promise<Map<string, IdentifiedActivity>> {
  const { events } = await handle.fetchHistory();
  return new Map(
    (events ?? []).flatMap(({ eventId, activityTaskScheduledEventAttributes: it }) => {
      if (it == null) return [];
      const input = (it.input?.payloads ?? []).map(({ data }) => Buffer.from(data ?? []).toString('utf8'));
      const activity = { id: it.activityId ?? '', type: it.activityType?.name ?? '', input: input.join() };
      return [[String(eventId), activity] as const];
    }),
  );
}
