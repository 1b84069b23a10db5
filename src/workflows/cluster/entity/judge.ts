import type { ExtendMessage, OperationUnderWay } from '../../../domain/cluster/messages';
import { longestTimeMs, type ClusterAction, type ClusterRequest } from '../../../domain/cluster/request';
import { problem, type Problem } from '../../../domain/errors';
import { shellWord, watchCommand } from '../../../domain/rendering/commands';
import { isRecord } from '../../shared/requestFields';
import { asideOf, membersOf, type EntityState } from './state';

/** Why an action is refused whatever the machines look like; undefined: it may be planned. */
export function senseless(state: EntityState, request: ClusterRequest): Problem | undefined {
  const { action, profile, orMissing } = request;
  const aside = asideOf(state);
  const active = membersOf(state).length - aside.length;
  const refused = (failed: string, remedy: string) =>
    problem('InputInvalid', { attempted: `${action} the cluster ${profile}`, failed, remedy });
  const none = () =>
    refused(
      'it has no machines',
      `pxm cluster create ${profile} makes it; pxm cluster list shows what is there.`,
    );
  if (onWhatIsAside.has(action)) {
    if (aside.length > 0) return undefined;
    // An operation that ended otherwise may have set machines aside, and nobody heard of it: the plan sees.
    if (active > 0 && state.last !== undefined && state.last.outcome !== 'done') return undefined;
    return membersOf(state).length === 0
      ? none()
      : refused('nothing of it is set aside', `What it is now: pxm cluster status ${profile}`);
  }
  if (action === 'destroy') {
    if (active > 0 || (request.now === true && aside.length > 0)) return undefined;
    if (aside.length === 0) return none();
    return refused(
      'all of its machines are set aside already',
      `pxm cluster purge ${profile} deletes them, pxm cluster undo ${profile} brings them back.`,
    );
  }
  if (aside.length > 0) {
    return refused(
      `${aside.length} of its machines are set aside: ${aside.map(({ name }) => name).join(', ')}`,
      `First pxm cluster undo ${profile} (brings them back) or pxm cluster purge ${profile} (deletes them).`,
    );
  }
  const makesTheFirst = action === 'create' || action === 'adopt' || orMissing === true;
  return active > 0 || makesTheFirst ? undefined : none();
}

const onWhatIsAside: ReadonlySet<ClusterAction> = new Set(['purge', 'undo']);

/** The refusal of a second operation. */
export function underWay(
  { action, workflowId, since, requestedBy }: OperationUnderWay,
  request: Pick<ClusterRequest, 'action' | 'profile'>,
): Problem {
  const who = requestedBy === undefined ? '' : ` by ${requestedBy}`;
  return problem('LeaseRefused', {
    attempted: `${request.action} the cluster ${request.profile}`,
    failed: `an operation of it is under way (${action}, since ${since}${who}); no second one was started`,
    remedy: `Follow it: ${watchCommand(workflowId)}\nEnd it: pxm cancel ${shellWord(workflowId)}`,
  });
}

/** The refusal where the ID of operations is taken by one that this entity knows nothing of. */
export function startedElsewhere(
  workflowId: string,
  { action, profile }: Pick<ClusterRequest, 'action' | 'profile'>,
): Problem {
  return problem('LeaseRefused', {
    attempted: `${action} the cluster ${profile}`,
    failed: `${workflowId} runs already, and was not started from here; no second one was started`,
    remedy: `Follow it: ${watchCommand(workflowId)}\nEnd it: pxm cancel ${shellWord(workflowId)}`,
  });
}

/** The ISO time, or never, that a message asks for. A problem where it can't be understood, or makes no sense. */
export function endAsked(
  state: EntityState,
  profile: string,
  message: unknown,
  nowMs: number,
): { readonly endsAt?: string } | Problem {
  const attempted = `change when the cluster ${profile} is set aside`;
  const invalid = (failed: string, remedy?: string) =>
    problem('InputInvalid', { attempted, failed, ...(remedy === undefined ? {} : { remedy }) });
  if (membersOf(state).length === asideOf(state).length) {
    return invalid('it has no machines that run', `What it is now: pxm cluster status ${profile}`);
  }
  if (!isMessage(message)) {
    return invalid('it must be {"by":"<you>"} and one of "timeToLiveMs", "until" and "never"');
  }
  if (message.never === true) return {};
  const untilMs =
    message.timeToLiveMs === undefined ? Date.parse(message.until ?? '') : nowMs + message.timeToLiveMs;
  if (!Number.isFinite(untilMs)) return invalid('"until" must be an ISO time');
  if (untilMs <= nowMs) return invalid('that time is over', `To end it now: pxm cluster destroy ${profile}`);
  if (untilMs - nowMs > longestTimeMs) return invalid('that is more than ten years from now');
  return { endsAt: new Date(untilMs).toISOString() };
}

function isMessage(message: unknown): message is ExtendMessage {
  if (!isRecord(message)) return false;
  const { by, timeToLiveMs, until, never } = message;
  const given = [timeToLiveMs, until, never].filter((it) => it !== undefined);
  const isRight =
    (typeof timeToLiveMs === 'number' && timeToLiveMs > 0) || typeof until === 'string' || never === true;
  return typeof by === 'string' && by.trim() !== '' && given.length === 1 && isRight;
}
