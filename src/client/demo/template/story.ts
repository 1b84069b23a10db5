import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import type { AnyPlan } from '../../../domain/operation';
import { workflowTypes } from '../../../domain/names';
import type { TemplatePlan } from '../../../domain/templatePlan';
import { readEnding } from '../../operations/outcome';
import { presentEnding } from '../../operations/present';
import { startOnce } from '../../operations/startOnce';
import type { Session } from '../../session';
import { openProgressView } from '../../view/openProgressView';
import type { ProgressView } from '../../view/progressView';
import { templatePlanView } from '../../view/templatePlanView';
import { replaceWorker } from '../accident';
import { approve } from '../approval';
import { begun, scene } from '../narration';
import { follow, look, planOf } from '../operation';
import type { DemoStage } from '../stage';
import { readTasks, type DemoTask } from '../truth';
import { templateRunbook } from './furnish';
import { importing, importWords, isTakenUp, makingOf } from './making';
import { tellProcedure } from './procedure';
import { deedTable, machineTable } from './tables';
import { deedsOf, readMachines, timesBegun, type DemoMachine } from './truth';

/**
 * Tells the story of a template: the plan, the approval, a worker killed in the middle of the build, the boot test, the
 * report, the truth; then that of a procedure on the new template.
 */
export async function tellTemplateStory(session: Session, stage: DemoStage): Promise<ExitCode> {
  const before = await showCluster(session, stage);
  const worker = await stage.startWorker();
  const plan = await showPlan(session, stage);
  if (plan !== undefined) await approve(session, makingOf(stage));
  const isWhole = plan !== undefined && (await showBuild(session, stage, plan, worker.pid));
  const made = await showReport(session, stage, plan, isWhole);
  const [copy] = plan?.copies ?? [];
  if (made.exitCode !== exitCodes.done || copy === undefined) {
    session.output.result({ ...made, before }, '');
    return made.exitCode;
  }
  const procedure = await tellProcedure(session, stage, copy);
  const after = await readMachines(stage.simulator.controlUrl);
  const document = { ...made, before, procedure, after, exitCode: procedure.exitCode };
  session.output.result(document, machineTable(session, after));
  return procedure.exitCode;
}

async function showCluster(session: Session, stage: DemoStage): Promise<DemoMachine[]> {
  scene(session, 'The cluster', [
    `A simulated Proxmox VE ${stage.version} cluster runs on this machine, with a Temporal server and a worker.`,
    `Temporal's Web UI is open while the demo runs: ${stage.server.webUiUrl}`,
    `Version 1 of the template ${templateRunbook} is there, and a guest that was cloned from it:`,
  ]);
  const machines = await readMachines(stage.simulator.controlUrl);
  session.output.result({ before: machines }, machineTable(session, machines));
  return machines;
}

async function showPlan(session: Session, stage: DemoStage): Promise<TemplatePlan | undefined> {
  const [image] = stage.simulator.images ?? [];
  scene(session, 'The plan', [
    `pxm template create ${templateRunbook} reads the runbook of that name and the cluster, and makes a plan.`,
    'It is the shipped runbook with another source: in the place of the image of cloud.debian.org and its SHA512SUMS stand',
    `${image?.url ?? ''} and its digest.`,
    'Only the simulated nodes know that address, so nothing is really downloaded.',
    'Nothing is changed before exactly this plan is approved.',
  ]);
  const { client, workflowId } = makingOf(stage);
  const cluster = stage.config.cluster.name;
  await startOnce(client, {
    ...{ type: workflowTypes.createTemplate, workflowId, cluster },
    request: { runbook: templateRunbook, cluster, requestedBy: session.terminal.person },
    attempted: `make the template ${templateRunbook}`,
    summary: `make the template ${templateRunbook} (demo)`,
  });
  const plan = await planOf(makingOf(stage), isTemplatePlan);
  if (plan !== undefined) session.output.result({ plan }, templatePlanView(session.output, plan));
  return plan;
}

