import type { TemplatePlan } from '../../domain/templatePlan';
import { shownHash } from '../../domain/rendering/commands';
import { formatBytes } from '../../domain/rendering/sizes';
import { sameStepsText, shownBuilds, type ShownBuild } from '../../domain/rendering/templateBuilds';
import {
  copyMethod,
  copyMoves,
  copyWords,
  everyNodeText,
  readinessWords,
  sourceLines,
  templateTitle,
} from '../../domain/rendering/templateFacts';
import { count, printable } from '../../domain/rendering/text';
import { storagePlace } from '../../domain/buildLease';
import type { Output } from '../output';
import { stepView } from './stepView';
import { table } from './table';

/** The plan of a template in full: what is made of what and where, every step, what is deleted and what stays. */
export function templatePlanView(output: Output, plan: TemplatePlan): string {
  const { bold, yellow } = output.colors;
  const parts = [
    bold(`Plan ${shownHash(plan.hash)}: ${printable(templateTitle(plan))} (cluster ${plan.cluster})`),
    `Because ${printable(plan.because)}.\n${filesLine(plan)}`,
    ...(plan.source === undefined ? [] : [titled(bold('Made of'), sourceLines(plan.source))]),
    ...(plan.copies.length === 0 ? [] : [`${bold('New copies')}\n${copies(output, plan)}`]),
    ...shownBuilds(plan).map((build) => buildView(output, plan, build)),
    ...everyNodePart(output, plan),
    ...bootTestPart(output, plan),
    ...deviationsPart(output, plan),
    ...olderParts(output, plan),
    ...roomPart(output, plan),
    ...plan.warnings.map((warning) => yellow(`Warning: ${printable(warning)}`)),
    summary(plan),
  ];
  return `${parts.join('\n\n')}\n`;
}

function titled(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

function filesLine({ runbook, files }: TemplatePlan): string {
  const named = files.length > 0 ? files : [runbook];
  return `Runbook ${named.map(({ name, sha256 }) => `${name} (${sha256.slice(0, 12)})`).join(', calling ')}`;
}

function copies(output: Output, plan: TemplatePlan): string {
  return table(
    output,
    [
      { title: 'node' },
      { title: 'VMID', align: 'right' },
      { title: 'how' },
      { title: 'moves', align: 'right' },
      { title: 'because', gives: true },
    ],
    plan.copies.map((copy) => [
      copy.node,
      String(copy.vmid),
      copyMethod(copy),
      copyMoves(copy),
      copy.because,
    ]),
  );
}

function buildView(output: Output, { asksBefore }: TemplatePlan, build: ShownBuild): string {
  const head = output.colors.bold(`Build on ${printable(build.node)}, VM ${build.vmid}`);
  if (build.sameAs !== undefined) return `${head}: ${printable(sameStepsText(build))}`;
  return [head, ...build.steps.map((step) => stepView(output, step, asksBefore))].join('\n\n');
}

function everyNodePart({ colors }: Output, plan: TemplatePlan): readonly string[] {
  const nodes = everyNodeText(plan);
  return nodes === undefined ? [] : [`${colors.bold('Steps on every node')}: ${nodes}`];
}

function bootTestPart({ colors }: Output, { bootTest, name }: TemplatePlan): readonly string[] {
  if (bootTest === undefined) return [];
  const { vmid, node, readiness } = bootTest;
  const lines = [
    `Linked clone ${vmid} on ${printable(node)}, destroyed afterwards; ${readinessWords[readiness]}.`,
    `Only then ${printable(name)} is the new version.`,
  ];
  return [titled(colors.bold('Boot test'), lines)];
}

function deviationsPart(output: Output, { deviations }: TemplatePlan): readonly string[] {
  if (deviations.length === 0) return [];
  const columns = [{ title: 'key' }, { title: 'conventions' }, { title: 'used' }];
  const rows = deviations.map(({ key, convention, used, because }) => [key, convention, used, because]);
  const text = table(output, [...columns, { title: 'because', gives: true }], rows);
  return [`${output.colors.bold('Otherwise than the conventions')}\n${text}`];
}

function olderParts({ colors }: Output, { retires, keeps }: TemplatePlan): readonly string[] {
  const { bold, yellow } = colors;
  const deleted = retires.map((it) => `${copyWords(it)}, with ${it.volumes.map(printable).join(', ')}`);
  const kept = keeps.map((it) => `${copyWords(it)}: ${printable(it.because)}`);
  return [
    ...(deleted.length === 0 ? [] : [titled(yellow(bold('Deleted at the end')), deleted)]),
    ...(kept.length === 0 ? [] : [titled(bold('Old, but stays'), kept)]),
  ];
}

function roomPart({ colors }: Output, { reservations }: TemplatePlan): readonly string[] {
  if (reservations.length === 0) return [];
  const rooms = reservations.map((it) => `${formatBytes(it.bytes)} on ${storagePlace(it)}`);
  return [colors.dim(`Room that is kept free meanwhile: ${rooms.join(', ')}.`)];
}

function summary({ todo, copies: made, retires, bootTest, asksBefore }: TemplatePlan): string {
  if (todo === 'nothing' && retires.length === 0) return 'Nothing has to be done.';
  const parts = [
    ...(made.length === 0 ? [] : [made.length === 1 ? 'one copy made' : `${made.length} copies made`]),
    ...(bootTest === undefined ? [] : ['one boot test']),
    ...(retires.length === 0 ? [] : [`${count(retires.length, 'older guest')} deleted`]),
  ];
  const asked = asksBefore.length === 0 ? '' : ` ${asksBefore.join(', ')} will ask before.`;
  return `${parts.join(', ')}.${asked}`;
}
