import type { Command } from 'commander';
import { z } from 'zod';
import { loadProfile } from '../../../config/profiles/load';
import type { ClusterAction, ClusterRequest } from '../../../domain/cluster/request';
import type { ExitCode } from '../../../domain/exitCodes';
import { changeClusterWorkflowId } from '../../../domain/names';
import { startChange } from '../../clusters/startChange';
import { orApproveThat } from '../../operations/approvedInAdvance';
import { warnOfStaleWorker } from '../../processes/staleWorker';
import type { Session } from '../../session';
import { followingOptions, followStarted, withFollowing } from '../following';
import { examples } from '../shared';

/** A command that changes a cluster. */
export interface ChangeCommand {
  readonly action: ClusterAction;
  readonly summary: string;
  readonly description: string;
  readonly examples: readonly (readonly [string, string])[];
}

/** What every description of a changing command ends with. */
const approval =
  'Shows the plan first and changes nothing before exactly that plan is approved: on a terminal it asks; elsewhere it prints the plan and the command that approves it, and exits 4.';

/** Adds a command that changes a cluster, with what all of them have; what only it has is added to what is returned. */
export function changeCommand(cluster: Command, session: Session, it: ChangeCommand): Command {
  const command = cluster
    .command(it.action)
    .argument('<profile>', 'the name of its profile: clusters/<profile>.yaml')
    .summary(it.summary)
    .description(`${it.description} ${approval}`)
    .option('--dry-run', 'end after the plan');
  withFollowing(command, session, 'an earlier --dry-run');
  return examples(command, it.examples);
}

/** What {@link changeCommand} adds. */
export const changeOptions = followingOptions.extend({ dryRun: z.boolean().default(false) });
/** As they were given. */
export type ChangeOptions = z.infer<typeof changeOptions>;

/** Beside what every request has. */
export type Wishes = Omit<ClusterRequest, 'profile' | 'action' | 'cluster' | 'requestedBy' | 'dryRun'>;

/**
 * Starts a change and follows it. The profile is read here first, so that what is wrong with it is said before anything
 * is started; `withoutProfile`: its file may be gone.
 */
export async function change(
  session: Session,
  { action, profile }: Pick<ClusterRequest, 'action' | 'profile'>,
  given: ChangeOptions,
  wishes: Wishes & { readonly withoutProfile?: boolean } = {},
): Promise<ExitCode> {
  const { withoutProfile = false, ...more } = wishes;
  const config = session.config();
  if (!withoutProfile) loadProfile(config, profile);
  await warnOfStaleWorker(session, config);
  const { by, dryRun, detach, approve } = given;
  const cluster = config.cluster.name;
  const starting = startChange(session, {
    ...{ profile, action, cluster, requestedBy: by },
    ...more,
    ...(dryRun ? { dryRun } : {}),
  });
  const workflowId = await orApproveThat(starting, changeClusterWorkflowId(cluster, profile), approve);
  if (!detach) session.output.note(`Started ${workflowId}.`);
  return followStarted(session, workflowId, given);
}
