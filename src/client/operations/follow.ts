import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcDeadlineError, type Client } from '@temporalio/client';
import { present } from '../../config/present';
import { ManagerError, problem, type Problem } from '../../domain/errors';
import type { AnyPlan } from '../../domain/operation';
import { taskQueueOf } from '../../domain/names';
import type { PlanBefore } from '../../domain/progress';
import { Interrupted, isUnavailable } from '../failures';
import type { Session } from '../session';
import { sayIfSlow } from '../slow';
import { decisionView } from '../view/decisionView';
import { noProgressView, openProgressView } from '../view/openProgressView';
import { otherPlan } from './approvedInAdvance';
import { askPerson, type Asker } from './ask';
import { readEnding, type Ending } from './outcome';
import { questionOf, type Question } from './questions';
import { sendMessage } from './send';
import { ShownPlans } from './shownPlans';
import { takeSnapshot, type OperationSnapshot } from './snapshot';

/** How an operation is followed. */
export interface FollowOptions {
  /** What happens when the operation asks a person: ask here, wait until somebody answers, or leave. */
  readonly whenAsked: 'ask' | 'wait' | 'leave';
  readonly by: string;
  /** Approve by itself the plan that has this hash, and no other. */
  readonly approveHash?: string;
  /** Show nothing: neither plans nor progress. */
  readonly silent?: boolean;
}

/** How following ended. */
export type Followed =
  | { readonly kind: 'ended'; readonly ending: Ending; readonly plan?: AnyPlan }
  | {
      readonly kind: 'waits';
      readonly question: Question;
      /** The run that the operation began with. */
      readonly firstRunId: string;
      readonly plan?: AnyPlan;
      /** What that plan took the place of. */
      readonly planBefore?: PlanBefore;
      /** The plan is another one than the hash in advance said. */
      readonly otherPlan?: Problem;
    };

const awayText = 'The Temporal server does not answer; looking again. The operation is safe in its database.';
const firstLookText = 'Asking where the operation is; no worker has answered yet ...';
const lookEveryMs = 1_000;
/** The server answers a look within this, or it is taken as away. */
const serverPatienceMs = 8_000;
/** How long a server or worker that does not answer is waited for where no person watches. */
const absencePatienceMs = 60_000;

/**
 * Follows the operation that is seen first under this ID to its end, or to a question that nobody here answers: one that
 * begins under it after that is another one. Throws Interrupted on Ctrl-C, and ManagerError NoWorker or
 * TemporalUnreachable if one stays away for a minute and nobody watches.
 */
