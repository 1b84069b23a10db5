import type { AccessItem, AccessPlan } from '../accessPlan';
import { shownHash, watchCommand } from './commands';
import { markdownCell, utf8Length } from './text';

/** What the Web UI shows comfortably. */
const webUiBytes = 3000;

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
  const rows = plan.items.map(row);
  const kept: string[] = [];
  let left = bytes - utf8Length(head.join('\n\n')) - 200;
  for (const line of rows) {
    left -= utf8Length(line) + 1;
    if (left < 0) break;
    kept.push(line);
  }
  const missing = rows.length - kept.length;
  return [
    ...head,
    ...(kept.length === 0 ? [] : [['| what | plan | details |', '|---|---|---|', ...kept].join('\n')]),
    ...(missing === 0
      ? []
      : [`... and ${String(missing)} more. All of them: \`${watchCommand(workflowId)}\``]),
  ].join('\n\n');
}

function row({ what, state, details }: AccessItem): string {
  const shown =
    details.length > 6 ? [...details.slice(0, 5), `and ${String(details.length - 5)} more`] : details;
  return `| ${[what, state, shown.join('; ')].map(markdownCell).join(' | ')} |`;
}
