import type { ClusterMember } from '../../domain/cluster/member';
import type { ClusterPhase, ClusterPlan } from '../../domain/cluster/plan';
import type { ClusterAction } from '../../domain/cluster/request';
import type { ChangeContext } from './changes/context';
import type { ClusterOutlineInput } from './planInput';

/** What takes control planes away without asking them to leave. */
const takesAll: ReadonlySet<ClusterAction> = new Set(['destroy', 'purge', 'rebuild']);

/** Where what etcd holds is saved before it goes. */
export interface LastSnapshot {
  readonly decided: Pick<ClusterPlan, 'lastSnapshot'>;
  /** That it is saved nowhere, where it could have been. */
  readonly warnings: readonly string[];
}

/**
 * The control planes at which what etcd holds can be saved before they go as a whole; a warning where none of them can be
 * asked. Nothing where that is no Talos cluster, it was never bootstrapped, or all of them were set aside before: that has
 * saved it, or its plan had the warning. Needs no profile.
 */
export function lastSnapshotOf(
  { input, request }: ChangeContext,
  phases: readonly ClusterPhase[],
): LastSnapshot {
  const isBegun = input.change.record?.talos?.bootstrapped === true;
  if (!isBegun || !takesAll.has(request.action)) return { decided: {}, warnings: [] };
  const isControlPlane = controlPlanesOf(input);
  const going = phases
    .flatMap((phase) => (phase.kind === 'setAside' || phase.kind === 'delete' ? phase.removals : []))
    .filter(({ member }) => isControlPlane(member));
  const asked = going.filter(({ running, member }) => running && member.address !== undefined);
  if (asked.length > 0) {
    return { decided: { lastSnapshot: asked.map(({ member }) => member.vmid) }, warnings: [] };
  }
  const isLost = going.some(({ member }) => member.state !== 'aside');
  return { decided: {}, warnings: isLost ? [notSaved] : [] };
}

const notSaved =
  'What etcd holds is not saved before it goes: none of its control planes runs at an address that is known. To have it saved, start one of them, then make a new plan.';

/**
 * Whether a member is a control plane, as the record and the profile tell; where neither does as the machine that etcd was
 * bootstrapped on, which may be gone. If that is not known either each may be one: a worker that is asked for what etcd
 * holds refuses.
 */
function controlPlanesOf({
  profile,
  change: { record },
}: ClusterOutlineInput): (member: Pick<ClusterMember, 'role'>) => boolean {
  const { controlPlaneRole, bootstrapOn } = record?.talos ?? {};
  const inProfile = profile?.roles.find(({ kind }) => kind === 'controlPlane')?.name;
  const told = [controlPlaneRole, inProfile].flatMap((role) => role ?? []);
  const first = record?.members.find(({ vmid }) => vmid === bootstrapOn)?.role;
  const roles = told.length > 0 || first === undefined ? told : [first];
  return ({ role }) => roles.length === 0 || roles.includes(role);
}
