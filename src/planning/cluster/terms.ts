import type { ClusterPlan } from '../../domain/cluster/plan';
import { formatDuration, formatTime } from '../../domain/rendering/sizes';
import type { ClusterOutlineInput } from './planInput';

const defaultShutdownTimeoutMs = 3 * 60 * 1000;
const defaultGraceMs = 24 * 60 * 60 * 1000;

/** How long things may take and last. */
export interface Terms {
  readonly decided: Pick<ClusterPlan, 'shutdownTimeoutMs' | 'hardStop' | 'graceMs'>;
  /** When the cluster is set aside: at a time that it has, or so long after this change; none: never. */
  readonly end: Pick<ClusterPlan, 'endsAt' | 'timeToLiveMs'>;
  readonly warnings: readonly string[];
}

/** Times of a change, from its request, the profile and the record. */
export function termsOf(input: ClusterOutlineInput): Terms {
  const { request } = input.change;
  const isStaged = request.action === 'destroy' && request.now !== true;
  const { warnings, ...end } = endOf(input);
  return {
    decided: {
      shutdownTimeoutMs: request.shutdownTimeoutMs ?? defaultShutdownTimeoutMs,
      hardStop: request.hardStop ?? false,
      ...(isStaged ? { graceMs: request.graceMs ?? defaultGraceMs } : {}),
    },
    ...{ end, warnings },
  };
}

/** The end that the cluster has, else the time that the profile gives it. */
function endOf({ change, profile, now }: ClusterOutlineInput): Terms['end'] & Pick<Terms, 'warnings'> {
  const { request, record } = change;
  if (request.action === 'destroy' || request.action === 'purge') return { warnings: [] };
  const known = record?.endsAt;
  if (known !== undefined && Date.parse(known) > now.getTime()) return { endsAt: known, warnings: [] };
  if (known !== undefined && request.action === 'undo') {
    const text = `The cluster's time was over at ${formatTime(known)}: it stays until somebody destroys it, unless pxm cluster extend gives it a new end.`;
    return { warnings: [text] };
  }
  if (known !== undefined) return { endsAt: known, warnings: [] };
  const { timeToLiveMs } = profile ?? {};
  const isNew = record === undefined || record.members.length === 0;
  if (timeToLiveMs === undefined || !isNew) return { warnings: [] };
  const text = `The cluster's time is over ${formatDuration(timeToLiveMs / 1000)} after this operation has ended, unless it is extended: that it is set aside is planned then, and waits for an approval.`;
  return { timeToLiveMs, warnings: [text] };
}
