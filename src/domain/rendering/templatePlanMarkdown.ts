import type { TemplatePlan } from '../templatePlan';
import { shownHash } from './commands';
import { planWithTable, webUiBytes } from './planTable';
import { stepCells } from './stepRow';
import { sameStepsText, shownBuilds } from './templateBuilds';
import {
  copyMethod,
  copyMoves,
  copyWords,
  everyNodeText,
  readinessWords,
  sourceLines,
  templateTitle,
} from './templateFacts';
import { count, markdownCell } from './text';

/** The plan of a template as Markdown; what does not fit is counted, with the command that shows all. Deterministic. */
export function templatePlanMarkdown(plan: TemplatePlan, workflowId: string, bytes = webUiBytes): string {
  const { runbook, source } = plan;
  const head = [
    `**Plan ${shownHash(plan.hash)}**: ${markdownCell(templateTitle(plan))} (cluster ${markdownCell(plan.cluster)}, runbook ${markdownCell(runbook.name)})`,
    `Because ${markdownCell(plan.because)}.`,
    ...(source === undefined ? [] : [sourceLines(source).map(markdownCell).join('; ').slice(0, 400)]),
    ...warningsOf(plan),
  ];
  const rows = rowsOf(plan).map((cells) => `| ${cells.map(markdownCell).join(' | ')} |`);
  return planWithTable(
    head,
    { head: ['| what | where | how |', '|---|---|---|'], rows },
    { workflowId, bytes },
  );
}

/** Room is left for what is made and deleted. */
const shownWarnings = 3;

function warningsOf({ warnings }: TemplatePlan): readonly string[] {
  const more = warnings.length - shownWarnings;
  return [
    ...warnings.slice(0, shownWarnings).map((it) => `**Warning:** ${markdownCell(it).slice(0, 160)}`),
    ...(more > 0 ? [`... and ${count(more, 'more warning')}.`] : []),
  ];
}

/** What is made, what goes, what stays, what deviates, then the steps. */
function rowsOf(plan: TemplatePlan): readonly (readonly string[])[] {
  const { bootTest } = plan;
  const everyNode = everyNodeText(plan);
  return [
    ...plan.copies.map((copy) => [
      `new copy, VM ${String(copy.vmid)}`,
      copy.node,
      `${copyMethod(copy)}: ${copy.because}; moves ${copyMoves(copy)}`,
    ]),
    ...(bootTest === undefined
      ? []
      : [[`boot test, VM ${String(bootTest.vmid)}`, bootTest.node, readinessWords[bootTest.readiness]]]),
    ...plan.retires.map((it) => [`DELETES ${copyWords(it)}`, it.node, it.volumes.join(', ')]),
    ...plan.keeps.map((it) => [`stays: ${copyWords(it)}`, it.node, it.because]),
    ...plan.deviations.map(({ key, convention, used, because }) => [
      `${key} = ${used}`,
      '',
      `the conventions say ${convention}; ${because}`,
    ]),
    ...(everyNode === undefined ? [] : [['steps on every node', everyNode, 'the nodes that answer']]),
    ...shownBuilds(plan).flatMap((build) =>
      build.sameAs === undefined
        ? build.steps.map((step) => stepRow(plan, step))
        : [[`build of VM ${String(build.vmid)}`, build.node, sameStepsText(build)]],
    ),
  ];
}

function stepRow({ asksBefore }: TemplatePlan, step: TemplatePlan['builds'][number]['steps'][number]) {
  const [id = '', what = '', where = '', does = ''] = stepCells(step, asksBefore);
  return [`${id}: ${what}`, where, does];
}
