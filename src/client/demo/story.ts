import type { EvacuationPlan } from '../../domain/evacuationPlan';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { taskQueueOf, workflowTypes } from '../../domain/names';
import type { TaskProgress } from '../../domain/progress';
import { readEnding } from '../operations/outcome';
import { presentEnding } from '../operations/present';
import type { Session } from '../session';
import { isEvacuationPlan } from '../shapes';
import { openProgressView } from '../view/openProgressView';
import { planView } from '../view/planView';
import type { ProgressView } from '../view/progressView';
import { replaceWorker } from './accident';
import { approve } from './approval';
import { demoNode, evacuationOf, halfCopied, takenUp } from './evacuation';
import { scene } from './narration';
import { follow, look, planOf } from './operation';
import { adoptedLines, copyWords, guestTable } from './scenes';
import type { DemoStage } from './stage';
import { readTruth, type DemoGuest } from './truth';

/** Tells the story: what runs, the plan, the approval, a killed worker in the middle, the report, the truth. */
export async function tellStory(session: Session, stage: DemoStage): Promise<ExitCode> {
  const before = await showCluster(session, stage);
  const worker = await stage.startWorker();
  const plan = await showPlan(session, stage);
  if (plan !== undefined) {
    await approve(session, evacuationOf(stage));
    await showMoves(session, stage, plan, worker.pid);
  }
  return showReport(session, stage, plan, before);
}

async function showCluster(session: Session, stage: DemoStage): Promise<DemoGuest[]> {
  scene(session, 'The cluster', [
    `A simulated Proxmox VE ${stage.version} cluster runs on this machine, with a Temporal server and a worker.`,
    `Temporal's Web UI is open while the demo runs: ${stage.server.webUiUrl}`,
    `${demoNode} needs maintenance, so its guests have to go elsewhere:`,
  ]);
  const guests = await readTruth(stage.simulator.controlUrl);
  session.output.result({ before: guests }, guestTable(session, guests));
  return guests;
}

async function showPlan(session: Session, stage: DemoStage): Promise<EvacuationPlan | undefined> {
  scene(session, 'The plan', [
    `pxm evacuate ${demoNode} reads the cluster and makes a plan.`,
    'Nothing is changed before exactly this plan is approved.',
  ]);
  const { client, workflowId } = evacuationOf(stage);
  await client.workflow.start(workflowTypes.evacuateNode, {
    workflowId,
    taskQueue: taskQueueOf(stage.config.cluster.name),
    args: [{ node: demoNode, requestedBy: session.terminal.person }],
    staticSummary: `Empty ${demoNode} (demo)`,
  });
  const plan = await planOf(evacuationOf(stage), isEvacuationPlan);
  if (plan !== undefined) session.output.result({ plan }, planView(session.output, plan));
  return plan;
}

async function showMoves(
  session: Session,
  stage: DemoStage,
  plan: EvacuationPlan,
  workerPid: number,
): Promise<void> {
  const operation = evacuationOf(stage);
  if ((await look(operation)).closed) return;
  scene(session, 'The moves', ['Guests move, longest first, as many at once as fill the network.']);
  const view = openProgressView(session.output);
  view.plan(plan);
  try {
    const half = await follow(operation, view, halfCopied);
    if (half !== undefined) await showAccident(session, stage, view, workerPid, half);
    await follow(operation, view, () => undefined);
  } finally {
    view.pause();
  }
}

/** Kills the worker, starts another one, and shows that it goes on with the same migrations. */
async function showAccident(
  session: Session,
  stage: DemoStage,
  view: ProgressView,
  workerPid: number,
  half: TaskProgress,
): Promise<void> {
  const operation = evacuationOf(stage);
  const left = await replaceWorker(session, {
    ...{ stage, operation, view, workerPid },
    happened: `VM ${half.vmid} is half copied.`,
    // What it had reported before it died; figures above these are another worker's.
    following: async () => (await look(operation)).running.toSorted((one, other) => one.vmid - other.vmid),
    words: (task) => `${copyWords(task)}, task ${task.upid}`,
    isTakenUp: (snapshot, tasks) => takenUp(snapshot, tasks.find(({ upid }) => upid === half.upid) ?? half),
  });
  const guests = await readTruth(stage.simulator.controlUrl);
  scene(session, 'Adopted', [
    'The new worker has found the same Proxmox tasks and follows them; no migration was begun again:',
    ...adoptedLines(left, (await look(operation)).running, guests),
  ]);
}

async function showReport(
  session: Session,
  stage: DemoStage,
  plan: EvacuationPlan | undefined,
  before: readonly DemoGuest[],
): Promise<ExitCode> {
  scene(session, 'The report', ['Each guest was looked for on the node that should have it now.']);
  const { client, workflowId } = evacuationOf(stage);
  const ending = await readEnding(client, workflowId);
  const reported = presentEnding(session, workflowId, ending, plan);
  const after = await readTruth(stage.simulator.controlUrl);
  const wrong = after.filter((guest) => guest.migrationsStarted > 1 || guest.wasInTwoPlaces);
  scene(session, 'The truth', [
    wrong.length === 0
      ? 'The simulator knows what really happened: no migration was begun twice, no guest was ever in two places.'
      : `The simulator disagrees: ${wrong.map(({ name }) => name).join(', ')} moved twice, or was in two places!`,
  ]);
  const exitCode = wrong.length === 0 ? reported : exitCodes.incomplete;
  const report = ending.kind === 'report' ? { report: ending.report } : {};
  const document = { workflowId, plan, ...report, before, after, exitCode };
  session.output.result(document, guestTable(session, after));
  return exitCode;
}
