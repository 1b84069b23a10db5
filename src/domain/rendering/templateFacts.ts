import type { TemplateSource } from '../template/source';
import type { BootReadiness, PlannedTemplateCopy, TemplateCopy, TemplatePlan } from '../templatePlan';
import { formatBytes } from './sizes';
import { printable } from './text';

/** What a plan does, as its title says it. */
export function templateTitle({
  todo,
  name,
  generation,
}: Pick<TemplatePlan, 'todo' | 'name' | 'generation'>): string {
  switch (todo) {
    case 'build':
      return `make version ${String(generation)} of the template ${name}`;
    case 'replicate':
      return `copy version ${String(generation)} of the template ${name} to more nodes`;
    case 'retire':
      return `delete older versions of the template ${name}`;
    case 'nothing':
      return `the template ${name} is as it should be`;
  }
}

/** What it is made of, its digest, and who vouches for that; a line each. */
export function sourceLines(source: TemplateSource): readonly string[] {
  if (source.kind === 'machine') {
    return [
      `VM ${String(source.vmid)} on ${printable(source.node)}, as its configuration is now (sha1 ${source.digest})`,
    ];
  }
  const { url, format, compression, sizeBytes, algorithm, digest } = source;
  const packed = compression === undefined ? '' : `, packed as ${compression}`;
  const size = sizeBytes === undefined ? '' : `, ${formatBytes(sizeBytes)}`;
  return [
    `${printable(url)} (${format}${packed}${size})`,
    `${algorithm} ${digest}`,
    `The digest is vouched for by ${voucher(source)}.`,
  ];
}

function voucher({ vouchedBy, signedBy }: Extract<TemplateSource, { readonly kind: 'image' }>): string {
  switch (vouchedBy) {
    case 'runbook':
      return 'the runbook, which names it';
    case 'sums':
      return 'a file of checksums, which is not signed';
    case 'signed sums':
      return `a file of checksums with the signature of the key ${signedBy ?? '(not named)'}`;
  }
}

/** How a copy is made. */
export function copyMethod({ method, import: way }: PlannedTemplateCopy): string {
  if (method === 'migrate') return 'clone of the first copy, moved offline';
  if (way === undefined) return 'built';
  return way.way === 'rest' ? `built, image by way of ${printable(way.storage)}` : 'built, image over SSH';
}

/** What a copy costs the network. */
export function copyMoves({ movedBytes }: PlannedTemplateCopy): string {
  return movedBytes > 0 ? formatBytes(movedBytes) : 'nothing';
}

/** When a test clone counts as ready. */
export const readinessWords: Readonly<Record<BootReadiness, string>> = {
  agent:
    'ready when its agent answers, cloud-init has finished without errors, and it has an address, a machine id and an SSH host key',
  talosApi:
    'ready when the API of Talos answers on its address; where nothing tells that, when it runs and goes on running',
  running: 'ready when it runs and goes on running',
};

/** On which nodes the steps for every node are done, e.g. `pve01, pve02`; undefined where there is no such step. */
export function everyNodeText({ builds, nodes }: Pick<TemplatePlan, 'builds' | 'nodes'>): string | undefined {
  const isAny = builds.some(({ steps }) => steps.some(({ place }) => place.at === 'everyNode'));
  return isAny ? printable(nodes.join(', ')) : undefined;
}

/** Which copy it is, e.g. `VM 101 debian-13 on pve01 (version 2)`. */
export function copyWords({
  vmid,
  node,
  name,
  generation,
}: Omit<TemplateCopy, 'generation'> & { readonly generation?: number }): string {
  const version = generation === undefined ? 'never in force' : `version ${String(generation)}`;
  return printable(`VM ${String(vmid)} ${name} on ${node} (${version})`);
}
