import type { PlaybookPlan } from '../ansible/plan';
import { shownHash } from './commands';
import { planWithTable, webUiBytes } from './planTable';
import { playbookFacts } from './playbookFacts';
import { markdownCell } from './text';

/** The plan of a run of a playbook as Markdown; what does not fit is counted, with the command that shows all. Deterministic. */
export function playbookPlanMarkdown(plan: PlaybookPlan, workflowId: string, bytes = webUiBytes): string {
  const head = [
    `**Plan ${shownHash(plan.hash)}**: run the playbook ${markdownCell(plan.playbook)} (cluster ${markdownCell(plan.cluster)})`,
    playbookFacts(plan)
      .map((line) => `- ${markdownCell(line).slice(0, 300)}`)
      .slice(0, 12)
      .join('\n'),
    ...plan.warnings.slice(0, 5).map((it) => `**Warning:** ${markdownCell(it).slice(0, 200)}`),
  ];
  const rows = plan.plays.map(({ name, hosts, tasks }) => {
    const cells = [
      name,
      `${hosts.length}: ${shortList(hosts, 5)}`,
      `${tasks.length}: ${shortList(tasks, 4)}`,
    ];
    return `| ${cells.map((cell) => markdownCell(cell).slice(0, 400)).join(' | ')} |`;
  });
  const table = { head: ['| play | hosts | tasks |', '|---|---|---|'], rows };
  return planWithTable(head, table, { workflowId, bytes });
}

function shortList(names: readonly string[], most: number): string {
  return `${names.slice(0, most).join(', ')}${names.length > most ? ', ...' : ''}`;
}
