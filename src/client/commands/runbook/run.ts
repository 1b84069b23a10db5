import { Option, type Command } from 'commander';
import { z } from 'zod';
import type { ExitCode } from '../../../domain/exitCodes';
import { followAndPresent } from '../../operations/present';
import { runOptions, withRunOptions } from '../../runbooks/runOptions';
import { startRun } from '../../runbooks/startRun';
import type { Session } from '../../session';
import { leaveToItself } from '../detach';
import { examples, planHash, whenAsked } from '../shared';

/** `pxm runbook run`: plan, approval, steps, report. */
export function addRunCommand(runbook: Command, session: Session): void {
  const command = runbook
    .command('run')
    .argument('<runbook>', 'its name')
    .summary('run a runbook: plan, approval, steps, report')
    .description(
      'Runs a runbook on a worker. Shows the plan first and does nothing before exactly that plan is approved: on a terminal it asks; elsewhere it prints the plan and the command that approves it, and exits 4. A step that fails asks: retry, skip, clean up, abort.',
    );
  withRunOptions(command, session)
    .option(
      '--approve <hash>',
      'approve by itself the plan with this hash (from pxm runbook plan), no other',
      planHash,
    )
    .option('--wait', 'without a terminal: stay until somebody has approved, and to the end')
    .addOption(new Option('--detach', 'start it and return at once (not with --wait)').conflicts('wait'));
  examples(command, [
    ['pxm runbook run storage-check --node pve01', 'plan, ask, do, report'],
    ['pxm runbook run my-procedure --approve 1f0c3a5b7d9e', 'only if the plan is still the one seen'],
    ['pxm runbook run my-procedure --from-step restart', 'go on after an abort, with what was captured'],
  ]).action(async (name: string) => {
    session.exitCode = await run(session, name, options.parse(command.opts()));
  });
}

const options = runOptions.extend({
  approve: z.string().optional(),
  wait: z.boolean().default(false),
  detach: z.boolean().default(false),
});

async function run(session: Session, name: string, given: z.infer<typeof options>): Promise<ExitCode> {
  const { approve, wait, detach, by } = given;
  const workflowId = await startRun(session, name, given);
  const client = await session.client();
  if (detach) return leaveToItself(session, client, workflowId, { approve, by, dryRun: false });
  return followAndPresent(session, client, workflowId, {
    ...{ whenAsked: whenAsked(session, wait), by },
    ...(approve === undefined ? {} : { approveHash: approve }),
  });
}
