import type { EvacuationPlan, PlannedMove, StayingGuest } from '../evacuationPlan';
import { shownHash, watchCommand } from './commands';
import { formatBytes, formatDuration, formatShare } from './sizes';
import { count, markdownCell, utf8Length } from './text';

/** How much of a plan is rendered. */
export interface PlanMarkdownLimits {
  /** At most so many rows of guests. */
  readonly rows: number;
  /** At most so many bytes of UTF-8 for the whole text. */
  readonly bytes: number;
}

/** What the Web UI shows comfortably (reference: details under about 3 KB). */
export const webUiLimits: PlanMarkdownLimits = { rows: 20, bytes: 3000 };

const movesHead = '| guest | to | mode | RAM | disks | about |\n|---|---|---|---|---|---|';
const staysHead = '| stays | why |\n|---|---|';

/**
 * A plan as Markdown: totals, guests, nodes, warnings. What does not fit into the limits is counted, with the
 * command that shows all. Deterministic, so that workflow code may call it.
 */
export function planMarkdown(
  plan: EvacuationPlan,
  workflowId: string,
  limits: PlanMarkdownLimits = webUiLimits,
): string {
  const head = [title(plan), totals(plan), ...plan.warnings.map((it) => `**Warning:** ${markdownCell(it)}`)];
  const budget =
    limits.bytes - utf8Length([...head, nodes(plan), more(99_999, workflowId)].join('\n\n')) - 120;
  const stays = fitting(plan.stays.map(stayRow), Math.min(limits.rows, plan.stays.length), budget * 0.5);
  const moves = fitting(plan.moves.map(moveRow), limits.rows - stays.length, budget - size(stays));
  const left = plan.moves.length + plan.stays.length - moves.length - stays.length;
  return [
    ...head,
    ...(moves.length > 0 ? [[movesHead, ...moves].join('\n')] : []),
    ...(stays.length > 0 ? [[staysHead, ...stays].join('\n')] : []),
    ...(left > 0 ? [more(left, workflowId)] : []),
    nodes(plan),
  ].join('\n\n');
}

function title(plan: EvacuationPlan): string {
  return `**Plan ${shownHash(plan.hash)}**: empty ${plan.node} (cluster ${markdownCell(plan.cluster)})`;
}

function totals(plan: EvacuationPlan): string {
  const { ramBytes, diskBytes, estimatedSeconds } = plan.totals;
  return `${count(plan.moves.length, 'guest')} to move, ${String(plan.stays.length)} to stay; ${formatBytes(ramBytes)} RAM and ${formatBytes(diskBytes)} of disks to copy; about ${formatDuration(estimatedSeconds)}.`;
}

function moveRow(move: PlannedMove): string {
  const cells = [
    `${String(move.vmid)} ${move.name}`,
    move.target,
    move.mode,
    formatBytes(move.ramBytes),
    formatBytes(move.diskBytes),
    formatDuration(move.estimatedSeconds),
  ];
  return `| ${cells.map(markdownCell).join(' | ')} |`;
}

function stayRow(stay: StayingGuest): string {
  return `| ${markdownCell(`${String(stay.vmid)} ${stay.name}`)} | ${markdownCell(stay.reason)} |`;
}

/** Only nodes that change are worth a place here; a large cluster would not fit. */
function nodes(plan: EvacuationPlan): string {
  const changed = plan.nodes.filter((node) => node.beforeBytes !== node.afterBytes).slice(0, 8);
  const words = changed.map(
    (node) =>
      `${markdownCell(node.node)} ${share(node.beforeBytes, node.memoryTotalBytes)} -> ${share(node.afterBytes, node.memoryTotalBytes)}`,
  );
  return words.length === 0 ? 'Memory: no node changes.' : `Memory: ${words.join(', ')}`;
}

function share(bytes: number, totalBytes: number): string {
  return totalBytes > 0 ? formatShare(bytes / totalBytes) : 'unknown';
}

function more(left: number, workflowId: string): string {
  return `... and ${String(left)} more. All of them: \`${watchCommand(workflowId)}\``;
}

function fitting(rows: readonly string[], maximumRows: number, maximumBytes: number): string[] {
  const taken: string[] = [];
  let bytes = 0;
  for (const row of rows.slice(0, Math.max(0, maximumRows))) {
    bytes += utf8Length(row) + 1;
    if (bytes > maximumBytes) break;
    taken.push(row);
  }
  return taken;
}

function size(rows: readonly string[]): number {
  return rows.reduce((sum, row) => sum + utf8Length(row) + 1, 0);
}
