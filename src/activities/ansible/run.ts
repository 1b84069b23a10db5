import { hostname } from 'node:os';
import { progressForm } from '../../ansible/runs/endingForm';
import { followRun } from '../../ansible/runs/follow';
import { startRun } from '../../ansible/runs/start';
import { stopRun } from '../../ansible/runs/stop';
import { readTree } from '../../ansible/tree';
import {
  frameOfPlaybook,
  type PlaybookEstimate,
  type PlaybookFrame,
  type PlaybookPlan,
} from '../../domain/ansible/plan';
import { judgePlaybook } from '../../domain/ansible/judge';
import type { PlaybookProgress, PlaybookWatch } from '../../domain/ansible/run';
import { isAboutCredentials, ManagerError, problem, problemText } from '../../domain/errors';
import type { ActivityAttempt } from '../shared/attempt';
import type { PlaybookRunArguments } from './contract';
import type { AnsibleDependencies } from './dependencies';
import { callOf } from './plan';
import { readRunSecrets, redactionFor } from './secrets';

/** See AnsibleActivities.startPlaybook; with `check` nothing but tasks that insist changes anything. */
export async function startPlaybook(
  dependencies: AnsibleDependencies,
  { signal, requireAlive }: Pick<ActivityAttempt, 'signal' | 'requireAlive'>,
  { frame, run }: PlaybookRunArguments,
  check = false,
): Promise<void> {
  const { vars, vaultPassword } = await readRunSecrets(dependencies, frame, signal);
  const { tree, manifest } = await readTree(frame.tree.root, signal);
  if (tree.sha256 !== frame.tree.sha256) throw drifted(frame);
  await startRun(dependencies.folder, {
    ...{ id: run, playbook: frame.playbook, call: callOf(frame), check, manifest, requireAlive },
    lock: `${frame.cluster}--${frame.playbook}`,
    vars: { plain: frame.extraVars, secret: vars },
    ...(vaultPassword === undefined ? {} : { vaultPassword }),
  });
}

/** See AnsibleActivities.awaitPlaybook. */
export async function awaitPlaybook(
  dependencies: AnsibleDependencies,
  attempt: ActivityAttempt,
  { frame, run }: PlaybookRunArguments,
): Promise<PlaybookWatch> {
  const { signal } = attempt;
  const redaction = await redactionFor(dependencies, frame, signal);
  const watch = await followRun(dependencies.folder, run, {
    ...{ ...redaction, signal },
    tell: (it) => attempt.tell(it),
  });
  const remembered = progressForm.safeParse(attempt.remembered).data;
  const lastSeen = remembered === undefined ? {} : { lastSeen: remembered };
  return watch.kind === 'lost' ? { ...fromHere(watch), ...lastSeen } : watch;
}

/** See AnsibleActivities.stopPlaybook. */
export async function stopPlaybook(
  dependencies: AnsibleDependencies,
  attempt: ActivityAttempt,
  { frame, run }: PlaybookRunArguments,
): Promise<PlaybookWatch> {
  const { signal } = attempt;
  const redaction = await redactionFor(dependencies, frame, signal);
  const following = { ...redaction, signal, tell: (it: PlaybookProgress) => attempt.tell(it) };
  return fromHere(await stopRun(dependencies.folder, run, following));
}

/** Which machine it is that knows nothing of a run. */
function fromHere(watch: PlaybookWatch): PlaybookWatch {
  return watch.kind === 'lost' ? { ...watch, machine: hostname() } : watch;
}

/** See AnsibleActivities.estimatePlaybook. One that is cancelled is ended. */
export async function estimatePlaybook(
  dependencies: AnsibleDependencies,
  attempt: ActivityAttempt,
  { plan, run }: { readonly plan: PlaybookPlan; readonly run: string },
): Promise<PlaybookPlan> {
  const input = { frame: frameOfPlaybook(plan), run };
  try {
    await startPlaybook(dependencies, attempt, input, true);
    return { ...plan, estimate: estimateOf(await awaitPlaybook(dependencies, attempt, input)) };
  } catch (error) {
    if (attempt.signal.aborted) {
      await stopPlaybook(dependencies, { ...attempt, signal: new AbortController().signal }, input);
      throw error;
    }
    if (!(error instanceof ManagerError) || isAboutCredentials(error.problem)) throw error;
    return { ...plan, estimate: noEstimate(problemText(error.problem)) };
  }
}

function noEstimate(because: string): PlaybookEstimate {
  return { hosts: [], because, madeAt: new Date().toISOString() };
}

function estimateOf(watch: PlaybookWatch): PlaybookEstimate {
  if (watch.kind !== 'ended') return noEstimate('it is not known how it ended');
  const { ending } = watch;
  const it = judgePlaybook(ending, 'run it with --check');
  const said = (it?.logTail ?? []).slice(0, 3).join('; ');
  const because = it === undefined ? {} : { because: said === '' ? it.failed : `${it.failed}: ${said}` };
  return { hosts: ending.hosts, ...because, madeAt: new Date().toISOString() };
}

function drifted({ playbook, tree }: PlaybookFrame): ManagerError {
  return new ManagerError(
    problem('PlanDrifted', {
      attempted: `run the playbook ${playbook}`,
      failed: `files in ${tree.root} have changed since the plan was approved; nothing was started`,
      remedy: 'Make a new plan: it shows what would be run now.',
    }),
  );
}
