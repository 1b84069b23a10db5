import { z } from 'zod';
import type { HostFailure, HostResult, PlaybookProgress } from '../../domain/ansible/run';

const counts = z.object({ ok: z.number(), changed: z.number(), failed: z.number(), unreachable: z.number() });
const line = z.discriminatedUnion('event', [
  z.object({ event: z.literal('start') }),
  z.object({
    event: z.literal('progress'),
    play: z.string(),
    task: z.string(),
    tasks: z.number(),
    hosts: counts,
  }),
  z.object({
    event: z.literal('failure'),
    kind: z.enum(['failed', 'unreachable']),
    host: z.string(),
    task: z.string(),
    words: z.string(),
  }),
  z.object({
    event: z.literal('stats'),
    hosts: z.record(
      z.string(),
      counts.extend({ skipped: z.number(), rescued: z.number(), ignored: z.number() }),
    ),
  }),
]);

/** What the callback plugin has told so far, without secrets. */
export interface RunSeen {
  /** Ansible has read its variables and its vault password. */
  readonly hasBegun: boolean;
  readonly progress?: PlaybookProgress;
  readonly failures: readonly HostFailure[];
  /** Absent: it has not come to its end. */
  readonly stats?: readonly HostResult[];
}

/** What is shown of a failure. */
const mostFailures = 20;
const mostCharacters = 1_000;
const mostNameCharacters = 200;

/**
 * Reads the lines of the callback plugin. `redact` cuts secrets out; absent: the secrets are not known here, so nothing
 * that could hold one is taken over. `instead` stands in for what was said, where secrets may be in it that nobody knows.
 */
export function readProgress(
  text: string,
  playbook: string,
  redact: ((text: string) => string) | undefined,
  instead?: string,
): RunSeen {
  // The last line may be half written.
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .flatMap(readLine);
  const named = (it: string) =>
    redact === undefined ? '(not shown)' : redact(it).slice(0, mostNameCharacters);
  const said = (it: string) =>
    redact === undefined
      ? "(not shown, since the secrets of the run can't be read)"
      : (instead ?? redact(it).slice(0, mostCharacters));
  const progress = lines.findLast((it) => it.event === 'progress');
  const stats = lines.findLast((it) => it.event === 'stats');
  return {
    hasBegun: lines.length > 0,
    failures: lines
      .flatMap((it) => (it.event === 'failure' ? [it] : []))
      .slice(0, mostFailures)
      .map(({ host, kind, task, words }) => ({ host, kind, task: named(task), words: said(words) })),
    ...(progress === undefined
      ? {}
      : {
          progress: {
            ...{ playbook, play: named(progress.play), task: named(progress.task) },
            ...{ tasksBegun: progress.tasks, hosts: progress.hosts },
          },
        }),
    ...(stats === undefined
      ? {}
      : { stats: Object.entries(stats.hosts).map(([host, result]) => ({ host, ...result })) }),
  };
}

function readLine(text: string): z.infer<typeof line>[] {
  try {
    const read = line.safeParse(JSON.parse(text));
    return read.success ? [read.data] : [];
  } catch {
    return [];
  }
}
