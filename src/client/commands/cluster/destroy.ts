import { Option, type Command } from 'commander';
import { z } from 'zod';
import { timeSpan } from '../../clusters/options';
import type { Session } from '../../session';
import { change, changeCommand } from './change';
import { hardStopOf, removalOptions, withRemoval } from './removalOptions';

/** `pxm cluster destroy`: in two stages, or at once. */
export function addDestroyCommand(cluster: Command, session: Session): void {
  const command = changeCommand(cluster, session, {
    action: 'destroy',
    summary: 'stop the machines and set them aside; delete them later, or at once',
    description:
      'Shuts the machines of a cluster down and sets them aside under another name: pxm cluster undo brings them back until the grace period is over, pxm cluster purge deletes them. With --now they are deleted at once. A machine is touched only if it is exactly the one that was made: VMID, SMBIOS uuid, marker and name have to match; anything else is left alone and named.',
    examples: [
      ['pxm cluster destroy plain-lab', 'set aside for 24 hours'],
      ['pxm cluster destroy plain-lab --grace 7d', 'for a week'],
      ['pxm cluster destroy plain-lab --now', 'deleted at once: nothing brings them back'],
    ],
  })
    .addOption(
      new Option('--grace <time>', 'how long they can be brought back (default: 24h)')
        .argParser(timeSpan)
        .conflicts('now'),
    )
    .option('--now', 'delete them at once');
  withRemoval(command).action(async (profile: string) => {
    const given = options.parse(command.opts());
    const { grace, now } = given;
    session.exitCode = await change(session, { action: 'destroy', profile }, given, {
      ...hardStopOf(given),
      ...(grace === undefined ? {} : { graceMs: grace }),
      ...(now ? { now } : {}),
      withoutProfile: true,
    });
  });
}

const options = removalOptions.extend({ grace: z.number().optional(), now: z.boolean().default(false) });