/** True if the worker died in the middle, as the story wants it. */
async function showBuild(
  session: Session,
  stage: DemoStage,
  plan: TemplatePlan,
  workerPid: number,
): Promise<boolean> {
  const operation = makingOf(stage);
  if ((await look(operation)).closed) return false;
  scene(session, 'The build', [
    "The runbook's steps make the new version under another name; version 1 stays in force meanwhile.",
  ]);
  const view = openProgressView(session.output);
  view.plan(plan);
  try {
    const task = await follow(operation, view, (snapshot) => importing(stage, snapshot));
    if (task !== undefined) await showAccident(session, stage, view, workerPid, task);
    await follow(operation, view, () => undefined);
    return task !== undefined;
  } finally {
    view.pause();
  }
}

/** Kills the worker while the image is imported, starts another one, and shows that it goes on with the same task. */
async function showAccident(
  session: Session,
  stage: DemoStage,
  view: ProgressView,
  workerPid: number,
  task: DemoTask,
): Promise<void> {
  const operation = makingOf(stage);
  const { controlUrl } = stage.simulator;
  const now = async () => (await readTasks(controlUrl)).filter(({ upid }) => upid === task.upid);
  await replaceWorker(session, {
    ...{ stage, operation, view, workerPid, following: now },
    words: (it) => `${importWords(it)}, task ${it.upid}`,
    happened: 'The image is being imported.',
    isTakenUp: (snapshot, left, newPid) => isTakenUp(operation, snapshot, left, newPid),
  });
  const tasks = await readTasks(controlUrl);
  const created = begun(timesBegun(tasks, task.type, task.id));
  scene(session, 'Adopted', [
    'The new worker follows the same Proxmox task; the virtual machine was not created again:',
    ...(await now()).map((it) => `  ${importWords(it)}, ${created}, task ${it.upid}`),
  ]);
}

/** What became of the template: the report, and what the simulator says to it. */
async function showReport(
  session: Session,
  stage: DemoStage,
  plan: TemplatePlan | undefined,
  isWhole: boolean,
) {
  const { client, workflowId } = makingOf(stage);
  scene(session, 'The report', ['A version is in force only once a clone of it has booted.']);
  const ending = await readEnding(client, workflowId);
  const reported = presentEnding(session, workflowId, ending, plan);
  const document = { workflowId, plan, ...(ending.kind === 'report' ? { report: ending.report } : {}) };
  if (plan === undefined || reported !== exitCodes.done) return { ...document, exitCode: reported };
  const { controlUrl } = stage.simulator;
  const deeds = deedsOf(plan, await readTasks(controlUrl));
  const wrong = deeds.filter((deed) => deed.begun !== 1);
  scene(session, 'The truth', [
    wrong.length === 0
      ? 'The simulator knows what really happened: each of these was begun once.'
      : `The simulator disagrees: ${wrong.map(({ what }) => what).join(', ')} was not begun exactly once!`,
    ...(isWhole ? [] : ['It was all too quick: no worker was killed in the middle.']),
  ]);
  session.output.result(document, deedTable(session, deeds));
  const machines = await readMachines(controlUrl);
  session.output.note(['', ...keptLines(plan, machines), '', ''].join('\n'));
  session.output.result(document, machineTable(session, machines));
  const exitCode = isWhole && wrong.length === 0 ? exitCodes.done : exitCodes.incomplete;
  return { ...document, deeds, exitCode };
}

function keptLines({ inForce }: TemplatePlan, machines: readonly DemoMachine[]): readonly string[] {
  return inForce
    .filter(({ vmid }) => machines.some((it) => it.vmid === vmid))
    .map(({ vmid, generation }) => {
      const clones = machines.filter(({ cloneOf }) => cloneOf === vmid).map(({ name }) => name);
      const also = clones.length === 0 ? '' : `, and ${clones.join(', ')} depends on it`;
      return `Version ${generation} (VM ${vmid}) stays: one older version is kept unless --keep says otherwise${also}.`;
    });
}

function isTemplatePlan(plan: AnyPlan): plan is TemplatePlan {
  return plan.operation === 'createTemplate';
}
