import type { EvacuationPlan, LaneRule, NodeForecast, PlannedMove } from '../../domain/evacuationPlan';
import { shownHash } from '../../domain/rendering/commands';
import { formatBytes, formatDuration, formatRate, formatShare } from '../../domain/rendering/sizes';
import { count, printable } from '../../domain/rendering/text';
import type { Output } from '../output';
import { table, type Column } from './table';

/** A plan in full: what moves where and why, what stays and why, each node's memory, totals, warnings. */
export function planView(output: Output, plan: EvacuationPlan): string {
  const { bold, yellow, dim } = output.colors;
  const parts = [
    bold(`Plan ${shownHash(plan.hash)}: empty ${plan.node} (cluster ${plan.cluster})`),
    ...(plan.moves.length > 0 ? [moves(output, plan)] : ['No guest can be moved.']),
    ...(plan.stays.length > 0 ? [`${yellow('Stays on the node')}\n${stays(output, plan)}`] : []),
    `${bold('Memory')}\n${memory(output, plan.nodes)}`,
    totals(plan),
    dim(lanes(plan.lanes, plan.bandwidthLimitBytesPerSecond)),
    ...plan.warnings.map((warning) => yellow(`Warning: ${printable(warning)}`)),
  ];
  return `${parts.join('\n\n')}\n`;
}

const moveColumns: readonly Column[] = [
  { title: 'guest' },
  { title: 'state' },
  { title: 'target' },
  { title: 'mode' },
  { title: 'RAM', align: 'right' },
  { title: 'disks', align: 'right' },
  { title: 'time', align: 'right' },
  { title: 'why', gives: true },
];

function moves(output: Output, plan: EvacuationPlan): string {
  return table(output, moveColumns, plan.moves.map(moveRow));
}

function moveRow(move: PlannedMove): string[] {
  return [
    `${move.vmid} ${move.name}`,
    move.mode === 'live' ? 'running' : 'stopped',
    move.target,
    move.mode,
    move.mode === 'live' ? formatBytes(move.ramBytes) : '-',
    move.localDisks.length > 0 ? formatBytes(move.diskBytes) : '-',
    formatDuration(move.estimatedSeconds),
    move.because,
  ];
}

function stays(output: Output, plan: EvacuationPlan): string {
  const columns = [{ title: 'guest' }, { title: 'reason' }, { title: 'remedy', gives: true }];
  return table(
    output,
    columns,
    plan.stays.map((guest) => [`${guest.vmid} ${guest.name}`, guest.reason, guest.remedy]),
  );
}

function memory(output: Output, nodes: readonly NodeForecast[]): string {
  const columns: readonly Column[] = [
    { title: 'node' },
    { title: 'before', align: 'right' },
    { title: 'after', align: 'right' },
    { title: 'of', align: 'right' },
    { title: 'guests' },
  ];
  return table(output, columns, nodes.map(nodeRow));
}

/** A node without memory is one that nobody could ask: nothing of it is known, nothing is zero. */
function nodeRow(node: NodeForecast): string[] {
  if (node.memoryTotalBytes === 0) {
    const why = node.online ? 'not read' : 'offline';
    return [`${node.node} (${why})`, ...Array<string>(4).fill('unknown')];
  }
  return [
    node.online ? node.node : `${node.node} (offline)`,
    share(node.beforeBytes, node),
    share(node.afterBytes, node),
    formatBytes(node.memoryTotalBytes),
    `${node.guestsBefore} -> ${node.guestsAfter}`,
  ];
}

function share(bytes: number, node: NodeForecast): string {
  return `${formatBytes(bytes)} (${formatShare(bytes / node.memoryTotalBytes)})`;
}

function totals(plan: EvacuationPlan): string {
  const { ramBytes, diskBytes, estimatedSeconds } = plan.totals;
  return `${count(plan.moves.length, 'guest')} to move, ${count(plan.stays.length, 'guest')} to stay. To copy: ${formatBytes(ramBytes)} of RAM, ${formatBytes(diskBytes)} of disks. Estimated: ${formatDuration(estimatedSeconds)}.`;
}

function lanes(rule: LaneRule, limitBytesPerSecond: number | undefined): string {
  const limit = limitBytesPerSecond === undefined ? '' : `, each at most ${formatRate(limitBytesPerSecond)}`;
  switch (rule.kind) {
    case 'fixed':
      return `${count(rule.lanes, 'migration')} at a time${limit}.`;
    case 'bandwidth':
      return `As many migrations at a time as fill the link (${rule.lanes})${limit}.`;
    case 'learning':
      return `How many migrations at a time is learned while they run (at most ${rule.maximumLanes})${limit}.`;
  }
}
