import type { AccessItem, AccessPlan } from '../accessPlan';
import { shownHash } from './commands';
import { planWithTable, webUiBytes } from './planTable';
import { markdownCell } from './text';

/** Titles of the operations on access. */
export const accessTitles: Readonly<Record<AccessPlan['operation'], string>> = {
  bootstrapAccess: 'set up the API token',
  rotateToken: 'rotate the API token',
  undoAccess: 'remove what bootstrap made',
};

/** A plan on access as Markdown; what does not fit is counted, with the command that shows all. Deterministic. */
export function accessPlanMarkdown(plan: AccessPlan, workflowId: string, bytes = webUiBytes): string {
  const head = [
    `**Plan ${shownHash(plan.hash)}**: ${accessTitles[plan.operation]} (cluster ${markdownCell(plan.cluster)}, profile ${plan.profile}, token in ${markdownCell(plan.store)})`,
    ...plan.warnings.map((it) => `**Warning:** ${markdownCell(it)}`),
  ];
  const table = { head: ['| what | plan | details |', '|---|---|---|'], rows: plan.items.map(row) };
  return planWithTable(head, table, { workflowId, bytes });
}

function row({ what, state, details }: AccessItem): string {
  const shown =
    details.length > 6 ? [...details.slice(0, 5), `and ${String(details.length - 5)} more`] : details;
  return `| ${[what, state, shown.join('; ')].map(markdownCell).join(' | ')} |`;
}
