import type { PlaybookPlan } from '../../domain/ansible/plan';
import { shownHash } from '../../domain/rendering/commands';
import { estimateLines, playbookFacts } from '../../domain/rendering/playbookFacts';
import { count, printable, printableLine } from '../../domain/rendering/text';
import type { Output } from '../output';

/** The plan of a run of a playbook in full: what is run, on which hosts, with which tasks. */
export function playbookPlanView(output: Output, plan: PlaybookPlan): string {
  const { bold, yellow, dim } = output.colors;
  const estimate = estimateLines(plan);
  const parts = [
    bold(
      `Plan ${shownHash(plan.hash)}: run the playbook ${printable(plan.playbook)} (cluster ${plan.cluster})`,
    ),
    playbookFacts(plan)
      .map((line) => `  ${printable(line)}`)
      .join('\n'),
    ...plan.plays.map(({ name, pattern, hosts, tasks }) =>
      [
        `${bold(printable(name))}  ${dim(printable(`[${pattern}]`))}`,
        `    ${count(hosts.length, 'host')}: ${printable(hosts.join(', ')) || 'none'}`,
        ...tasks.map((task) => `    - ${printable(task)}`),
      ].join('\n'),
    ),
    ...(estimate.length === 0 ? [] : [estimate.map(printableLine).join('\n')]),
    ...plan.warnings.map((warning) => yellow(`Warning: ${printable(warning)}`)),
    `${count(plan.plays.length, 'play')} on ${count(plan.hosts.length, 'host')}. What is approved are exactly these files, hosts and variables.`,
  ];
  return `${parts.join('\n\n')}\n`;
}
