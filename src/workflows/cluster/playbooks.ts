import type { PlaybookPlan } from '../../domain/ansible/plan';
import { problem, type Problem } from '../../domain/errors';
import { tryPlaybook } from '../ansible/step';
import { activities } from '../shared/calls';
import { failedFrame, type FrameStep } from '../shared/frameStep';
import type { StepFailure } from '../shared/stepRun';
import type { ClusterRun } from './run';
import { frameStepOf, whenFailed } from './step';

/**
 * Runs the playbooks of a plan on the machines that it has made, one after the other, each only if the one before has done
 * what it should. True if all have.
 */
export async function runPlaybooks(run: ClusterRun): Promise<boolean> {
  for (const planned of run.plan.playbooks ?? []) {
    if (!(await runPlaybook(run, planned))) return false;
  }
  return true;
}

/** The id of the step that runs a playbook. */
export function playbookStep({ playbook }: Pick<PlaybookPlan, 'playbook'>): string {
  return `playbook-${playbook}`;
}

function runPlaybook(run: ClusterRun, planned: PlaybookPlan): Promise<boolean> {
  const title = `Run the playbook ${planned.playbook} on the machines that were made`;
  return frameStepOf(run, { name: playbookStep(planned), title }, 'change', (step) =>
    tryOnce(run, step, planned),
  );
}

/** Before each run it is looked once more whether it is what was approved, and whether its hosts are known by now. */
async function tryOnce(
  run: ClusterRun,
  step: FrameStep,
  planned: PlaybookPlan,
): Promise<StepFailure | undefined> {
  const { operation } = run;
  const known = () => operation.state.results[step.record.id]?.playbook;
  if (known()?.phase !== 'begun') {
    const refused = await whyNot(step, planned);
    if (refused !== undefined) return failedFrame(run, step, refused, whenFailed);
  }
  const { playbook } = planned;
  return tryPlaybook({
    ...{ plan: planned, step, known, whenDrifted: whenFailed },
    whenTreeIsWrong: `A retry runs what was approved: where the playbook or its inventory is wrong, skip, correct it, then ${runByHand(planned)}`,
    runsOf: `${operation.holder.firstExecutionRunId}-${playbook}`,
    keep: (result) =>
      step.keep({
        outcome: 'done',
        captures: { runs: result.begun, hosts: result.ending?.hosts.map(({ host }) => host) ?? [] },
        playbook: result,
        ...(result.ending?.exitCode === undefined ? {} : { exitCode: result.ending.exitCode }),
      }),
  });
}

async function whyNot(step: FrameStep, planned: PlaybookPlan): Promise<Problem | undefined> {
  const { title } = step.record;
  const { playbook, limit } = planned;
  const request = { playbook, ...(limit === undefined ? {} : { limit }) };
  const looked = await step.attempt(title, () =>
    activities.ansibleReads.planPlaybook.executeWithOptions(
      { summary: `is ${playbook} what was approved, and are its hosts known?` },
      [{ request }],
    ),
  );
  if (!looked.ok) return looked.problem;
  if (whatIsRun(looked.value.plan) === whatIsRun(planned)) return undefined;
  return problem('PlanDrifted', {
    attempted: title,
    failed: `files of ${planned.tree.root}, or what is used beside it, have changed since the plan was approved; nothing was started`,
    remedy: `Put back what was approved, then retry; or skip, and run it as it is now: ${runByHand(planned)}`,
  });
}

function runByHand({ playbook, limit }: PlaybookPlan): string {
  return `pxm ansible run ${playbook} --limit ${limit ?? 'all'}`;
}

/** All that was approved but the hosts that are known: an inventory may name them only once they are there. */
function whatIsRun({ file, inventory, settings, tree, besideTree, program }: PlaybookPlan): string {
  return JSON.stringify([file, inventory, settings ?? null, tree.root, tree.sha256, besideTree, program]);
}
