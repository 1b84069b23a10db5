import type { ClusterView } from '../../domain/cluster/messages';
import { clusterStateWords } from '../../domain/rendering/clusterMarkdown';
import { formatTime } from '../../domain/rendering/sizes';
import type { Output } from '../output';
import { notKnown } from './readingCells';
import { rowTable, type RowColumn } from './rowTable';

/** A profile, or a cluster whose profile is gone, as `pxm cluster list` shows it. */
export interface ListedCluster {
  readonly profile: string;
  readonly type?: string;
  readonly template?: string;
  /** How many machines the profile has. */
  readonly wanted?: number;
  /** Of its profile. */
  readonly problems: number;
  readonly hasFile: boolean;
  /** A workflow keeps it. */
  readonly isKept?: true;
  /** Absent though it is kept: no worker answers. */
  readonly view?: ClusterView;
}

const columns: readonly RowColumn<ListedCluster>[] = [
  { title: 'cluster', cell: ({ profile }) => profile },
  { title: 'type', cell: (it) => it.type ?? (it.hasFile ? 'wrong profile' : 'no profile') },
  { title: 'template', cell: ({ template }) => template ?? notKnown },
  { title: 'wants', align: 'right', cell: ({ wanted }) => String(wanted ?? notKnown) },
  { title: 'has', cell: hasCell },
  { title: 'ends', cell: ({ view }) => timeCell(view?.record?.endsAt), optional: true },
  { title: 'kept until', cell: ({ view }) => timeCell(view?.record?.asideUntil), optional: true },
  { title: 'under way', cell: ({ view }) => view?.operation?.action ?? '', optional: true },
  { title: 'last', cell: ({ view }) => lastCell(view), gives: true, optional: true },
];

/** Clusters, one a line. */
export function clusterTable(output: Output, clusters: readonly ListedCluster[]): string {
  return rowTable(output, columns, clusters);
}

function hasCell({ isKept, view }: ListedCluster): string {
  if (view !== undefined) return clusterStateWords(view);
  return isKept === true ? 'not known' : 'nothing';
}

function timeCell(iso: string | undefined): string {
  return iso === undefined ? '' : formatTime(iso);
}

function lastCell(view: ClusterView | undefined): string {
  if (view?.last === undefined) return '';
  return `${view.last.action}: ${view.last.outcome ?? 'no report'}`;
}
