import type { ClusterPlan } from '../../domain/cluster/plan';
import { modelSeconds } from './model';
import type { PreparedPhase } from './prepare';

/**
 * Model time of a plan's phases, one after the other: the clones alone, and until everything is ready. A machine is
 * configured and booted while others are still cloned, so that of each phase only the last one's configuration and boot
 * count. A lower estimate: nothing else is expected to use the storages and links.
 */
export function estimateOf(phases: readonly PreparedPhase[]): ClusterPlan['estimate'] {
  const { configuration, boot } = modelSeconds;
  let clones = 0;
  let ready = 0;
  for (const phase of phases) {
    switch (phase.kind) {
      case 'make':
        clones += phase.seconds;
        ready += phase.seconds + configuration + boot;
        break;
      case 'delete':
      case 'setAside':
        ready += modelSeconds.removal;
        if (phase.removals.some(({ removal }) => removal.running)) ready += modelSeconds.shutdown;
        break;
      case 'revive':
        ready += modelSeconds.removal + boot;
        break;
      case 'adopt':
        ready += modelSeconds.adoption;
        break;
    }
  }
  return { clonesSeconds: Math.round(clones * 10) / 10, readySeconds: Math.round(ready * 10) / 10 };
}
