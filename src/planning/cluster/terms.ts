import type { ClusterPlan } from '../../domain/cluster/plan';
import { formatTime } from '../../domain/rendering/sizes';
import type { ClusterOutlineInput } from './planInput';

const defaultShutdownTimeoutMs = 3 * 60 * 1000;
const defaultGraceMs = 24 * 60 * 60 * 1000;

/** How long things may take and last. */
export interface Terms {
  readonly decided: Pick<ClusterPlan, 'shutdownTimeoutMs' | 'hardStop' | 'graceMs'>;
  /** ISO time at which the cluster is set aside; absent: never. */
  readonly endsAt?: string;
  readonly warnings: readonly string[];
}

/** Times of a change, from its request, the profile and the record. */
export function termsOf(input: ClusterOutlineInput): Terms {
  const { request } = input.change;
  const isStaged = request.action === 'destroy' && request.now !== true;
  const { endsAt, warnings } = endOf(input);
  return {
    decided: {
      shutdownTimeoutMs: request.shutdownTimeoutMs ?? defaultShutdownTimeoutMs,
      hardStop: request.hardStop ?? false,
      ...(isStaged ? { graceMs: request.graceMs ?? defaultGraceMs } : {}),
    },
    ...(endsAt === undefined ? {} : { endsAt }),
    warnings,
  };
}

/** The end that the cluster has, else that of the profile from now on. */
function endOf({ change, profile, now }: ClusterOutlineInput): Pick<Terms, 'endsAt' | 'warnings'> {
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
  const endsAt = new Date(now.getTime() + timeToLiveMs).toISOString();
  return { endsAt, warnings: [`The cluster is set aside at ${formatTime(endsAt)}, unless it is extended.`] };
}
