import type { Command } from 'commander';
import type { Session } from '../../session';
import { change, changeCommand } from './change';
import { hardStopOf, removalOptions, withRemoval } from './removalOptions';

/** `pxm cluster upgrade`: all machines of the newest version of the template. */
export function addUpgradeCommand(cluster: Command, session: Session): void {
  const command = changeCommand(cluster, session, {
    action: 'upgrade',
    summary: 'replace machines of older versions of the template, one after the other',
    description:
      'Replaces every machine that was cloned from an older version of the template by one of the version in force, one after the other. Where one fails, no further one goes.',
    examples: [
      ['pxm template refresh alpine --start', 'first: a new version of the template'],
      ['pxm cluster upgrade plain-lab', 'then: machines of it'],
    ],
  });
  withRemoval(command).action(async (profile: string) => {
    const given = removalOptions.parse(command.opts());
    session.exitCode = await change(session, { action: 'upgrade', profile }, given, hardStopOf(given));
  });
}
