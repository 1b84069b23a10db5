import type { ClusterRecord } from '../../domain/cluster/member';
import type { ClusterView } from '../../domain/cluster/messages';
import type { ClusterStatusReading, MachineDrift } from '../../domain/cluster/status';
import { shortUuid } from '../../domain/rendering/clusterFacts';
import { clusterStateWords } from '../../domain/rendering/clusterMarkdown';
import { watchCommand } from '../../domain/rendering/commands';
import { formatTime } from '../../domain/rendering/sizes';
import { printable } from '../../domain/rendering/text';
import type { Output } from '../output';
import { notKnown } from './readingCells';
import { rowTable, type RowColumn } from './rowTable';
import { talosStateLines } from './talosStateLines';

const states: Readonly<Record<MachineDrift['state'], string>> = {
  asDesired: 'as it should be',
  drifted: 'DIFFERS',
  unfinished: 'NOT FINISHED',
  missing: 'MISSING',
  lost: 'LOST',
  unseen: 'NOT SEEN',
  surplus: 'surplus',
  aside: 'set aside',
};

/** Machines that are set aside are as they should be while they are off. */
export function isAsItShouldBe({ state, differences }: Pick<MachineDrift, 'state' | 'differences'>): boolean {
  return state === 'asDesired' || (state === 'aside' && differences.length === 0);
}

const columns: readonly RowColumn<MachineDrift>[] = [
  { title: 'machine', cell: ({ name }) => name },
  { title: 'role', cell: ({ role }) => role },
  { title: 'VMID', align: 'right', cell: ({ member }) => String(member?.vmid ?? notKnown) },
  { title: 'node', cell: ({ member }) => member?.node ?? notKnown },
  { title: 'address', cell: ({ member }) => member?.address ?? notKnown },
  { title: 'uuid', cell: ({ member }) => (member === undefined ? notKnown : shortUuid(member)) },
  { title: 'runs', cell: ({ running }) => (running === undefined ? notKnown : running ? 'yes' : 'no') },
  { title: 'state', cell: ({ state }) => states[state] },
  { title: 'differs', cell: ({ differences }) => differences.join('; '), gives: true, optional: true },
];

/**
 * A cluster, desired against real: a line a machine, then what concerns all of them. `view` is what the workflow that
 * keeps it says: null where nothing is kept.
 */
export function clusterStatusView(
  output: Output,
  { profile, machines, others, talos }: ClusterStatusReading,
  view: ClusterView | null,
): string {
  const { bold } = output.colors;
  const parts = [
    bold(`Cluster ${printable(profile)}: ${stateWords(view)}`),
    ...(machines.length === 0 ? [] : [rowTable(output, columns, machines)]),
    ...othersPart(output, others),
    ...(talos === undefined ? [] : [talosStateLines(talos).join('\n')]),
    ...(view === null ? [`pxm cluster create ${profile} makes it.`] : []),
    ...(view === null ? [] : timeLines(view)),
  ];
  return parts.join('\n\n');
}

function stateWords(view: ClusterView | null): string {
  return view === null ? 'nothing was made of it' : clusterStateWords(view);
}

function othersPart({ colors }: Output, others: ClusterStatusReading['others']): readonly string[] {
  if (others.length === 0) return [];
  const lines = others.map(({ vmid, node, name, because }) =>
    printable(`VM ${String(vmid)} ${name} on ${node}: ${because}`),
  );
  return [[colors.yellow('No members'), ...lines.map((line) => `  ${line}`)].join('\n')];
}

/** All of it, so its time is over. */
function isAside({ members }: ClusterRecord): boolean {
  return members.length > 0 && members.every(({ state }) => state === 'aside');
}

function timeLines({ record, operation, last, notice }: ClusterView): readonly string[] {
  const lines = [
    ...(notice === undefined ? [] : [printable(notice)]),
    ...(operation === undefined
      ? []
      : [
          `Under way since ${formatTime(operation.since)}: ${operation.action}. ${watchCommand(operation.workflowId)}`,
        ]),
    ...(last === undefined
      ? []
      : [
          printable(
            `Last: ${last.action} at ${formatTime(last.endedAt)}, ${last.outcome ?? 'without a report'}. ${last.summary}`,
          ),
        ]),
    ...(record?.endsAt === undefined || isAside(record)
      ? []
      : [`To be set aside at ${formatTime(record.endsAt)}.`]),
    ...(record?.asideUntil === undefined
      ? []
      : [`What is set aside is kept until ${formatTime(record.asideUntil)}.`]),
  ];
  return lines.length === 0 ? [] : [lines.join('\n')];
}
