import type { ClusterView } from '../cluster/messages';
import { watchCommand } from './commands';
import { formatTime } from './sizes';
import { markdownCell, printable } from './text';

/** What the Web UI shows comfortably. */
const shownMembers = 20;
const head = ['| machine | role | VMID | node | address | state |', '|---|---|---|---|---|---|'];

/** What the Web UI shows of the workflow that keeps a cluster. Deterministic. */
export function clusterMarkdown(view: ClusterView): string {
  const { profile, record, operation, last, notice } = view;
  const members = record?.members ?? [];
  const paragraphs = [
    `**Cluster ${markdownCell(profile)}**: ${clusterStateWords(view)}.`,
    ...(notice === undefined ? [] : [`**${markdownCell(notice)}**`]),
    ...(operation === undefined
      ? []
      : [
          `Under way since ${formatTime(operation.since)}: ${operation.action}. Its plan, questions and progress: workflow \`${operation.workflowId}\`, or \`${watchCommand(operation.workflowId)}\`.`,
        ]),
    ...(last === undefined
      ? []
      : [`Last: ${last.action}, ${last.outcome ?? 'without a report'}. ${markdownCell(last.summary)}`]),
    ...(record?.endsAt === undefined ? [] : [`To be set aside at ${formatTime(record.endsAt)}.`]),
  ];
  const rows = members
    .slice(0, shownMembers)
    .map(
      ({ name, role, vmid, node, state, address }) =>
        `| ${[name, role, String(vmid), node, address ?? '', state].map(markdownCell).join(' | ')} |`,
    );
  const more = members.length - rows.length;
  return [
    ...paragraphs,
    ...(rows.length === 0 ? [] : [[...head, ...rows].join('\n')]),
    ...(more > 0 ? [`... and ${String(more)} more. All of them: \`pxm cluster status ${profile}\``] : []),
  ].join('\n\n');
}

/** What a cluster is, in some words, e.g. `6 machines ready, 1 made`. */
export function clusterStateWords({ record }: Pick<ClusterView, 'record'>): string {
  const members = record?.members ?? [];
  if (members.length === 0) return 'no machines';
  const words = { ready: 'ready', made: 'not ready', aside: 'set aside' };
  const parts = Object.entries(words).flatMap(([state, word]) => {
    const amount = members.filter((member) => member.state === state).length;
    return amount === 0 ? [] : [`${String(amount)} ${word}`];
  });
  return printable(parts.join(', '));
}
