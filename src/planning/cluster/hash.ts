import type { ClusterPhase, ClusterPlan, PlannedMachine, PlannedRemoval } from '../../domain/cluster/plan';
import { hashOf } from '../planHash';

/** What of a plan is approved: all that is done, no figures of load, no times of day. */
export type DecidedPlan = Pick<
  ClusterPlan,
  | 'operation'
  | 'action'
  | 'cluster'
  | 'profile'
  | 'type'
  | 'phases'
  | 'profileSha256'
  | 'readiness'
  | 'readyWithinMs'
  | 'dns'
  | 'cloudinit'
  | 'talos'
  | 'lastSnapshot'
  | 'playbooks'
  | 'pool'
  | 'protection'
  | 'shutdownTimeoutMs'
  | 'hardStop'
  | 'graceMs'
>;

/**
 * sha256 (hex) over the canonical JSON of what a plan does. Without the instance, so that the plan of a dry run can be
 * compared with the one that is approved. `timeToLiveMs`: the profile's, where it sets the end of the cluster.
 */
export function clusterPlanHash(
  { profileSha256, phases, playbooks = [], ...rest }: DecidedPlan,
  timeToLiveMs: number | undefined,
): string {
  return hashOf({
    ...rest,
    phases: phases.map(phaseDone),
    playbooks: playbooks.map(({ playbook, hash }) => ({ playbook, hash })),
    profileSha256: makesMachines(phases) ? (profileSha256 ?? null) : null,
    timeToLiveMs: timeToLiveMs ?? null,
  });
}

/** Whether phases make machines: then the profile's content counts. */
export function makesMachines(phases: readonly ClusterPhase[]): boolean {
  return phases.some(({ kind }) => kind === 'make');
}

/** A machine as it is approved: without figures, and of one that was begun only which it is. */
export function machineDone({ begun, ...machine }: PlannedMachine): object {
  return {
    ...machine,
    linkedVolumes: undefined,
    estimatedSeconds: 0,
    because: '',
    begun: begun?.vmid ?? null,
  };
}

/** A removal as it is approved: by the whole identity. */
export function removalDone({ member, ...removal }: PlannedRemoval): object {
  const { name, role, ordinal, vmid, node, uuid = null, run } = member;
  return { ...removal, member: { name, role, ordinal, vmid, node, uuid, run } };
}

function phaseDone(phase: ClusterPhase): object {
  switch (phase.kind) {
    case 'make':
      return { kind: phase.kind, machines: phase.machines.map(machineDone) };
    case 'adopt':
      return phase;
    default:
      return { kind: phase.kind, removals: phase.removals.map(removalDone) };
  }
}
