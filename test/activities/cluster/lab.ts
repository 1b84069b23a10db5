import type { ScenarioInput } from '../../../simulator';
import { checkClusterPlan } from '../../../src/activities/cluster/check';
import type { ClusterCheck, ClusterPlanMade, ClusterStatus } from '../../../src/activities/cluster/contract';
import type { ClusterDependencies } from '../../../src/activities/cluster/dependencies';
import { planCluster } from '../../../src/activities/cluster/plan';
import { readClusterStatus } from '../../../src/activities/cluster/status';
import type { ClusterMember, ClusterRecord } from '../../../src/domain/cluster/member';
import type { ClusterPlan, PlannedMachine } from '../../../src/domain/cluster/plan';
import type { ClusterProfile } from '../../../src/domain/cluster/profile';
import type { ClusterChange, ClusterRequest } from '../../../src/domain/cluster/request';
import type { LeaseHolder } from '../../../src/domain/lease';
import { configIn } from '../template/lab';
import { attempt } from '../template/stepStage';
import { instance, maker, profile } from './given';
import { clusterStage, type ClusterStage } from './stage';

/** A cluster with templates, for planning; the profile can be changed while it is used. */
export interface ClusterLab extends ClusterStage {
  profile: ClusterProfile | Error;
  /** Of other clusters. */
  others: readonly ClusterProfile[];
  readonly plan: (
    request?: Partial<ClusterRequest>,
    members?: readonly ClusterMember[],
    holder?: LeaseHolder,
  ) => Promise<ClusterPlanMade>;
  readonly check: (plan: ClusterPlan, members?: readonly ClusterMember[]) => Promise<ClusterCheck>;
  readonly status: (members: readonly ClusterMember[]) => Promise<ClusterStatus>;
}

/** Starts it. */
export async function clusterLab(
  clean: (undo: () => unknown) => void,
  {
    scenario = {},
    more = {},
  }: {
    readonly scenario?: Partial<ScenarioInput>;
    readonly more?: Partial<ClusterProfile>;
  } = {},
): Promise<ClusterLab> {
  const stage = await clusterStage(clean, scenario);
  const state: Pick<ClusterLab, 'profile' | 'others'> = { profile: profile(more), others: [] };
  const dependencies: ClusterDependencies = {
    ...{ config: configIn('/nowhere'), client: stage.client, ledger: stage.ledger, product: '0.1.0' },
    now: () => new Date('2026-11-26T10:00:00Z'),
    readProfile() {
      if (state.profile instanceof Error) throw state.profile;
      return state.profile;
    },
    otherProfiles: () => state.others,
    planPlaybook: () => Promise.reject(new Error('no profile of this lab has playbooks')),
  };
  const plan: ClusterLab['plan'] = (request = {}, members = [], holder = maker) =>
    planCluster(dependencies, attempt, { change: changeOf(request, members), holder });
  return Object.assign(state, stage, {
    plan,
    check: (it: ClusterPlan, members: readonly ClusterMember[] = []) =>
      checkClusterPlan(dependencies, attempt, {
        ...{ change: changeOf({ action: it.action }, members), plan: it, holder: maker },
      }),
    status: (members: readonly ClusterMember[]) =>
      readClusterStatus(dependencies, attempt, { profile: 'k3s', record: recordOf(members) }),
  });
}

function changeOf(request: Partial<ClusterRequest>, members: readonly ClusterMember[]): ClusterChange {
  return {
    request: { profile: 'k3s', action: 'create', ...request },
    ...(members.length === 0 ? {} : { record: recordOf(members) }),
    entity: { workflowId: 'cluster/lab/k3s', instance },
  };
}

function recordOf(members: readonly ClusterMember[]): ClusterRecord {
  return { profile: 'k3s', instance, members };
}

/** The machines that a plan makes. */
export function madeBy({ phases }: Pick<ClusterPlan, 'phases'>): readonly PlannedMachine[] {
  return phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
}
