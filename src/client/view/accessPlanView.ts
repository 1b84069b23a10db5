import type { CollectedTrust, NodeCertificate } from '../../domain/access';
import type { AccessItem, AccessPlan } from '../../domain/accessPlan';
import { accessTitles } from '../../domain/rendering/accessPlanMarkdown';
import { shownHash } from '../../domain/rendering/commands';
import { count, printable } from '../../domain/rendering/text';
import type { Output } from '../output';
import { table } from './table';

/** A plan on access in full: what is there and what becomes of it, each privilege with its reason, certificates, warnings. */
export function accessPlanView(output: Output, plan: AccessPlan): string {
  const { bold, yellow } = output.colors;
  const parts = [
    bold(`Plan ${shownHash(plan.hash)}: ${accessTitles[plan.operation]} (cluster ${plan.cluster})`),
    `Proxmox VE ${plan.major},${plan.operation === 'undoAccess' ? '' : ` profile ${plan.profile},`} over SSH on ${plan.node}. The token is kept in: ${printable(plan.store)}`,
    plan.items.length === 0
      ? 'There is nothing of ours.'
      : plan.items.flatMap((it) => itemLines(output, it)).join('\n'),
    ...(plan.operation === 'bootstrapAccess'
      ? [`${bold('Certificates')}\n${certificates(output, plan.trust)}`]
      : []),
    ...plan.warnings.map((warning) => yellow(`Warning: ${printable(warning)}`)),
    plan.steps.length === 0
      ? 'Nothing has to be changed.'
      : `${count(plan.steps.length, 'step')}: ${plan.steps.map(({ title }) => printable(title)).join('; ')}.`,
  ];
  return `${parts.join('\n\n')}\n`;
}

const marks: Readonly<Record<AccessItem['state'], string>> = {
  create: '+',
  keep: '=',
  change: '~',
  replace: '~',
  remove: '-',
  leave: '=',
  omit: ' ',
};

const untouched: ReadonlySet<AccessItem['state']> = new Set(['keep', 'leave', 'omit']);

function itemLines(output: Output, { what, state, details }: AccessItem): readonly string[] {
  const head = `${marks[state]} ${printable(what)}: ${state}`;
  const shown = untouched.has(state) ? output.colors.dim(head) : head;
  return [shown, ...details.map((line) => `    ${printable(line)}`)];
}

const configuredWords: Readonly<Record<NodeCertificate['configured'], string>> = {
  pinned: 'pinned in the configuration',
  otherPin: 'the configuration has ANOTHER fingerprint',
  caFile: 'judged by ca_file',
  insecure: 'not verified (tls: insecure)',
  nothing: 'not in the configuration yet',
};

function certificates(output: Output, { nodes }: CollectedTrust): string {
  return table(
    output,
    [{ title: 'node' }, { title: 'sha256 fingerprint' }, { title: 'valid until' }, { title: 'trust' }],
    nodes.map(({ node, fingerprint, validUntil, configured }) => [
      node,
      fingerprint,
      validUntil.slice(0, 10),
      configuredWords[configured],
    ]),
  );
}
