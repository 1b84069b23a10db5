import type { Command } from 'commander';
import type { Session } from '../../session';
import { change, changeCommand, changeOptions } from './change';

/** `pxm cluster undo`: takes a destruction back. */
export function addUndoCommand(cluster: Command, session: Session): void {
  const command = changeCommand(cluster, session, {
    action: 'undo',
    summary: 'bring back what was set aside',
    description:
      'Gives the machines that pxm cluster destroy has set aside their names back and starts them.',
    examples: [['pxm cluster undo plain-lab', 'it was not meant so']],
  });
  command.action(async (profile: string) => {
    const given = changeOptions.parse(command.opts());
    session.exitCode = await change(session, { action: 'undo', profile }, given, { withoutProfile: true });
  });
}
