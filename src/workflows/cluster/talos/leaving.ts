import type { LeavingQuestion, MemberIdentity } from '../../../activities/talos/contract';
import type { ClusterMember } from '../../../domain/cluster/member';
import type { PlannedTalos } from '../../../domain/cluster/plan';
import type { TalosMachine } from '../../../domain/talos/machine';
import type { ClusterRun } from '../run';
import { castOf, membersNow, talosFiles } from './machines';

/** A machine that leaves its cluster. */
export interface Leaving {
  readonly member: ClusterMember;
  readonly machine: TalosMachine;
  readonly isControlPlane: boolean;
  /** Control planes that stay, those that are ready first. */
  readonly others: readonly TalosMachine[];
}

/** A machine that leaves, and who stays. */
export function leavingOf(
  run: ClusterRun,
  talos: PlannedTalos,
  { member, machine }: Pick<Leaving, 'member' | 'machine'>,
): Leaving {
  return {
    ...{ member, machine },
    isControlPlane: member.role === talos.controlPlaneRole,
    others: stayingControlPlanes(run, talos, member.vmid),
  };
}

/** The control planes beside this one, those that are ready first. */
export function stayingControlPlanes(
  run: ClusterRun,
  talos: PlannedTalos,
  beside: number,
): readonly TalosMachine[] {
  const stays = membersNow(run).filter(({ vmid, state }) => vmid !== beside && state !== 'aside');
  const readyFirst = stays.toSorted((one, other) => rankOf(one) - rankOf(other));
  return castOf(readyFirst, talos).controlPlanes;
}

function rankOf({ state }: ClusterMember): number {
  return state === 'ready' ? 0 : 1;
}

/** A machine as Proxmox is asked for it. */
export function identityOf({ plan }: ClusterRun, { member }: Leaving): MemberIdentity {
  const { profile, instance } = plan;
  return { member, cluster: { profile, instance } };
}

/** What is asked of a machine that leaves, whatever it shows. */
export function leavingQuestion(run: ClusterRun, leaving: Leaving): Omit<LeavingQuestion, 'withinMs'> {
  const { machine, isControlPlane, others } = leaving;
  return {
    ...{ files: talosFiles(run), machine, ...identityOf(run, leaving) },
    ...(isControlPlane ? { others } : {}),
  };
}
