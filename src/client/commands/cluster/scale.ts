import type { Command } from 'commander';
import { numbersByName } from '../../clusters/options';
import type { Session } from '../../session';
import { change, changeCommand } from './change';
import { hardStopOf, removalOptions, withRemoval } from './removalOptions';

/** `pxm cluster scale`: more or fewer machines of a role. */
export function addScaleCommand(cluster: Command, session: Session): void {
  const command = changeCommand(cluster, session, {
    action: 'scale',
    summary: 'more or fewer machines of a role',
    description:
      'Makes machines of a role until there are so many, or deletes those with the highest numbers until no more are left. Never fewer control planes than the cluster needs.',
    examples: [
      ['pxm cluster scale plain-lab node=5', 'five machines of the role node'],
      ['pxm cluster scale plain-lab node=1 --hard-stop', 'what does not shut down in time is stopped hard'],
      ['pxm cluster scale plain-lab node=3 --dry-run', 'what would that be?'],
    ],
  }).argument('<role=count...>', 'how many machines a role has then');
  withRemoval(command).action(async (profile: string, words: readonly string[]) => {
    const given = removalOptions.parse(command.opts());
    const attempted = `scale the cluster ${profile}`;
    const counts = numbersByName(words, { attempted, what: 'role=count, e.g. node=5', least: 0 });
    const wishes = { counts, ...hardStopOf(given) };
    session.exitCode = await change(session, { action: 'scale', profile }, given, wishes);
  });
}
