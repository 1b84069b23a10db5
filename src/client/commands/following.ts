import { Option, type Command } from 'commander';
import { z } from 'zod';
import type { ExitCode } from '../../domain/exitCodes';
import { followAndPresent } from '../operations/present';
import type { Session } from '../session';
import { leaveToItself } from './detach';
import { planHash, whenAsked } from './shared';

/**
 * Adds how a command goes on once its operation is started: who asks, approving by hash, staying, leaving. `hashFrom`
 * says where the hash of a plan is from.
 */
export function withFollowing(command: Command, session: Session, hashFrom: string): Command {
  return command
    .addOption(
      new Option(
        '--approve <hash>',
        `approve by itself the plan with this hash (from ${hashFrom}), no other; with --detach the hash is left with the operation, which then needs nobody to watch it`,
      )
        .argParser(planHash)
        .conflicts('dryRun'),
    )
    .option('--by <who>', 'who asks, as the report will say', session.terminal.person)
    .option('--wait', 'without a terminal: stay until somebody has approved, and to the end')
    .addOption(
      new Option(
        '--detach',
        'start it and return at once (not with --wait); pxm watch shows the plan, also that of a dry run',
      ).conflicts('wait'),
    );
}

/** What {@link withFollowing} adds. */
export const followingOptions = z.object({
  approve: z.string().optional(),
  by: z.string().min(1),
  wait: z.boolean().default(false),
  detach: z.boolean().default(false),
});

/** How a command goes on with an operation that it has just started. */
export type FollowingOptions = z.infer<typeof followingOptions> & { readonly dryRun?: boolean };

/** Follows the operation to its end or to a question, or leaves it to itself. */
export async function followStarted(
  session: Session,
  workflowId: string,
  { approve, by, wait, detach, dryRun = false }: FollowingOptions,
): Promise<ExitCode> {
  const client = await session.client();
  if (detach) return leaveToItself(session, client, workflowId, { approve, by, dryRun });
  return followAndPresent(session, client, workflowId, {
    ...{ whenAsked: whenAsked(session, wait), by },
    ...(approve === undefined ? {} : { approveHash: approve }),
  });
}
