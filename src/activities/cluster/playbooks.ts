import type { PlaybookPlan } from '../../domain/ansible/plan';
import type { ClusterPlan } from '../../domain/cluster/plan';
import type { ClusterProfile } from '../../domain/cluster/profile';
import type { ClusterDependencies } from './dependencies';

type Planner = Pick<ClusterDependencies, 'planPlaybook'>;

/**
 * The playbooks of a profile as they would be run on the machines that a plan makes, and on nothing else; none where it
 * makes none. Their inventory may name those machines only once they are there. Throws where one can't be read or listed.
 */
export async function playbooksFor(
  { planPlaybook }: Planner,
  profile: Pick<ClusterProfile, 'playbooks'> | undefined,
  { phases }: Pick<ClusterPlan, 'phases'>,
  signal: AbortSignal,
): Promise<readonly PlaybookPlan[]> {
  const names = phases.flatMap((phase) =>
    phase.kind === 'make' ? phase.machines.map(({ name }) => name) : [],
  );
  const plans: PlaybookPlan[] = [];
  if (names.length === 0) return plans;
  for (const playbook of profile?.playbooks ?? []) {
    const request = { playbook, limit: names.join(',') };
    plans.push((await planPlaybook({ request, hostsMayCome: true }, signal)).plan);
  }
  return plans;
}

/** What of the approved playbooks is not as it was approved, in words: files, the inventory, Ansible itself. */
export async function playbookReasons(
  { planPlaybook }: Planner,
  { playbooks = [] }: Pick<ClusterPlan, 'playbooks'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const reasons: string[] = [];
  for (const previous of playbooks) {
    const { playbook, limit } = previous;
    const request = { playbook, ...(limit === undefined ? {} : { limit }) };
    const { changes } = await planPlaybook({ request, previous, hostsMayCome: true }, signal);
    reasons.push(...changes.map((it) => `Playbook ${playbook}: ${it}`));
  }
  return reasons;
}
