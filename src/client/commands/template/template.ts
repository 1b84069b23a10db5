import type { Command } from 'commander';
import type { Session } from '../../session';
import { addCreateCommand } from './create';
import { addListCommand } from './list';
import { addRefreshCommand } from './refresh';
import { addRetireCommand } from './retire';
import { addShowCommand } from './show';
import { addStatusCommand } from './status';
import { addVerifyCommand } from './verify';

const help = `
A template is made by the runbook of its name, tested by booting a clone, and only then the version in force:

  $ pxm runbook list                  those with an image type make templates
  $ pxm template create debian-13     plan, approval, build, boot test, in force, older versions deleted
  $ pxm template status               which node has which version, and what was cloned from it
  $ pxm template refresh              is there a newer image, or a changed runbook?
  $ pxm template verify debian-13     is everything of it as it should be?

A version that is being made never disturbs the one in force: it has another name until its clone has booted.
docs/templates.md says how versions are told apart, and what happens when something dies in the middle.`;

/** `pxm template`: templates of virtual machines. */
export function addTemplateCommand(program: Command, session: Session): void {
  const template = program
    .command('template')
    .summary('templates: create, list, show, status, verify, refresh, retire')
    .description(
      'Makes templates of virtual machines from runbooks, keeps copies where disks are local, and looks after their versions.',
    )
    .addHelpText('after', help);
  addCreateCommand(template, session);
  addListCommand(template, session);
  addShowCommand(template, session);
  addStatusCommand(template, session);
  addVerifyCommand(template, session);
  addRefreshCommand(template, session);
  addRetireCommand(template, session);
}
