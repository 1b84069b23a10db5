import type { Client } from '@temporalio/client';
import type { AnyPlan } from '../../domain/operation';
import { isPlan } from '../shapes';
import { decodePayloads } from './payloads';

/** The newest plan in the history of an operation's run, by default its newest: what is known of it while no worker answers. */
export async function planFromHistory(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<AnyPlan | undefined> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  for (const event of [...(events ?? [])].reverse()) {
    const payloads = [
      ...(event.activityTaskCompletedEventAttributes?.result?.payloads ?? []),
      ...(event.workflowExecutionStartedEventAttributes?.input?.payloads ?? []),
    ];
    for (const value of await decodePayloads(client, payloads)) {
      const found = planIn(value);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** A plan as such, or in the answer of the activity that made it, or in what continue-as-new carried. */
function planIn(value: unknown): AnyPlan | undefined {
  if (isPlan(value)) return value;
  if (typeof value !== 'object' || value === null || !('plan' in value)) return undefined;
  return isPlan(value.plan) ? value.plan : undefined;
}
