import type { RenderedStep } from '../runbook/plan';
import type { RunbookPlan } from '../runbookPlan';
import { shownHash } from './commands';
import { planWithTable, webUiBytes } from './planTable';
import { stepPlace, stepsToDo } from './runbookSteps';
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
    rows: stepsToDo(plan).map((step) => row(plan, step)),
  };
  return planWithTable(head, table, { workflowId, bytes });
}

function row({ asksBefore }: RunbookPlan, step: RenderedStep): string {
  const [first = ''] = step.shown.split('\n', 1);
  const kind = step.destructive
    ? asksBefore.includes(step.id)
      ? 'DESTROYS, asks before'
      : 'DESTROYS'
    : step.kind;
  const cells = [step.id, `${step.title} (${kind})`, stepPlace(step), first.slice(0, 120)];
  return `| ${cells.map(markdownCell).join(' | ')} |`;
}
