import type { ClusterFrame, ClusterPlan } from '../../domain/cluster/plan';

/** A plan as its steps need it: without the lists of machines. */
export function frameOf(plan: ClusterPlan): ClusterFrame {
  const { operation, action, hash, cluster, profile, type, profileSha256, instance, madeAt, product } = plan;
  const { readiness, readyWithinMs, dns, cloudinit, pool, protection } = plan;
  const { shutdownTimeoutMs, hardStop, graceMs, endsAt, timeToLiveMs, times, estimate } = plan;
  const { reservations, memoryRoomBytes, storageReservations, storageRoomBytes } = plan;
  return {
    ...{ operation, action, hash, cluster, profile, type, instance, madeAt, product },
    ...(profileSha256 === undefined ? {} : { profileSha256 }),
    ...{ readiness, readyWithinMs, protection, shutdownTimeoutMs, hardStop, times, estimate },
    ...(dns === undefined ? {} : { dns }),
    ...(cloudinit === undefined ? {} : { cloudinit }),
    ...(pool === undefined ? {} : { pool }),
    ...(graceMs === undefined ? {} : { graceMs }),
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(timeToLiveMs === undefined ? {} : { timeToLiveMs }),
    ...{ reservations, memoryRoomBytes, storageReservations, storageRoomBytes },
  };
}
