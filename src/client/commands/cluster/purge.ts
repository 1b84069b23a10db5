import type { Command } from 'commander';
import type { Session } from '../../session';
import { change, changeCommand, changeOptions } from './change';

/** `pxm cluster purge`: the second stage of a destruction. */
export function addPurgeCommand(cluster: Command, session: Session): void {
  const command = changeCommand(cluster, session, {
    action: 'purge',
    summary: 'delete what was set aside',
    description:
      'Deletes the machines that pxm cluster destroy has set aside, also before the grace period is over, each by exactly its identity and with exactly the volumes that the plan names. What is on their disks is lost.',
    examples: [['pxm cluster purge plain-lab', 'which machines and volumes go? then delete them']],
  });
  command.action(async (profile: string) => {
    const given = changeOptions.parse(command.opts());
    session.exitCode = await change(session, { action: 'purge', profile }, given, { withoutProfile: true });
  });
}
