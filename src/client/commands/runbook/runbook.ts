import type { Command } from 'commander';
import type { Session } from '../../session';
import { addCheckCommand } from './check';
import { addListCommand } from './list';
import { addNewCommand } from './new';
import { addPlanCommand } from './plan';
import { addRunCommand } from './run';
import { addShowCommand } from './show';

const help = `
A runbook is a Markdown file that a person can follow by hand: front matter, parameters, numbered steps.
Each step says who does it - (API), (SSH), (local), (human), (runbook) - and has a block with what to do:

  1. **Start the guest** (API)
     \`\`\`http {wait=task}
     POST /nodes/{{node}}/qemu/{{vmid}}/status/start
     \`\`\`
     Expected result: the guest runs

  $ pxm runbook new my-procedure     write runbooks/my-procedure.md to fill in
  $ pxm runbook check my-procedure   every problem with its line and what to write instead
  $ pxm runbook show my-procedure    its parameters and steps
  $ pxm runbook plan my-procedure    every step as it would be done; nothing is changed
  $ pxm runbook run my-procedure     plan, approval, steps, report

Runbooks are looked for in the folder runbooks/ beside cluster-config.yaml, then among those that are shipped.
docs/runbooks.md describes the language.`;

/** `pxm runbook`: procedures in Markdown. */
export function addRunbookCommand(program: Command, session: Session): void {
  const runbook = program
    .command('runbook')
    .summary('procedures in Markdown: list, show, check, plan, run, new')
    .description(
      'Looks at runbooks and runs them: procedures in Markdown whose steps can be checked, planned and approved before anything is done.',
    )
    .addHelpText('after', help);
  addListCommand(runbook, session);
  addShowCommand(runbook, session);
  addCheckCommand(runbook, session);
  addPlanCommand(runbook, session);
  addRunCommand(runbook, session);
  addNewCommand(runbook, session);
}
