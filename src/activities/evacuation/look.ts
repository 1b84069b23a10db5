import type { EvacuationRequest } from '../../domain/evacuationPlan';
import { othersLeases } from '../../planning/rules/ledger';
import type { ClusterFacts } from '../../planning/facts';
import type { ActivityDependencies } from '../dependencies';
import { inspectNode } from '../inspection/inspectNode';
import type { LedgerClient } from '../ledger/client';
import type { ActivityAttempt } from '../shared/attempt';
import type { LeaseHolderArgument } from '../shared/contract';

/** Fresh facts about the node that a request is about, with the leases of everybody else. */
export async function lookAtNode(
  { proxmox }: ActivityDependencies,
  ledger: LedgerClient,
  { signal }: ActivityAttempt,
  input: LeaseHolderArgument & { readonly request: EvacuationRequest; readonly skipped: readonly number[] },
  depth: ClusterFacts['depth'],
): Promise<ClusterFacts> {
  const { node, targets } = input.request;
  return inspectNode(
    { client: proxmox, now: () => new Date() },
    {
      node,
      ...(targets === undefined ? {} : { targets }),
      skipped: input.skipped,
      othersLeases: othersLeases(await ledger.view(), input.holder),
      depth,
      signal,
    },
  );
}
