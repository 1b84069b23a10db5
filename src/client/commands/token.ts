import type { Command } from 'commander';
import { accessOptions, withAccessOptions } from '../access/accessOptions';
import { runAccess } from '../access/runAccess';
import type { Session } from '../session';
import { examples } from './shared';

/** `pxm token rotate`: a new token in place of the old one, without a gap. */
export function addTokenCommand(program: Command, session: Session): void {
  const token = program
    .command('token')
    .summary('renew the API token')
    .description('Works on the API token.');
  const command = token
    .command('rotate')
    .summary('replace the API token without a gap')
    .description(
      "Makes a second token under a new name over root's SSH, tries it on every node, stores it and puts it into use; the old one is removed once its last task has ended, because only it may stop the tasks that it started. Running operations go on. Nothing is changed before exactly the plan that is shown is approved.",
    );
  withAccessOptions(command, session);
  examples(command, [['pxm token rotate', 'plan, ask, rotate']]).action(async () => {
    const { exitCode } = await runAccess(session, 'rotateToken', accessOptions.parse(command.opts()));
    session.exitCode = exitCode;
  });
}
