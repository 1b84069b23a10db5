import { frameOfPlaybook, type PlaybookPlan } from '../../domain/ansible/plan';
import { judgePlaybook } from '../../domain/ansible/judge';
import {
  progressText,
  type PlaybookEnding,
  type PlaybookProgress,
  type PlaybookResult,
  type PlaybookWatch,
} from '../../domain/ansible/run';
import type { DecisionChoice } from '../../domain/decision';
import { problem, problemText, type Problem } from '../../domain/errors';
import { activities } from '../shared/calls';
import { mayBegin } from '../shared/mayBegin';
import type { Operation } from '../shared/operation';
import { over, recordOf, type NewStep } from '../shared/records';
import type { OperationPlan } from '../shared/state';
import { stepRun, untilDone, type StepFailure, type StepRun } from '../shared/stepRun';

/** The one step of the operation. */
export const playbookStepId = 'playbook';

/** So often a start that certainly did not happen is tried again by itself. */
const mostStarts = 5;

/** A playbook that runs in a step, of whichever operation. */
export interface PlaybookRun {
  readonly plan: PlaybookPlan;
  readonly step: StepRun<unknown>;
  /** What is kept of its runs. */
  readonly known: () => PlaybookResult | undefined;
  readonly keep: (result: PlaybookResult) => void;
  /** What the names of its runs begin with: no other playbook has the same. */
  readonly runsOf: string;
  /** What helps where the cause of a failure lies in the tree, added to the remedy. Absent: a retry makes a new plan of it. */
  readonly whenTreeIsWrong?: string;
  /** What can be done where the tree is not the approved one any more. */
  readonly whenDrifted: readonly DecisionChoice[];
}

/** Runs the playbook of an approved plan until it has done what it should, or a person ends it. */
export async function runPlaybookStep(
  operation: Operation<OperationPlan, PlaybookResult>,
  plan: PlaybookPlan,
): Promise<void> {
  const { state } = operation;
  const isNewPlan = state.planIsNew;
  state.phase = 'running';
  state.planIsNew = false;
  operation.changed();
  const wanted: NewStep = {
    ...{ id: playbookStepId, title: `Run the playbook ${plan.playbook}`, kind: 'change' },
    ...{ target: plan.file, settledTasks: [] },
  };
  const record = recordOf(state.steps, wanted, (it) => isNewPlan && over.has(it.phase));
  if (over.has(record.phase)) return;
  const ended = () => state.cancel !== undefined || state.replanWanted;
  if (!(await mayBegin(operation, record, ended))) return;
  const step = stepRun(operation, record);
  const run: PlaybookRun = {
    ...{ plan, step, runsOf: operation.holder.firstExecutionRunId, whenDrifted: ['replan', 'abort'] },
    known: () => state.results[record.id],
    keep: (result) => step.keep(result),
  };
  await untilDone(
    step,
    () => tryPlaybook(run),
    () => Promise.resolve(),
  );
}

/** One try. A run that was begun, by whichever worker, is followed and never begun again. */
export async function tryPlaybook(run: PlaybookRun): Promise<StepFailure | undefined> {
  if (run.known()?.phase !== 'begun') {
    const refused = await begin(run);
    if (refused !== undefined) return failed(run, refused, choicesAfter(run, refused));
  }
  run.step.phase('running');
  const watched = await follow(run);
  if ('code' in watched) return failed(run, watched);
  return settle(run, watched);
}

/** Undefined: it is under way, as far as that can be known. */
async function begin(run: PlaybookRun): Promise<Problem | undefined> {
  const { plan, step } = run;
  const { title } = step.record;
  for (let starts = 1; ; starts += 1) {
    const known = run.known();
    const attempts = (known?.attempts ?? 0) + 1;
    const begunBefore = known?.begun ?? 0;
    run.keep({ ...known, attempts, begun: begunBefore, phase: 'starting' });
    step.phase('starting');
    const begun = await step.attempt(title, () =>
      activities.ansibleOnce.startPlaybook.executeWithOptions({ summary: title }, [
        { frame: frameOfPlaybook(plan), run: runName(run, attempts) },
      ]),
    );
    const code = begun.ok ? undefined : begun.problem.code;
    // Its worker was lost, or did not say what became of it: what is there now tells.
    if (code === undefined || code === 'OutcomeUnknown') {
      run.keep({ attempts, begun: begunBefore + 1, phase: 'begun' });
      return undefined;
    }
    const isInterrupted = code === 'Interrupted' && step.operation.state.cancel === undefined;
    if (!begun.ok && (!isInterrupted || starts >= mostStarts)) return begun.problem;
  }
}

