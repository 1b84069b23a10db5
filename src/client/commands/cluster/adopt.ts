import type { Command } from 'commander';
import { numbersByName } from '../../clusters/options';
import type { Session } from '../../session';
import { change, changeCommand, changeOptions } from './change';

/** `pxm cluster adopt`: machines that were made by hand become members. */
export function addAdoptCommand(cluster: Command, session: Session): void {
  const command = changeCommand(cluster, session, {
    action: 'adopt',
    summary: 'make machines members that were made by hand',
    description:
      'Marks existing virtual machines as members of a cluster, each in the place of a machine of the profile. They keep their names, disks and configuration; the plan shows what is marked.',
    examples: [
      ['pxm cluster adopt plain-lab plain-lab-node-1=120', 'VM 120 is its first machine'],
      ['pxm cluster adopt plain-lab plain-lab-node-1=120 plain-lab-node-2=121 --dry-run', 'only the plan'],
    ],
  }).argument('<machine=vmid...>', 'the name that the machine has in the profile, and its VMID');
  command.action(async (profile: string, words: readonly string[]) => {
    const attempted = `adopt machines into the cluster ${profile}`;
    const what = 'machine=vmid, e.g. plain-lab-node-1=120';
    const adopt = numbersByName(words, { attempted, what, least: 100 });
    const given = changeOptions.parse(command.opts());
    session.exitCode = await change(session, { action: 'adopt', profile }, given, { adopt });
  });
}
