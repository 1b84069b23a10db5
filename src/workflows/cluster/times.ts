import type { ClusterPlan } from '../../domain/cluster/plan';
import type { ClusterReport } from '../../domain/cluster/report';

/**
 * The times of a cluster after a change of it, counted from the change's end (ISO time): its approval, and what it does,
 * may take longer than they last. None of a plan that nobody approved.
 */
export function timesAfter(
  approved: Pick<ClusterPlan, 'endsAt' | 'timeToLiveMs' | 'graceMs'> | undefined,
  { machines, members }: Pick<ClusterReport, 'machines' | 'members'>,
  endedAt: string,
): Pick<ClusterReport, 'endsAt' | 'asideUntil'> {
  if (approved === undefined) return {};
  const { timeToLiveMs, graceMs = 0 } = approved;
  const after = (ms: number) => new Date(Date.parse(endedAt) + ms).toISOString();
  const isNew = timeToLiveMs !== undefined && members.length > 0;
  const endsAt = approved.endsAt ?? (isNew ? after(timeToLiveMs) : undefined);
  return {
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(machines.some(({ outcome }) => outcome === 'aside') ? { asideUntil: after(graceMs) } : {}),
  };
}
