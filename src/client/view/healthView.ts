import type { ClusterHealth, HaSummary } from '../../domain/clusterReading';
import { formatTime } from '../../domain/rendering/sizes';
import { count, printable } from '../../domain/rendering/text';
import type { Output } from '../output';
import type { OpenOperations } from '../reading/openOperations';
import { nodeTable } from './nodeTable';
import { rowTable, type RowColumn } from './rowTable';
import { storageOverview } from './storageOverview';
import { taskTable } from './taskTable';

/** A cluster on one screen. */
export function healthView(output: Output, health: ClusterHealth, operations: OpenOperations): string {
  const { bold } = output.colors;
  const { cluster, proxmoxName, takenAt, nodes, storages, runningTasks } = health;
  const named = proxmoxName === undefined ? 'a single node' : `"${printable(proxmoxName)}" in Proxmox`;
  return [
    [
      bold(`Cluster ${cluster} (${named}), ${formatTime(takenAt)}`),
      quorumLine(output, health),
      haLine(output, health.ha),
      guestsLine(health),
      ...lockedLine(output, health),
    ].join('\n'),
    nodeTable(output, nodes),
    storages.length === 0 ? 'No storage is shown.' : storageOverview(output, storages),
    runningTasks.length === 0
      ? 'No task is running.'
      : `${bold('Running tasks')}\n${taskTable(output, runningTasks)}`,
    operationsPart(output, operations),
  ].join('\n\n');
}

function quorumLine({ colors }: Output, { quorate, nodes }: ClusterHealth): string {
  const online = nodes.filter((node) => node.status !== 'offline').length;
  const members = `${online} of ${count(nodes.length, 'node')} online`;
  return quorate
    ? `Quorum: yes, ${members}`
    : colors.red(`Quorum: NO, ${members}: nothing can be changed until enough nodes are back`);
}

function haLine({ colors }: Output, ha: HaSummary | undefined): string {
  if (ha === undefined) return 'HA: not known';
  const { master, armedState, maintenanceNodes, services, troubled } = ha;
  const states = listOf(services);
  if (master === undefined && states === '') return 'HA: not used';
  const parts = [
    master === undefined ? 'no master' : `master ${printable(master)}`,
    states === '' ? 'no services' : `services: ${states}`,
    ...(armedState === undefined || armedState === 'armed' ? [] : [printable(armedState)]),
    ...(maintenanceNodes.length === 0 ? [] : [`in maintenance: ${printable(maintenanceNodes.join(', '))}`]),
    ...troubled.map(({ sid, state, node }) => colors.red(printable(`${sid} on ${node ?? '?'}: ${state}`))),
  ];
  return `HA: ${parts.join('; ')}`;
}

function guestsLine({ guests }: ClusterHealth): string {
  const total = Object.values(guests).reduce((sum, number) => sum + number, 0);
  return total === 0 ? 'Guests: none' : `Guests: ${total}: ${listOf(guests)}`;
}

/** `3 running, 1 stopped`, the most frequent first. */
function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, one], [, other]) => other - one)
    .map(([word, number]) => `${number} ${printable(word)}`)
    .join(', ');
}

function lockedLine({ colors }: Output, { locked }: ClusterHealth): string[] {
  if (locked.length === 0) return [];
  const shown = locked.map(({ vmid, name, lock }) => printable(`${vmid} ${name ?? ''} (${lock ?? ''})`));
  return [colors.yellow(`Locked: ${shown.join(', ')}`)];
}

type Operation = Extract<OpenOperations, { readonly known: true }>['operations'][number];

const operationColumns: readonly RowColumn<Operation>[] = [
  { title: 'operation', gives: true, cell: (it) => it.workflowId },
  { title: 'phase', cell: (it) => it.phase },
  { title: 'waits for', cell: (it) => it.waitingFor, optional: true },
  { title: 'started', cell: (it) => formatTime(it.startedAt) },
];

function operationsPart(output: Output, operations: OpenOperations): string {
  if (!operations.known) return `Operations are not known: ${printable(operations.why)}`;
  if (operations.operations.length === 0) return 'No operation is open.';
  return `${output.colors.bold('Open operations')}\n${rowTable(output, operationColumns, operations.operations)}`;
}
