import { frameOfPlaybook, type PlaybookPlan } from '../../domain/ansible/plan';
import { judgePlaybook } from '../../domain/ansible/judge';
import {
  progressText,
  type PlaybookEnding,
  type PlaybookProgress,
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

/** What is kept of the runs of a playbook. Plain data: it travels through continue-as-new. */
export interface PlaybookResult {
  /** How many names of runs are used up: one for each try to begin, refused or not. */
  readonly attempts: number;
  /** How many runs were begun, those included of which it is only likely. */
  readonly begun: number;
  /** `begun` also where it is only likely: its start was asked for, and the answer is not known. */
  readonly phase: 'starting' | 'begun' | 'ended';
  /** Of the last run that was begun, until the next one is. Absent: not known. */
  readonly ending?: PlaybookEnding;
}

/** The one step of the operation. */
export const playbookStepId = 'playbook';

/** So often a start that certainly did not happen is tried again by itself. */
const mostStarts = 5;

interface PlaybookRun {
  readonly plan: PlaybookPlan;
  readonly step: StepRun<PlaybookResult>;
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
  const run: PlaybookRun = { plan, step: stepRun(operation, record) };
  await untilDone(
    run.step,
    () => tryPlaybook(run),
    () => Promise.resolve(),
  );
}

/** One try. A run that was begun, by whichever worker, is followed and never begun again. */
async function tryPlaybook(run: PlaybookRun): Promise<StepFailure | undefined> {
  const known = resultOf(run);
  if (known?.phase !== 'begun') {
    const refused = await begin(run);
    if (refused !== undefined) return failed(run, refused, choicesAfter(refused));
  }
  run.step.phase('running');
  const watched = await follow(run);
  if ('code' in watched) return failed(run, watched);
  return settle(run, watched);
}

/** Undefined: it is under way, as far as that can be known. */
async function begin({ plan, step }: PlaybookRun): Promise<Problem | undefined> {
  const { title } = step.record;
  for (let starts = 1; ; starts += 1) {
    const known = resultOf({ step });
    const attempts = (known?.attempts ?? 0) + 1;
    const begunBefore = known?.begun ?? 0;
    step.keep({ ...known, attempts, begun: begunBefore, phase: 'starting' });
    step.phase('starting');
    const begun = await step.attempt(title, () =>
      activities.ansibleOnce.startPlaybook.executeWithOptions({ summary: title }, [
        { frame: frameOfPlaybook(plan), run: runName(step, attempts) },
      ]),
    );
    const code = begun.ok ? undefined : begun.problem.code;
    // Its worker was lost, or did not say what became of it: what is there now tells.
    if (code === undefined || code === 'OutcomeUnknown') {
      step.keep({ attempts, begun: begunBefore + 1, phase: 'begun' });
      return undefined;
    }
    const isInterrupted = code === 'Interrupted' && step.operation.state.cancel === undefined;
    if (!begun.ok && (!isInterrupted || starts >= mostStarts)) return begun.problem;
  }
}

/** Follows the run to its end; a person who ends the operation at once ends the run. */
async function follow({ plan, step }: PlaybookRun): Promise<PlaybookWatch | Problem> {
  const { title } = step.record;
  const args = { frame: frameOfPlaybook(plan), run: runName(step, resultOf({ step })?.attempts ?? 1) };
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
  const { attempts, begun } = resultOf(run) ?? { attempts: 1, begun: 1 };
  switch (watch.kind) {
    case 'ended': {
      step.keep({ attempts, begun, phase: 'ended', ending: watch.ending });
      warnOfChanges(run, watch.ending);
      const it = judgePlaybook(watch.ending, title);
      return it === undefined
        ? undefined
        : failed(run, it, ['retry', 'skip', 'abort'], watch.ending.lastSeen);
    }
    case 'lost': {
      step.keep({ attempts, begun, phase: 'ended' });
      const it = problem('OutcomeUnknown', {
        attempted: title,
        failed: `this machine (${watch.machine ?? 'its name is not known'}) knows nothing of the run ${runName(step, attempts)}; if another worker of this cluster runs Ansible, it may still run there`,
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

/** A tree that changed between approval and run is planned anew; all else may be tried again. */
function choicesAfter({ code }: Problem): readonly DecisionChoice[] {
  return code === 'PlanDrifted' ? ['replan', 'abort'] : ['retry', 'skip', 'abort'];
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

function resultOf({ step }: Pick<PlaybookRun, 'step'>): PlaybookResult | undefined {
  return step.operation.state.results[step.record.id];
}

/** No two runs ever have the same. */
function runName({ operation }: StepRun<PlaybookResult>, attempts: number): string {
  return `${operation.holder.firstExecutionRunId}-${attempts}`;
}
