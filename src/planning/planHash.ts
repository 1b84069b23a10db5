import { createHash } from 'node:crypto';

import canonicalize from 'canonicalize';

import { problem, ManagerError } from '../domain/errors';
import type { EvacuationPlan } from '../domain/evacuationPlan';

/** sha256 (hex) over the canonical JSON (RFC 8785) of a value. */
export function hashOf(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) {
    throw new ManagerError(problem('Internal', { attempted: 'hash a plan', failed: 'it has no JSON form' }));
  }
  return createHash('sha256').update(text).digest('hex');
}

/**
 * The hash of what a plan would do: which guests go where, how, in which order, with which options. Figures that
 * move by themselves (memory in use, sizes, times) are no part of it.
 */
export function planHash(
  plan: Pick<
    EvacuationPlan,
    'operation' | 'cluster' | 'node' | 'moves' | 'lanes' | 'bandwidthLimitBytesPerSecond'
  >,
): string {
  return hashOf({
    operation: plan.operation,
    cluster: plan.cluster,
    node: plan.node,
    moves: plan.moves.map((move) => ({
      vmid: move.vmid,
      source: move.source,
      target: move.target,
      mode: move.mode,
      volumes: move.localDisks.map((disk) => disk.volume),
    })),
    options: {
      lanes: plan.lanes,
      bandwidthLimitBytesPerSecond: plan.bandwidthLimitBytesPerSecond ?? null,
    },
  });
}