export async function followOperation(
  session: Session,
  client: Client,
  workflowId: string,
  options: FollowOptions,
): Promise<Followed> {
  const silent = options.silent === true;
  const view = silent ? noProgressView : openProgressView(session.output);
  const plans = new ShownPlans(session, client, workflowId, silent ? undefined : () => view.pause());
  const asked = new Set<string>();
  let answeredAt = Date.now();
  let away = false;
  let first = true;
  let hasApproved = false;
  let followed: OperationSnapshot | undefined;
  try {
    for (;;) {
      const looking = look(session, client, workflowId);
      const snapshot = await (first ? sayIfSlow(session.output, firstLookText, looking) : looking);
      first = false;
      if (snapshot === undefined && !away) {
        view.pause();
        session.output.note(awayText);
      }
      away = snapshot === undefined;
      if (snapshot !== undefined) {
        followed ??= snapshot;
        if (snapshot.firstRunId !== followed.firstRunId) break;
        followed = snapshot;
        if (snapshot.closed) break;
      }
      if (snapshot?.progress !== undefined) answeredAt = Date.now();
      else if (options.whenAsked === 'leave' && Date.now() - answeredAt > absencePatienceMs) {
        throw absent(snapshot, workflowId);
      }
      if (snapshot !== undefined) {
        const plan = await plans.show(snapshot);
        if (plan !== undefined) view.plan(plan);
        view.update(snapshot);
        const question = questionOf(snapshot);
        // Nobody is asked about a plan that was not shown: it may have been replaced since this look.
        if (question !== undefined && plans.covers(question) && !(await settle(snapshot, question))) {
          return {
            kind: 'waits',
            question,
            firstRunId: snapshot.firstRunId,
            ...plans.current,
            ...present({ otherPlan: otherThan(question) }),
          };
        }
      }
      await pause(session);
    }
    view.pause();
    const ending = await readEnding(client, workflowId, followed.firstRunId);
    if (ending.kind === 'report' && ending.report.outcome === 'planned')
      await plans.showFinal(followed.runId);
    return { kind: 'ended', ending, ...plans.current };
  } finally {
    view.pause();
  }

  /** False: nobody here answers it. */
  async function settle(asker: Asker, question: Question): Promise<boolean> {
    const key = question.kind === 'approval' ? question.shownHash : question.decision.id;
    if (question.kind === 'decision' && !asked.has(key) && !silent) {
      view.pause();
      session.output.note(decisionView(session.output, question.decision));
    }
    const first = !asked.has(key);
    asked.add(key);
    if (question.kind === 'approval' && options.approveHash?.startsWith(question.shownHash)) {
      if (first) await approve(session, client, asker, options.approveHash, options.by);
      hasApproved = true;
      return true;
    }
    if (options.whenAsked === 'leave') return false;
    const other = first ? otherThan(question) : undefined;
    if (other !== undefined) {
      view.pause();
      session.output.note(`Not approved: ${other.failed}.`);
    }
    if (options.whenAsked === 'wait') return true;
    view.pause();
    return (await askPerson(session, client, asker, question, options.by)) === 'answered';
  }

  /** One that takes the place of the plan that was approved here is no mistake of whoever gave the hash. */
  function otherThan(question: Question): Problem | undefined {
    const { approveHash } = options;
    if (hasApproved || approveHash === undefined || question.kind !== 'approval') return undefined;
    return otherPlan(workflowId, approveHash);
  }
}

/** One look; undefined while the server can't be reached. */
async function look(
  session: Session,
  client: Client,
  workflowId: string,
): Promise<OperationSnapshot | undefined> {
  // A signal of its own for each look: the SDK leaves listeners on the one it is given.
  const signal = AbortSignal.any([session.interrupted]);
  setMaxListeners(0, signal);
  try {
    return await client.withDeadline(Date.now() + serverPatienceMs, () =>
      client.withAbortSignal(signal, () => takeSnapshot(client, workflowId)),
    );
  } catch (error) {
    if (session.interrupted.aborted) throw new Interrupted();
    if (!isUnavailable(error) && !isGrpcDeadlineError(error)) throw error;
    return undefined;
  }
}

async function approve(
  session: Session,
  client: Client,
  { workflowId, firstRunId }: Asker,
  planHash: string,
  by: string,
): Promise<void> {
  const message = { name: 'approve', payload: { planHash, by } } as const;
  const sent = await sendMessage(client, workflowId, message, firstRunId);
  if (!sent.accepted) throw new ManagerError(sent.problem);
  session.output.note(sent.text);
}

async function pause({ interrupted }: Session): Promise<void> {
  await delay(lookEveryMs, undefined, { signal: interrupted }).catch(() => undefined);
  if (interrupted.aborted) throw new Interrupted();
}

function absent(snapshot: OperationSnapshot | undefined, workflowId: string): ManagerError {
  const attempted = `follow the operation ${workflowId}`;
  if (snapshot === undefined) {
    return new ManagerError(
      problem('TemporalUnreachable', { attempted, failed: 'the server has not answered for a minute' }),
    );
  }
  const [, cluster = ''] = workflowId.split('/');
  const queue = cluster === '' ? 'its task queue' : `the task queue ${taskQueueOf(cluster)}`;
  return new ManagerError(
    problem('NoWorker', { attempted, failed: `no worker has answered on ${queue} for a minute` }),
  );
}
