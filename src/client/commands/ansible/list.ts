import type { Command } from 'commander';
import { playbookNames } from '../../../ansible/catalogue';
import { playbookPlaces } from '../../../ansible/places';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import type { Session } from '../../session';
import { examples } from '../shared';

/** `pxm ansible list`: what is there. */
export function addListCommand(ansible: Command, session: Session): void {
  const command = ansible
    .command('list')
    .summary('list the playbooks')
    .description(
      'Lists the playbooks of the folder that the configuration names. It is looked for on this machine; a run takes those of the worker.',
    );
  examples(command, [['pxm ansible list', 'what is there']]).action(() => {
    session.exitCode = list(session);
  });
}

function list(session: Session): ExitCode {
  const { playbooks: folder, inventory } = playbookPlaces(session.config());
  const playbooks = playbookNames({ playbooks: folder });
  const text = playbooks.length === 0 ? `There are no playbooks in ${folder}.` : playbooks.join('\n');
  session.output.result({ folder, inventory, playbooks, exitCode: exitCodes.done }, text);
  return exitCodes.done;
}
