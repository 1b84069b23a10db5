import { Option, type Command } from 'commander';
import { z } from 'zod';
import { ManagerError, problem } from '../../../domain/errors';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import { formatTime } from '../../../domain/rendering/sizes';
import { timeSpan } from '../../clusters/options';
import { extendCluster } from '../../clusters/startChange';
import type { Session } from '../../session';
import { examples } from '../shared';

/** `pxm cluster extend`: another time to live. */
export function addExtendCommand(cluster: Command, session: Session): void {
  const command = cluster
    .command('extend')
    .argument('<profile>', 'the name of its profile')
    .summary('set aside a cluster later, or never')
    .description(
      'Changes when a cluster is to be set aside because its time is over. A destruction that was begun for that and that nobody has approved yet is taken back.',
    )
    .addOption(
      new Option('--for <time>', 'so long from now, e.g. 12h or 7d').argParser(timeSpan).conflicts('never'),
    )
    .option('--never', 'it stays until somebody destroys it')
    .option('--by <who>', 'who asks', session.terminal.person);
  examples(command, [
    ['pxm cluster extend plain-lab --for 7d', 'it is set aside a week from now'],
    ['pxm cluster extend plain-lab --never', 'it stays'],
  ]).action(async (profile: string) => {
    session.exitCode = await extend(session, profile, options.parse(command.opts()));
  });
}

const options = z.object({
  for: z.number().optional(),
  never: z.boolean().default(false),
  by: z.string().min(1),
});

async function extend(
  session: Session,
  profile: string,
  { for: timeToLiveMs, never, by }: z.infer<typeof options>,
): Promise<ExitCode> {
  if (timeToLiveMs === undefined && !never) {
    throw new ManagerError(
      problem('InputInvalid', {
        attempted: `change when the cluster ${profile} is set aside`,
        failed: 'neither --for nor --never is given; nothing was changed',
      }),
    );
  }
  const view = await extendCluster(session, profile, {
    by,
    ...(timeToLiveMs === undefined ? { never: true } : { timeToLiveMs }),
  });
  const { endsAt } = view.record ?? {};
  const text =
    endsAt === undefined
      ? `The cluster ${profile} stays until somebody destroys it.`
      : `The cluster ${profile} is to be set aside at ${formatTime(endsAt)}.`;
  session.output.result({ ...view, exitCode: exitCodes.done }, text);
  return exitCodes.done;
}
