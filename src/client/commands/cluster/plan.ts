import { Option, type Command } from 'commander';
import { z } from 'zod';
import type { ClusterAction } from '../../../domain/cluster/request';
import type { Session } from '../../session';
import { followingOptions } from '../following';
import { examples } from '../shared';
import { change } from './change';

/** Those that need nothing but a profile; the others have --dry-run. */
const actions = [
  'create',
  'upgrade',
  'rebuild',
  'destroy',
  'purge',
  'undo',
] as const satisfies readonly ClusterAction[];

/** `pxm cluster plan`: what would be done, and nothing else. */
export function addPlanCommand(cluster: Command, session: Session): void {
  const command = cluster
    .command('plan')
    .argument('<profile>', 'the name of its profile: clusters/<profile>.yaml')
    .summary('what would be done? changes nothing')
    .description(
      'Lets a worker look at the cluster and plan, and ends there: which machine would come where, cloned from what, by which way and how long that takes. The same as --dry-run of the command itself.',
    )
    .addOption(
      new Option('--action <action>', 'what is planned (scale, replace and adopt have --dry-run)')
        .choices(actions)
        .default('create'),
    )
    .option('--by <who>', 'who asks, as the report will say', session.terminal.person);
  examples(command, [
    ['pxm cluster plan plain-lab', 'what would pxm cluster create make?'],
    ['pxm cluster plan plain-lab --action destroy', 'which machines would go?'],
  ]).action(async (profile: string) => {
    const { action, by } = options.parse(command.opts());
    const withoutProfile = ['destroy', 'purge', 'undo'].includes(action);
    const following = followingOptions.parse({ by });
    const given = { ...following, dryRun: true };
    session.exitCode = await change(session, { action, profile }, given, { withoutProfile });
  });
}

const options = z.object({ action: z.enum(actions), by: z.string().min(1) });
