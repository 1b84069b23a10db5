import type { Command } from 'commander';
import type { Session } from '../../session';
import { change, changeCommand } from './change';
import { hardStopOf, removalOptions, withRemoval } from './removalOptions';

/** `pxm cluster rebuild`: everything anew, with the same names and static addresses. */
export function addRebuildCommand(cluster: Command, session: Session): void {
  const command = changeCommand(cluster, session, {
    action: 'rebuild',
    summary: 'delete all machines and make them again',
    description:
      'Deletes all machines of a cluster, each by exactly its identity, and makes them again with the same names and static addresses. What is on their disks is lost.',
    examples: [['pxm cluster rebuild plain-lab', 'as on the first day']],
  });
  withRemoval(command).action(async (profile: string) => {
    const given = removalOptions.parse(command.opts());
    session.exitCode = await change(session, { action: 'rebuild', profile }, given, hardStopOf(given));
  });
}
