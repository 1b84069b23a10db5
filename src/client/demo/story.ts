import type { EvacuationPlan } from '../../domain/evacuationPlan';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { taskQueueOf, workflowTypes } from '../../domain/names';
import type { TaskProgress } from '../../domain/progress';
import { askPerson } from '../operations/ask';
import { readEnding } from '../operations/outcome';
import { presentEnding } from '../operations/present';
import { questionOf } from '../operations/questions';
import { sendMessage } from '../operations/send';
import type { Session } from '../session';
import { planView } from '../view/planView';
import { openProgressView } from '../view/openProgressView';
import type { ProgressView } from '../view/progressView';
import { adoptedLines, copyLines, guestTable, scene } from './scenes';
import type { DemoStage } from './stage';
import { readTruth, type DemoGuest } from './truth';
import { demoNode, demoWorkflowId, halfCopied, look, planOf, takenUp, watchUntil } from './watching';

/** Tells the story: what runs, the plan, the approval, a killed worker in the middle, the report, the truth. */
export async function tellStory(session: Session, stage: DemoStage): Promise<ExitCode> {
  const before = await showCluster(session, stage);
  const worker = await stage.startWorker();
  const plan = await showPlan(session, stage);
  if (plan !== undefined) {
    await approve(session, stage);
    await showMoves(session, stage, plan, worker.pid);
  }
  return showReport(session, stage, plan, before);
}

async function showCluster(session: Session, stage: DemoStage): Promise<DemoGuest[]> {
  scene(session, 'The cluster', [
    `A simulated Proxmox VE ${stage.scenario.version} cluster runs on this machine, with a Temporal server and a worker.`,
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
  await stage.temporal.client.workflow.start(workflowTypes.evacuateNode, {
    workflowId: demoWorkflowId(stage),
    taskQueue: taskQueueOf(stage.config.cluster.name),
    args: [{ node: demoNode, requestedBy: session.terminal.person }],
    staticSummary: `Empty ${demoNode} (demo)`,
  });
  const plan = await planOf(stage);
  if (plan !== undefined) session.output.result({ plan }, planView(session.output, plan));
  return plan;
}

/** Asks on a terminal until there is an answer; elsewhere the demo approves by itself and says so. */
async function approve(session: Session, stage: DemoStage): Promise<void> {
  const { client } = stage.temporal;
  const by = session.terminal.person;
  for (;;) {
    const question = questionOf(await look(stage));
    if (question?.kind !== 'approval') return;
    if (!session.output.interactive) {
      session.output.note(`No terminal to ask on: the demo approves plan ${question.shownHash} by itself.`);
      const payload = { planHash: question.shownHash, by: `${by} (demo)` };
      await sendMessage(client, demoWorkflowId(stage), { name: 'approve', payload });
    } else if ((await askPerson(session, client, demoWorkflowId(stage), question, by)) === 'left') {
      session.output.note('A real operation would wait now, for a day. The demo asks again; Ctrl-C ends it.');
    }
  }
}

async function showMoves(
  session: Session,
  stage: DemoStage,
  plan: EvacuationPlan,
  workerPid: number,
): Promise<void> {
  if ((await look(stage)).closed) return;
  scene(session, 'The moves', ['Guests move, longest first, as many at once as fill the network.']);
  const view = openProgressView(session.output);
  view.plan(plan);
  try {
    const half = await follow(stage, view, halfCopied);
    if (half !== undefined) await showAccident(session, stage, view, workerPid, half);
    await follow(stage, view, () => undefined);
  } finally {
    view.pause();
  }
}

function follow<T>(
  stage: DemoStage,
  view: ProgressView,
  seen: Parameters<typeof watchUntil<T>>[1],
): Promise<T | undefined> {
  return watchUntil(stage, (snapshot) => {
    view.update(snapshot);
    return seen(snapshot);
  });
}

/** Kills the worker, starts another one, and shows that it goes on with the same migrations. */
async function showAccident(
  session: Session,
  stage: DemoStage,
  view: ProgressView,
  workerPid: number,
  half: TaskProgress,
): Promise<void> {
  process.kill(workerPid, 'SIGKILL');
  view.pause();
  // What it had reported before it died; figures above these are another worker's.
  const left = (await look(stage)).running.toSorted((one, other) => one.vmid - other.vmid);
  const followed = left.find(({ upid }) => upid === half.upid) ?? half;
  scene(session, 'The accident', [
    `VM ${half.vmid} is half copied. Now the worker (pid ${workerPid}) is killed with SIGKILL. It was following:`,
    ...copyLines(left),
    'Proxmox goes on with what it has begun, Temporal remembers the rest. A new worker is started;',
    'it takes over once the old one has not been heard of for 10 seconds.',
  ]);
  const { pid } = await stage.startWorker();
  session.output.note(`The new worker runs (pid ${pid}).`);
  await follow(stage, view, (snapshot) => takenUp(snapshot, followed));
  view.pause();
  const guests = await readTruth(stage.simulator.controlUrl);
  scene(session, 'Adopted', [
    'The new worker has found the same Proxmox tasks and follows them; no migration was begun again:',
    ...adoptedLines(left, (await look(stage)).running, guests),
  ]);
}

async function showReport(
  session: Session,
  stage: DemoStage,
  plan: EvacuationPlan | undefined,
  before: readonly DemoGuest[],
): Promise<ExitCode> {
  scene(session, 'The report', ['Each guest was looked for on the node that should have it now.']);
  const workflowId = demoWorkflowId(stage);
  const ending = await readEnding(stage.temporal.client, workflowId);
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
