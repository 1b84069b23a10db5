import type { AccessStepResult } from '../activities/access/contract';
import type { AccessPlan, PlannedAccessStep } from '../domain/accessPlan';
import { problem, problemText } from '../domain/errors';
import { activities } from './shared/calls';
import type { Attempt } from './shared/credentials';
import type { NewStep } from './shared/records';
import { stepsAround } from './shared/stepsAround';
import { untilDone, type StepFailure, type StepRun } from './shared/stepRun';

/** A planned step before it starts. */
export function accessStep({ id, title, action }: PlannedAccessStep): NewStep {
  const isDestroy = action.kind.startsWith('remove') || action.kind === 'forgetToken';
  return { id, title, kind: isDestroy ? 'destroy' : 'change', target: 'access', settledTasks: [] };
}

/** Runs one step until its goal is reached or a person ends it. */
export function runAccessStep(
  step: StepRun<AccessStepResult>,
  plan: AccessPlan,
  planned: PlannedAccessStep,
): Promise<void> {
  return untilDone(
    step,
    () => tryOnce(step, plan, planned),
    () => Promise.resolve(),
  );
}

async function tryOnce(
  step: StepRun<AccessStepResult>,
  plan: AccessPlan,
  planned: PlannedAccessStep,
): Promise<StepFailure | undefined> {
  step.phase('starting');
  const result = await call(step, plan, planned);
  if (result.ok) {
    step.keep(result.value);
    for (const warning of result.value.warnings) step.warn(warning);
    return undefined;
  }
  return {
    kind: 'stepFailed',
    title: `${planned.title}: failed`,
    problem: result.problem,
    seen: `${stepsAround(step)} ${problemText(result.problem)}`,
    choices: ['retry', 'replan', 'abort'],
  };
}

function call(
  step: StepRun<AccessStepResult>,
  { node, trust }: AccessPlan,
  { title, action }: PlannedAccessStep,
): Promise<Attempt<AccessStepResult>> {
  const options = { summary: title.slice(0, 180) };
  const plan = { node, trust };
  switch (action.kind) {
    case 'issueToken':
      return step.attempt(title, () =>
        activities.accessChanges.issueToken.executeWithOptions(options, [{ plan, action }]),
      );
    case 'forgetToken':
      return step.attempt(title, () =>
        activities.accessChanges.forgetToken.executeWithOptions(options, [{ tokenId: action.tokenId }]),
      );
    case 'awaitTasks':
      return awaitTasks(step, node, title, action.tokenId);
    default:
      return step.attempt(title, () =>
        activities.accessChanges.applyAccess.executeWithOptions(options, [{ plan, action }]),
      );
  }
}

/** An operation that is cancelled does not wait any longer: the old token stays until the next rotation. */
async function awaitTasks(
  step: StepRun<AccessStepResult>,
  node: string,
  title: string,
  tokenId: string,
): Promise<Attempt<AccessStepResult>> {
  const isCancelled = () => step.operation.state.cancel !== undefined;
  const waited = await step.wait(
    title,
    () => activities.accessWaits.awaitTokenTasks.executeWithOptions({ summary: title }, [{ node, tokenId }]),
    isCancelled,
  );
  if (waited === 'interrupted') {
    const failed = 'cancelled while a task of it was running; it is kept';
    const remedy = 'Finish it later: pxm token rotate';
    return { ok: false, problem: problem('Interrupted', { attempted: title, failed, remedy }) };
  }
  return waited.ok ? { ok: true, value: { outcome: 'changed', warnings: [] } } : waited;
}
