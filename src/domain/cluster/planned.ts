import type { ClusterPlan } from './plan';
import type { FluxSettings } from './profile';

/** Whether a plan does nothing at all: no machine is touched, and nothing is done in the cluster that they are. */
export function doesNothing({ phases, talos }: Pick<ClusterPlan, 'phases' | 'talos'>): boolean {
  return phases.length === 0 && talos === undefined;
}

/** Where Flux fills a cluster from, in one text: another one is to be put in. */
export function fluxSource({ url, branch, path }: FluxSettings): string {
  return `${url}#${branch}:${path}`;
}
