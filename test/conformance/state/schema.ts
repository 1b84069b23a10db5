import { z } from 'zod';
import { scenarioSchema } from '../../../simulator/scenario/schema';
import { timedEventSchema } from './events';

export type { OutOfBandEvent, RequestEvent, TimedEvent } from './events';

const identityTableSchema = z
  .record(z.string(), z.string())
  .describe(
    'Who a recorded `auth` is: label -> token id (`root@pam!root`), `<user> ticket`, `<user> ticket of <node>` (taken once and kept), either followed by ` without CSRF token`, or `none`. `default` is who asks where nothing was recorded',
  );

/** Who the labels of a recording are. */
export type IdentityTable = z.infer<typeof identityTableSchema>;

/**
 * The state of the cluster that a recording implies: how it was at the start, and what happened beside the recorded
 * exchanges. Never an answer.
 */
export const recordingStateSchema = z.strictObject({
  version: z.literal(1).describe('Version of this format'),
  scenario: scenarioSchema.describe('The cluster before the first exchange: a scenario of the simulator'),
  identities: identityTableSchema.default({}),
  redacted: z
    .array(
      z.strictObject({
        at: z.int().nonnegative().describe('Index of the exchange'),
        authorization: z.string().optional().describe('The Authorization header as it was'),
        params: z.record(z.string(), z.string()).optional().describe('Parameters as they were'),
        as: z.string().optional().describe('Who asked, where the recording does not say: as in `identities`'),
        upload: z
          .strictObject({
            filename: z.string(),
            size: z.int().nonnegative().describe('Bytes of the file'),
            fields: z.record(z.string(), z.string()).describe('Fields before the file, in their order'),
          })
          .optional()
          .describe('The file of a form whose bytes the recording leaves out'),
      }),
    )
    .default([])
    .describe('What the recording shows without the secrets that were in it, or leaves out'),
  together: z
    .array(z.array(z.int().nonnegative()).min(2))
    .default([])
    .describe('Indexes of exchanges that were sent at once, in the order in which they came through'),
  events: z.array(timedEventSchema).default([]).describe('What happened beside the exchanges, in order'),
});

/** A parsed state file. */
export type RecordingState = z.infer<typeof recordingStateSchema>;
