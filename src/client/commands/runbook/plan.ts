import type { Command } from 'commander';
import { z } from 'zod';
import { followAndPresent } from '../../operations/present';
import { runOptions, withRunOptions } from '../../runbooks/runOptions';
import { startRun } from '../../runbooks/startRun';
import type { Session } from '../../session';
import { examples } from '../shared';

/** `pxm runbook plan`: every step as it would be done. */
export function addPlanCommand(runbook: Command, session: Session): void {
  const command = runbook
    .command('plan')
    .argument('<runbook>', 'its name')
    .summary('show every step as it would be done; change nothing')
    .description(
      'Lets a worker read a runbook, check it and fill it in, and shows the plan: every step as it would be done, where, what it expects, and what it destroys. Secrets are masked. The hash can be given to run --approve.',
    );
  withRunOptions(command).option('--by <who>', 'who asks, as the report will say', session.terminal.person);
  examples(command, [
    ['pxm runbook plan storage-check --set node=pve01', 'what would it do there?'],
    ['pxm runbook plan my-procedure --set vmid=101', 'with a parameter'],
  ]).action(async (name: string) => {
    const given = options.parse(command.opts());
    const workflowId = await startRun(session, name, given, { dryRun: true });
    session.exitCode = await followAndPresent(session, await session.client(), workflowId, {
      whenAsked: 'leave',
      by: given.by,
    });
  });
}

const options = runOptions.extend({ by: z.string().min(1) });
