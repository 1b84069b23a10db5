import { formatTime } from '../../domain/rendering/sizes';
import { printable } from '../../domain/rendering/text';
import type { MarkedCopy, TemplateReading, TemplateVersionReading } from '../../domain/templateReading';
import type { Output } from '../output';
import { clonesCell } from './templateStatus';
import { ageCell } from './templateTable';
import { table } from './table';

/** A template in full: each version with where it comes from, and its copies; then what is unfinished. */
export function templateView(output: Output, template: TemplateReading, takenAt: string): string {
  const { bold, yellow } = output.colors;
  const { name, versions, unfinished, lackingOn } = template;
  const parts = [
    bold(`Template ${printable(name)}`),
    ...(versions.length === 0 ? ['No version is in force: none has passed its boot test.'] : []),
    ...versions.map((version, index) => versionView(output, version, index === 0, takenAt)),
    ...(lackingOn.length === 0 ? [] : [`Not on: ${lackingOn.map(printable).join(', ')}.`]),
    ...(unfinished.length === 0
      ? []
      : [`${yellow(bold('Begun, and not in force'))}\n${unfinishedTable(output, unfinished)}`]),
  ];
  return parts.join('\n\n');
}

function versionView(
  output: Output,
  { generation, copies }: TemplateVersionReading,
  isInForce: boolean,
  takenAt: string,
): string {
  const { bold } = output.colors;
  const marker = copies[0]?.marker;
  const facts =
    marker === undefined
      ? []
      : [
          `made       ${formatTime(marker.made)} (${ageCell(marker.made, takenAt)} ago) by ${marker.operation}`,
          `image      ${marker.source}`,
          `digest     ${marker.digest}`,
          `runbook    ${marker.runbook} (${marker.runbookHash.slice(0, 12)})`,
          `settings   ${marker.settings.slice(0, 12)}, proxmox-manager ${marker.product}`,
        ];
  return [
    bold(`Version ${generation}${isInForce ? ', in force' : ''}`),
    ...facts.map((line) => `  ${printable(line)}`),
    ...copyTable(output, copies)
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n');
}

function copyTable(output: Output, copies: readonly MarkedCopy[]): string {
  return table(
    output,
    [
      { title: 'node' },
      { title: 'VMID', align: 'right' },
      { title: 'called' },
      { title: 'linked clones' },
      { title: 'disks', gives: true },
    ],
    copies.map((copy) => [
      copy.node,
      String(copy.vmid),
      copy.name,
      clonesCell(copy),
      copy.volumes.map((volume) => diskWords(copy, volume)).join(', '),
    ]),
  );
}

function diskWords({ faultyVolumes = [] }: MarkedCopy, volume: string): string {
  const fault = faultyVolumes.find((it) => it.volume === volume)?.fault;
  const words = { missing: 'MISSING', notBase: 'NOT CONVERTED', unreadable: 'storage not usable' } as const;
  return fault === undefined ? volume : `${volume} (${words[fault]})`;
}

function unfinishedTable(output: Output, copies: readonly MarkedCopy[]): string {
  return table(
    output,
    [
      { title: 'node' },
      { title: 'VMID', align: 'right' },
      { title: 'called' },
      { title: 'what' },
      { title: 'begun by', gives: true },
    ],
    copies.map(({ node, vmid, name, marker, isTemplate }) => [
      node,
      String(vmid),
      name,
      marker.kind === 'test' ? 'test clone' : isTemplate ? 'template, not tested' : 'no template yet',
      `${marker.operation}, ${formatTime(marker.made)}`,
    ]),
  );
}