/** Follows the run to its end; a person who ends the operation at once ends the run. */
async function follow(run: PlaybookRun): Promise<PlaybookWatch | Problem> {
  const { plan, step } = run;
  const { title } = step.record;
  const args = { frame: frameOfPlaybook(plan), run: runName(run, run.known()?.attempts ?? 1) };
  const watched = await step.wait(
    title,
    () => activities.ansibleWaits.awaitPlaybook.executeWithOptions({ summary: `follow: ${title}` }, [args]),
    () => step.operation.state.cancel?.running === 'abort',
  );
  if (watched !== 'interrupted') return watched.ok ? watched.value : watched.problem;
  const stopped = await step.attempt(`end the playbook ${plan.playbook}`, () =>
    activities.ansibleChanges.stopPlaybook.executeWithOptions({ summary: `end: ${title}` }, [args]),
  );
  return stopped.ok ? stopped.value : stopped.problem;
}

function settle(run: PlaybookRun, watch: PlaybookWatch): StepFailure | undefined {
  const { step, plan } = run;
  const { title } = step.record;
  const { attempts, begun } = run.known() ?? { attempts: 1, begun: 1 };
  switch (watch.kind) {
    case 'ended': {
      run.keep({ attempts, begun, phase: 'ended', ending: watch.ending });
      warnOfChanges(run, watch.ending);
      const it = judgePlaybook(watch.ending, title);
      if (it === undefined) return undefined;
      const advice = run.whenTreeIsWrong === undefined ? '' : ` ${run.whenTreeIsWrong}`;
      const told = { ...it, remedy: `${it.remedy}${advice}` };
      return failed(run, told, ['retry', 'skip', 'abort'], watch.ending.lastSeen);
    }
    case 'lost': {
      run.keep({ attempts, begun, phase: 'ended' });
      const it = problem('OutcomeUnknown', {
        attempted: title,
        failed: `this machine (${watch.machine ?? 'its name is not known'}) knows nothing of the run ${runName(run, attempts)}; if another worker of this cluster runs Ansible, it may still run there`,
        remedy:
          'Look before retry: on every other machine with a worker of this cluster whether ansible-playbook still runs, and at the hosts. retry runs the playbook anew, also beside a run that still goes on elsewhere.',
      });
      return failed(run, it, ['retry', 'skip', 'abort'], watch.lastSeen);
    }
    case 'stillRunning': {
      const it = problem('OutcomeUnknown', {
        attempted: `end the playbook ${plan.playbook}`,
        failed: 'its processes are still there after SIGKILL',
        remedy: "Look at them on the worker's machine (ps); wait follows the run on.",
      });
      return { ...failed(run, it, ['wait', 'abort'], watch.lastSeen), kind: 'stalled' };
    }
  }
}

/** A tree that changed between approval and run is not run; all else may be tried again. */
function choicesAfter({ whenDrifted }: PlaybookRun, { code }: Problem): readonly DecisionChoice[] {
  return code === 'PlanDrifted' ? whenDrifted : ['retry', 'skip', 'abort'];
}

function failed(
  { step }: PlaybookRun,
  it: Problem,
  choices: readonly DecisionChoice[] = ['retry', 'skip', 'abort'],
  lastSeen?: PlaybookProgress,
): StepFailure {
  const seen = lastSeen === undefined ? '' : ` Last seen: ${progressText(lastSeen)}.`;
  return {
    kind: 'stepFailed',
    title: `${step.record.title}: failed`,
    problem: it,
    seen: `${problemText(it)}.${seen}`.slice(0, 1000),
    choices,
  };
}

/** Ansible is delegated to, not what it works with: a playbook that changes its own tree is said. */
function warnOfChanges({ step, plan }: PlaybookRun, { changedFiles }: PlaybookEnding): void {
  const { names, count, because } = changedFiles;
  if (because !== undefined)
    step.warn(`Whether the run has changed files in ${plan.tree.root} could not be found out: ${because}.`);
  if (count === 0) return;
  const more = count > names.length ? ` and ${count - names.length} more` : '';
  step.warn(`Files in ${plan.tree.root} have changed during the run: ${names.join(', ')}${more}.`);
}

/** No two runs ever have the same. */
function runName({ runsOf }: PlaybookRun, attempts: number): string {
  return `${runsOf}-${attempts}`;
}
