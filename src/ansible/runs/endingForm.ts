import { z } from 'zod';
import type { PlaybookEnding, PlaybookProgress } from '../../domain/ansible/run';

const host = z.object({
  host: z.string(),
  ok: z.number(),
  changed: z.number(),
  failed: z.number(),
  unreachable: z.number(),
  skipped: z.number(),
  rescued: z.number(),
  ignored: z.number(),
});
const counts = z.object({ ok: z.number(), changed: z.number(), failed: z.number(), unreachable: z.number() });

/** Where a run is, as heartbeats and files have it. */
export const progressForm = z.object({
  playbook: z.string(),
  play: z.string(),
  task: z.string(),
  tasksBegun: z.number(),
  hosts: counts,
}) satisfies z.ZodType<PlaybookProgress>;

/** The form in which an ending is kept in the folder of its run. */
export const ending = z.object({
  exitCode: z.number().exactOptional(),
  endedBy: z.enum(['SIGINT', 'SIGTERM', 'SIGKILL']).exactOptional(),
  hasStats: z.boolean(),
  hosts: z.array(host),
  failures: z.array(
    z.object({
      host: z.string(),
      task: z.string(),
      kind: z.enum(['failed', 'unreachable']),
      words: z.string(),
    }),
  ),
  words: z.array(z.string()),
  lastSeen: progressForm.exactOptional(),
  changedFiles: z.object({
    names: z.array(z.string()),
    count: z.number(),
    because: z.string().exactOptional(),
  }),
  startedAt: z.string(),
  endedAt: z.string(),
  outputFile: z.string().exactOptional(),
}) satisfies z.ZodType<PlaybookEnding>;
