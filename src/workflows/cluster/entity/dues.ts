import type { ClusterAction, ClusterRequest } from '../../../domain/cluster/request';
import { formatTime } from '../../../domain/rendering/sizes';
import { asideOf, membersOf, type EntityState } from './state';

const hourMs = 3_600_000;

/** So long before the end of the time to live a person is reminded. */
const remindersMs: readonly number[] = [72 * hourMs, 24 * hourMs, hourMs];

/** What was not wanted, or could not be done to its end, is asked again after this. */
export const askAgainMs = 24 * hourMs;
/** What could not be started is tried again after this. */
const tryAgainMs = 10 * 60_000;

/** What the entity begins by itself. */
export type DueAction = Extract<ClusterAction, 'replace' | 'destroy' | 'purge'>;

/**
 * What the entity starts by itself now; undefined: nothing. Only the cluster of now counts, whatever was before it. Where
 * both are due they take turns: a machine that can't be set aside must not keep what is set aside for ever.
 */
export function dueAction(state: EntityState, nowMs: number): DueAction | undefined {
  const { operation, replacement } = state;
  if (operation !== undefined) return undefined;
  if (replacement !== undefined && !isBefore(nowMs, replacement.notBefore)) return 'replace';
  if (isBefore(nowMs, state.notBefore)) return undefined;
  const { endsAt, asideUntil } = state.record ?? {};
  const isAnyActive = membersOf(state).length > asideOf(state).length;
  const isDestroyDue = isAnyActive && isOver(nowMs, endsAt);
  const isPurgeDue = asideOf(state).length > 0 && isOver(nowMs, asideUntil);
  if (isPurgeDue && (!isDestroyDue || state.last?.action === 'destroy')) return 'purge';
  return isDestroyDue ? 'destroy' : undefined;
}

/** What it asks for then. It plans, and waits for a person like any other operation. */
export function requestByItself(state: EntityState, profile: string, action: DueAction): ClusterRequest {
  const { machines = [], by = '' } = state.replacement ?? {};
  switch (action) {
    case 'replace':
      return { profile, action, machines, orMissing: true, requestedBy: `${by} (answered with replace)` };
    case 'destroy':
      return { profile, action, requestedBy: 'the end of its time to live' };
    case 'purge':
      return { profile, action, requestedBy: 'the end of the grace period' };
  }
}

/** What could not be started is tried again later; all else goes on meanwhile. */
export function putOff(state: EntityState, action: DueAction, nowMs: number): void {
  const notBefore = new Date(nowMs + tryAgainMs).toISOString();
  if (action !== 'replace') state.notBefore = notBefore;
  else if (state.replacement !== undefined) state.replacement = { ...state.replacement, notBefore };
}

/** The milliseconds until something is due, or a reminder; undefined: nothing ever is by itself. */
export function untilDueMs(state: EntityState, nowMs: number): number | undefined {
  const { operation, replacement } = state;
  if (operation !== undefined) return undefined;
  const { endsAt, asideUntil } = state.record ?? {};
  const isAnyActive = membersOf(state).length > asideOf(state).length;
  const ends = isAnyActive && endsAt !== undefined ? [endsAt] : [];
  const grace = asideOf(state).length > 0 && asideUntil !== undefined ? [asideUntil] : [];
  const earliestMs = state.notBefore === undefined ? 0 : Date.parse(state.notBefore);
  const times = [
    ...(replacement === undefined
      ? []
      : [Date.parse(replacement.notBefore ?? new Date(nowMs).toISOString())]),
    ...ends.flatMap((at) => remindersMs.map((before) => Date.parse(at) - before)).filter((at) => at > nowMs),
    ...[...ends, ...grace].map((at) => Math.max(Date.parse(at), earliestMs)),
  ];
  return times.length === 0 ? undefined : Math.max(0, Math.min(...times) - nowMs);
}

/** What a person is told of the times of a cluster; undefined: nothing yet. */
export function reminder(state: EntityState, profile: string, nowMs: number): string | undefined {
  const { endsAt, asideUntil } = state.record ?? {};
  if (state.replacement !== undefined && state.operation === undefined) {
    const { machines, by } = state.replacement;
    return `To be replaced, as ${by} has answered: ${machines.join(', ')}. The plan is made by itself, and waits for an approval.`;
  }
  const isAnyActive = membersOf(state).length > asideOf(state).length;
  if (isAnyActive && endsAt !== undefined && Date.parse(endsAt) - nowMs <= Math.max(...remindersMs)) {
    const what = isOver(nowMs, endsAt)
      ? `The time of the cluster was over at ${formatTime(endsAt)}: it is to be set aside, once a person has approved that.`
      : `The cluster is to be set aside at ${formatTime(endsAt)}, once a person has approved that.`;
    return `${what} It goes on: pxm cluster extend ${profile} --for 7d`;
  }
  if (asideOf(state).length === 0 || asideUntil === undefined) return undefined;
  return isOver(nowMs, asideUntil)
    ? `What is set aside was kept until ${formatTime(asideUntil)}: it is to be deleted, once a person has approved that.`
    : `What is set aside can be brought back until ${formatTime(asideUntil)}: pxm cluster undo ${profile}`;
}

function isOver(nowMs: number, at: string | undefined): boolean {
  return at !== undefined && nowMs >= Date.parse(at);
}

function isBefore(nowMs: number, at: string | undefined): boolean {
  return at !== undefined && nowMs < Date.parse(at);
}
