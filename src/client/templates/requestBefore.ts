import { z } from 'zod';
import type { TemplateMarker } from '../../domain/template/marker';
import type { TemplateRequest } from '../../domain/templatePlan';
import { decodePayloads } from '../operations/payloads';
import type { Session } from '../session';

const wishes = z.object({
  parameters: z.record(z.string(), z.string()).exactOptional(),
  nodes: z.array(z.string()).exactOptional(),
  keep: z.number().exactOptional(),
});

/** What a version was asked for with, besides runbook and name. */
export type TemplateWishes = Pick<TemplateRequest, 'parameters' | 'nodes' | 'keep'>;

/**
 * What the operation that made a copy was started with, by its marker. Undefined where Temporal has forgotten it: the
 * marker itself has only a hash of the parameters.
 */
export async function requestBefore(
  session: Session,
  { operation, run }: Pick<TemplateMarker, 'operation' | 'run'>,
): Promise<TemplateWishes | undefined> {
  const client = await session.client();
  try {
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId: operation, runId: run },
      maximumPageSize: 1,
    });
    const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const [request] = await decodePayloads(client, payloads);
    return wishes.safeParse(request).data;
  } catch {
    // Forgotten, or made through another Temporal server: whoever asks says that it is not known.
    return undefined;
  }
}
