import type { RunbookPlan } from '../runbookPlan';
import { shownHash } from './commands';
import { planWithTable, webUiBytes } from './planTable';
import { stepsToDo } from './runbookSteps';
import { stepCells } from './stepRow';
import { markdownCell } from './text';

/** The plan of a run as Markdown; what does not fit is counted, with the command that shows all. Deterministic. */
export function runbookPlanMarkdown(plan: RunbookPlan, workflowId: string, bytes = webUiBytes): string {
  const { runbook } = plan;
  const head = [
    `**Plan ${shownHash(plan.hash)}**: ${markdownCell(runbook.title)} (runbook ${markdownCell(runbook.name)}, cluster ${markdownCell(plan.cluster)})`,
    ...(runbook.parameters.length === 0
      ? []
      : [
          runbook.parameters
            .map(({ name, value }) => markdownCell(`${name} = ${value}`))
            .join(', ')
            .slice(0, 600),
        ]),
    ...plan.warnings.slice(0, 5).map((it) => `**Warning:** ${markdownCell(it).slice(0, 200)}`),
  ];
  const table = {
    head: ['| step | what | where | does |', '|---|---|---|---|'],
    rows: stepsToDo(plan).map(
      (step) => `| ${stepCells(step, plan.asksBefore).map(markdownCell).join(' | ')} |`,
    ),
  };
  return planWithTable(head, table, { workflowId, bytes });
}
