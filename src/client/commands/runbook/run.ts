import type { Command } from 'commander';
import type { z } from 'zod';
import type { ExitCode } from '../../../domain/exitCodes';
import { runOptions, withRunOptions } from '../../runbooks/runOptions';
import { startRun } from '../../runbooks/startRun';
import type { Session } from '../../session';
import { followingOptions, followStarted, withFollowing } from '../following';
import { examples } from '../shared';

/** `pxm runbook run`: plan, approval, steps, report. */
export function addRunCommand(runbook: Command, session: Session): void {
  const command = runbook
    .command('run')
    .argument('<runbook>', 'its name')
    .summary('run a runbook: plan, approval, steps, report')
    .description(
      'Runs a runbook on a worker. Shows the plan first and does nothing before exactly that plan is approved: on a terminal it asks; elsewhere it prints the plan and the command that approves it, and exits 4. A step that fails asks: retry, skip, clean up, abort.',
    );
  withFollowing(withRunOptions(command), session, 'pxm runbook plan');
  examples(command, [
    ['pxm runbook run storage-check --set node=pve01', 'plan, ask, do, report'],
    ['pxm runbook run my-procedure --approve 1f0c3a5b7d9e', 'only if the plan is still the one seen'],
    ['pxm runbook run my-procedure --from-step restart', 'go on after an abort, with what was captured'],
  ]).action(async (name: string) => {
    session.exitCode = await run(session, name, options.parse(command.opts()));
  });
}

const options = runOptions.extend(followingOptions.shape);

async function run(session: Session, name: string, given: z.infer<typeof options>): Promise<ExitCode> {
  return followStarted(session, await startRun(session, name, given), given);
}
