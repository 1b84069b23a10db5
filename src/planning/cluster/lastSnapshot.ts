import type { ClusterPhase, ClusterPlan } from '../../domain/cluster/plan';
import type { ClusterAction } from '../../domain/cluster/request';
import type { ChangeContext } from './changes/context';

/** What takes control planes away without asking them to leave. */
const takesAll: ReadonlySet<ClusterAction> = new Set(['destroy', 'purge', 'rebuild']);

/**
 * The control planes at which what etcd holds can be saved before they go as a whole, in its field; nothing where that is no
 * Talos cluster, it was never bootstrapped, or none of them runs. Needs no profile.
 */
export function lastSnapshotOf(
  { input: { change, profile }, request }: ChangeContext,
  phases: readonly ClusterPhase[],
): Pick<ClusterPlan, 'lastSnapshot'> {
  const { record } = change;
  if (record?.talos?.bootstrapped !== true || !takesAll.has(request.action)) return {};
  const { bootstrapOn } = record.talos;
  const role =
    profile?.roles.find(({ kind }) => kind === 'controlPlane')?.name ??
    record.members.find(({ vmid }) => vmid === bootstrapOn)?.role;
  const removals = phases.flatMap((phase) =>
    phase.kind === 'setAside' || phase.kind === 'delete' ? phase.removals : [],
  );
  const controlPlanes = removals
    .filter(({ running, member }) => running && member.role === role && member.address !== undefined)
    .map(({ member }) => member.vmid);
  return controlPlanes.length === 0 ? {} : { lastSnapshot: controlPlanes };
}
