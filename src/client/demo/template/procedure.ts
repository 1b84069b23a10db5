import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import { runbookWorkflowId, workflowTypes } from '../../../domain/names';
import type { AnyPlan } from '../../../domain/operation';
import { count } from '../../../domain/rendering/text';
import type { RunbookPlan } from '../../../domain/runbookPlan';
import type { PlannedTemplateCopy } from '../../../domain/templatePlan';
import { ownFolder, readRunbookFile } from '../../../runbooks/catalogue';
import { checkRunbook } from '../../../runbooks/check/check';
import { describeRunbookProblems, isUsable } from '../../../runbooks/problems';
import { openShellParser } from '../../../runbooks/shell/tree';
import { readEnding } from '../../operations/outcome';
import { presentEnding } from '../../operations/present';
import { startOnce } from '../../operations/startOnce';
import type { Session } from '../../session';
import { openProgressView } from '../../view/openProgressView';
import { runbookPlanView } from '../../view/runbookPlanView';
import { approve } from '../approval';
import { scene } from '../narration';
import { follow, planOf, type DemoOperation } from '../operation';
import type { DemoStage } from '../stage';
import { procedureName, procedureText } from './procedureText';

/** Shows a procedure in the plain form, checks it, plans it, asks, and runs it on the new template. */
export async function tellProcedure(
  session: Session,
  stage: DemoStage,
  template: Pick<PlannedTemplateCopy, 'node' | 'vmid'>,
): Promise<{ readonly workflowId: string; readonly exitCode: ExitCode }> {
  const operation = procedureOf(stage);
  const file = join(ownFolder(dirname(stage.config.file)), `${procedureName}.md`);
  const text = procedureText(template.vmid);
  writeFileSync(file, text);
  showText(session, text);
  if (!(await showCheck(session, file)))
    return { workflowId: operation.workflowId, exitCode: exitCodes.badInput };
  const plan = await showPlan(session, stage, operation, template);
  if (plan !== undefined) {
    await approve(session, operation);
    await showSteps(session, operation, plan);
  }
  scene(session, 'What it did', ['What each step printed is in the report.']);
  const ending = await readEnding(operation.client, operation.workflowId);
  const exitCode = presentEnding(session, operation.workflowId, ending, plan);
  const report = ending.kind === 'report' ? { report: ending.report } : {};
  session.output.note('');
  return { workflowId: operation.workflowId, ...{ plan, ...report }, exitCode };
}

function procedureOf({ temporal, config }: DemoStage): DemoOperation {
  const workflowId = runbookWorkflowId(config.cluster.name, procedureName, 'demo');
  return { client: temporal.client, workflowId };
}

function showText(session: Session, text: string): void {
  scene(session, 'A procedure', [
    `runbooks/${procedureName}.md is a procedure as people write it: what to type on a node, and what must be seen then.`,
  ]);
  const { dim } = session.output.colors;
  const lines = text.trimEnd().split('\n');
  session.output.note(lines.map((line) => dim(`  | ${line}`.trimEnd())).join('\n'));
}

/** True if it can be run. */
async function showCheck(session: Session, file: string): Promise<boolean> {
  scene(session, 'The check', [
    `pxm runbook check ${procedureName}: every problem with its line. A warning keeps nothing from being run: here it is`,
    'what the REST API could do; pxm runbook check --fix would write it so. The demo runs the file as it stands.',
  ]);
  const parser = await openShellParser();
  const { problems } = checkRunbook(basename(file), readRunbookFile(file), parser);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const found = `${count(errors.length, 'error')}, ${count(problems.length - errors.length, 'warning')}.`;
  session.output.note([describeRunbookProblems(problems), found].filter((line) => line !== '').join('\n'));
  return isUsable(problems);
}

async function showPlan(
  session: Session,
  { config }: DemoStage,
  operation: DemoOperation,
  template: Pick<PlannedTemplateCopy, 'node' | 'vmid'>,
): Promise<RunbookPlan | undefined> {
  const parameters = { node: template.node };
  scene(session, 'Its plan', [
    `pxm runbook run ${procedureName} --set node=${template.node}`,
    'Each step as it will be done. Nothing is done before exactly this plan is approved.',
  ]);
  const cluster = config.cluster.name;
  await startOnce(operation.client, {
    ...{ type: workflowTypes.runRunbook, workflowId: operation.workflowId, cluster },
    request: { runbook: procedureName, cluster, parameters, requestedBy: session.terminal.person },
    attempted: `run the runbook ${procedureName}`,
    summary: `run the runbook ${procedureName} (demo)`,
  });
  const plan = await planOf(operation, isRunbookPlan);
  if (plan !== undefined) session.output.result({ plan }, runbookPlanView(session.output, plan));
  return plan;
}

async function showSteps(session: Session, operation: DemoOperation, plan: RunbookPlan): Promise<void> {
  const view = openProgressView(session.output);
  view.plan(plan);
  try {
    await follow(operation, view, () => undefined);
  } finally {
    view.pause();
  }
}

function isRunbookPlan(plan: AnyPlan): plan is RunbookPlan {
  return plan.operation === 'runRunbook';
}
