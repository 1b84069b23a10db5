import { printable } from '../../domain/rendering/text';
import type { StrangeTemplate, TemplateList, TemplateReading } from '../../domain/templateReading';
import type { Output } from '../output';
import { notKnown, uptimeCell } from './readingCells';
import { rowTable, type RowColumn } from './rowTable';

/** Templates, one a line. */
export function templateTable(output: Output, { templates, takenAt }: TemplateList): string {
  const columns: readonly RowColumn<TemplateReading>[] = [
    { title: 'template', cell: (it) => it.name },
    { title: 'in force', cell: versionCell },
    { title: 'on', cell: whereCell },
    { title: 'image', cell: imageCell, gives: true },
    { title: 'age', align: 'right', cell: (it) => ageCell(inForce(it)?.marker.made, takenAt) },
    { title: 'runbook', cell: (it) => inForce(it)?.marker.runbook ?? notKnown },
    { title: 'older', cell: olderCell, optional: true },
    { title: 'lacks it', cell: (it) => it.lackingOn.join(','), optional: true },
    { title: 'unfinished', cell: (it) => it.unfinished.map(({ vmid }) => vmid).join(','), optional: true },
  ];
  return rowTable(output, columns, templates);
}

/** How old something of this ISO time was at that one. */
export function ageCell(madeIso: string | undefined, nowIso: string): string {
  const milliseconds = Date.parse(nowIso) - Date.parse(madeIso ?? '');
  return Number.isFinite(milliseconds) ? uptimeCell(Math.max(0, milliseconds / 1000)) : notKnown;
}

/** What is not counted as ours, a line each. */
export function strangerNotes({ colors }: Output, strangers: readonly StrangeTemplate[]): readonly string[] {
  const named = (it: StrangeTemplate) => printable(`${it.vmid} ${it.name} on ${it.node}`);
  const foreign = strangers.filter(({ marker }) => marker === 'none');
  const words = { changed: 'was changed', copied: 'is that of another guest' } as const;
  return [
    ...(foreign.length === 0 ? [] : [`Not made by proxmox-manager: ${foreign.map(named).join(', ')}.`]),
    ...strangers.flatMap((it) =>
      it.marker === 'none'
        ? []
        : [colors.yellow(`Not counted: ${named(it)}: its marker ${words[it.marker]}.`)],
    ),
  ];
}

function inForce({ versions }: TemplateReading) {
  return versions[0]?.copies[0];
}

function versionCell({ versions }: TemplateReading): string {
  return versions[0] === undefined ? 'none' : `version ${versions[0].generation}`;
}

function whereCell({ versions, isShared }: TemplateReading): string {
  const nodes = versions[0]?.copies.map(({ node }) => node) ?? [];
  if (nodes.length === 0) return notKnown;
  return isShared ? `${nodes.join(',')} (shared)` : nodes.join(',');
}

/** The file's name is what a person knows an image by. */
function imageCell(it: TemplateReading): string {
  const source = inForce(it)?.marker.source;
  return source === undefined
    ? notKnown
    : source.startsWith('vm/')
      ? source
      : (source.split('/').at(-1) ?? '');
}

function olderCell({ versions }: TemplateReading): string {
  return versions
    .slice(1)
    .map(({ generation }) => generation)
    .join(',');
}
