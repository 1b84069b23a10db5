import type { MarkedCopy, TemplateReading } from '../../domain/templateReading';
import type { Output } from '../output';
import { notKnown } from './readingCells';
import { rowTable, type RowColumn } from './rowTable';

/** A template on one node. */
interface Place {
  readonly template: string;
  readonly node: string;
  readonly state: string;
  readonly copy?: MarkedCopy;
}

const columns: readonly RowColumn<Place>[] = [
  { title: 'template', cell: (it) => it.template },
  { title: 'node', cell: (it) => it.node },
  { title: 'state', cell: (it) => it.state },
  { title: 'version', align: 'right', cell: (it) => String(it.copy?.marker.generation ?? notKnown) },
  { title: 'VMID', align: 'right', cell: (it) => String(it.copy?.vmid ?? notKnown) },
  { title: 'linked clones', cell: (it) => (it.copy === undefined ? '' : clonesCell(it.copy)), gives: true },
];

/** Which node has which version, a line for each copy and for each node that lacks one. */
export function templateStatus(output: Output, templates: readonly TemplateReading[]): string {
  const places = templates.flatMap(placesOf);
  return places.length === 0
    ? 'There are no templates of proxmox-manager.'
    : rowTable(output, columns, places);
}

/** The VMIDs of a copy's linked clones, as far as anything tells them. */
export function clonesCell({ linkedClones, hasUnknownClones }: MarkedCopy): string {
  if (linkedClones === undefined) return notKnown;
  if (linkedClones.length > 0) return linkedClones.join(',');
  return hasUnknownClones ? 'not told by LVM-thin' : 'none';
}

function placesOf({ name, versions, unfinished, lackingOn, isShared }: TemplateReading): readonly Place[] {
  const place = (copy: MarkedCopy, state: string): Place => ({
    template: name,
    node: copy.node,
    state,
    copy,
  });
  const [inForce, ...older] = versions;
  const serves = isShared ? 'in force for all' : 'in force';
  return [
    ...(inForce?.copies ?? []).map((copy) => place(copy, serves)),
    ...lackingOn.map((node) => ({ template: name, node, state: 'lacks it' })),
    ...older.flatMap(({ copies }) => copies.map((copy) => place(copy, 'older'))),
    ...unfinished.map((copy) => place(copy, copy.marker.kind === 'test' ? 'test clone' : 'unfinished')),
  ];
}
