import type { Command } from 'commander';
import type { Session } from '../../session';
import { addListCommand } from './list';
import { addRunCommand } from './run';

const help = `
Playbooks are those of the folder that cluster-config.yaml names under ansible; they are run as they are, on the worker's
machine, and never written to:

  $ pxm ansible list                        which playbooks are there?
  $ pxm ansible run site --limit web        plan, approval, run, report

What is approved are exactly these files, this inventory, these hosts and variables. docs/ansible.md says more.`;

/** `pxm ansible`: playbooks that are there already. */
export function addAnsibleCommand(program: Command, session: Session): void {
  const ansible = program
    .command('ansible')
    .summary('Ansible playbooks: list, run')
    .description(
      'Runs Ansible playbooks as operations: with a plan, an approval, live progress and a report.',
    )
    .addHelpText('after', help);
  addListCommand(ansible, session);
  addRunCommand(ansible, session);
}
