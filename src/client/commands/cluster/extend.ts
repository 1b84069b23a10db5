import { Option, type Command } from 'commander';
import { z } from 'zod';
import type { ClusterView } from '../../../domain/cluster/messages';
import { ManagerError, problem } from '../../../domain/errors';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import { formatTime } from '../../../domain/rendering/sizes';
import { destructionLeft, type DestructionLeft } from '../../clusters/destruction';
import { timeSpan } from '../../clusters/options';
import { extendCluster } from '../../clusters/startChange';
import { readProgress } from '../../operations/read';
import type { Session } from '../../session';
import { examples } from '../shared';

/** `pxm cluster extend`: another time to live. */
export function addExtendCommand(cluster: Command, session: Session): void {
  const command = cluster
    .command('extend')
    .argument('<profile>', 'the name of its profile')
    .summary('set aside a cluster later, or never')
    .description(
      'Changes when a cluster is to be set aside because its time is over. A destruction that was begun for that and that nobody has approved yet is taken back. Exits 1 where one was approved: it goes on, and what ends it is said.',
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
  const left = await destructionOf(session, view);
  const { endsAt } = view.record ?? {};
  const text =
    endsAt === undefined
      ? `The cluster ${profile} stays until somebody destroys it.`
      : `The cluster ${profile} is to be set aside at ${formatTime(endsAt)}.`;
  const exitCode = left === undefined || left.state === 'waits' ? exitCodes.done : exitCodes.incomplete;
  session.output.result(
    { ...view, ...(left === undefined ? {} : { destruction: left.state }), exitCode },
    left === undefined ? text : `${text}\n${left.text}`,
  );
  return exitCode;
}

/** Asked only now: what waited for an approval a moment ago may have been taken back by this. */
async function destructionOf(
  session: Session,
  { operation }: ClusterView,
): Promise<DestructionLeft | undefined> {
  if (operation?.action !== 'destroy') return undefined;
  return destructionLeft(operation, await readProgress(await session.client(), operation.workflowId));
}
