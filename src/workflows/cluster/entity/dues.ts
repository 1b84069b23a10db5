import { asideOf, membersOf, type EntityState } from './state';

const hourMs = 3_600_000;

/** So long before the end of the time to live a person is reminded. */
const remindersMs: readonly number[] = [72 * hourMs, 24 * hourMs, hourMs];

/** What was not wanted, or could not be done to its end, is asked again after this. */
export const askAgainMs = 24 * hourMs;
/** What could not be started is tried again after this. */
export const tryAgainMs = 10 * 60_000;

/**
 * What the entity starts by itself now; undefined: nothing. Only the cluster of now counts, whatever was before it. Where
 * both are due they take turns: a machine that can't be set aside must not keep what is set aside for ever.
 */
export function dueAction(state: EntityState, nowMs: number): 'destroy' | 'purge' | undefined {
  if (state.operation !== undefined || isBefore(nowMs, state.notBefore)) return undefined;
  const { endsAt, asideUntil } = state.record ?? {};
  const isAnyActive = membersOf(state).length > asideOf(state).length;
  const isDestroyDue = isAnyActive && isOver(nowMs, endsAt);
  const isPurgeDue = asideOf(state).length > 0 && isOver(nowMs, asideUntil);
  if (isPurgeDue && (!isDestroyDue || state.last?.action === 'destroy')) return 'purge';
  return isDestroyDue ? 'destroy' : undefined;
}

/** The milliseconds until something is due, or a reminder; undefined: nothing ever is by itself. */
export function untilDueMs(state: EntityState, nowMs: number): number | undefined {
  if (state.operation !== undefined) return undefined;
  const { endsAt, asideUntil } = state.record ?? {};
  const isAnyActive = membersOf(state).length > asideOf(state).length;
  const ends = isAnyActive && endsAt !== undefined ? [endsAt] : [];
  const grace = asideOf(state).length > 0 && asideUntil !== undefined ? [asideUntil] : [];
  const earliestMs = state.notBefore === undefined ? 0 : Date.parse(state.notBefore);
  const times = [
    ...ends.flatMap((at) => remindersMs.map((before) => Date.parse(at) - before)).filter((at) => at > nowMs),
    ...[...ends, ...grace].map((at) => Math.max(Date.parse(at), earliestMs)),
  ];
  return times.length === 0 ? undefined : Math.max(0, Math.min(...times) - nowMs);
}

/** What a person is told of the times of a cluster; undefined: nothing yet. */
export function reminder(state: EntityState, profile: string, nowMs: number): string | undefined {
  const { endsAt, asideUntil } = state.record ?? {};
  const isAnyActive = membersOf(state).length > asideOf(state).length;
  if (isAnyActive && endsAt !== undefined && Date.parse(endsAt) - nowMs <= Math.max(...remindersMs)) {
    const what = isOver(nowMs, endsAt)
      ? `The time of the cluster was over at ${endsAt}: it is to be set aside, once a person has approved that.`
      : `The cluster is to be set aside at ${endsAt}, once a person has approved that.`;
    return `${what} It goes on: pxm cluster extend ${profile} --for 7d`;
  }
  if (asideOf(state).length === 0 || asideUntil === undefined) return undefined;
  return isOver(nowMs, asideUntil)
    ? `What is set aside was kept until ${asideUntil}: it is to be deleted, once a person has approved that.`
    : `What is set aside can be brought back until ${asideUntil}: pxm cluster undo ${profile}`;
}

function isOver(nowMs: number, at: string | undefined): boolean {
  return at !== undefined && nowMs >= Date.parse(at);
}

function isBefore(nowMs: number, at: string | undefined): boolean {
  return at !== undefined && nowMs < Date.parse(at);
}
