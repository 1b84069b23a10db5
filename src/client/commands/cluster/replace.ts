import type { Command } from 'commander';
import type { Session } from '../../session';
import { change, changeCommand } from './change';
import { hardStopOf, removalOptions, withRemoval } from './removalOptions';

/** `pxm cluster replace`: new machines in the place of broken ones. */
export function addReplaceCommand(cluster: Command, session: Session): void {
  const command = changeCommand(cluster, session, {
    action: 'replace',
    summary: 'new machines in the place of these',
    description:
      'Deletes machines and makes new ones with the same names and static addresses, one after the other: a machine goes only once the one before it is ready again. The new ones have VMIDs of their own.',
    examples: [
      ['pxm cluster replace plain-lab plain-lab-node-2', 'a new one in its place'],
      ['pxm cluster replace plain-lab plain-lab-node-2 --hard-stop', 'also if it does not shut down'],
    ],
  }).argument('<machine...>', 'names of its machines (pxm cluster status)');
  withRemoval(command).action(async (profile: string, machines: readonly string[]) => {
    const given = removalOptions.parse(command.opts());
    const wishes = { machines, ...hardStopOf(given) };
    session.exitCode = await change(session, { action: 'replace', profile }, given, wishes);
  });
}
