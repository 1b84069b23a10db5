import type { ClusterPlan } from '../cluster/plan';
import { count } from './text';

/** What is run by Ansible after all machines are ready, a line each; none where that is not planned. */
export function playbookTerms({ playbooks = [] }: Pick<ClusterPlan, 'playbooks'>): readonly string[] {
  if (playbooks.length === 0) return [];
  const each = playbooks.map(({ playbook, plays, hosts, tree }) => {
    const tasks = plays.reduce((sum, play) => sum + play.tasks.length, 0);
    return `${playbook} (${count(plays.length, 'play')}, ${count(tasks, 'task')}; ${hosts.length} of the machines are among its hosts now; files of ${tree.root} with sha256 ${tree.sha256.slice(0, 12)})`;
  });
  return [
    `Then playbooks are run on the machines that are made, and on no other host: ${each.join(', then ')}. There is no estimate: --check needs machines that are there.`,
  ];
}
