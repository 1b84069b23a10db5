import { setTimeout as delay } from 'node:timers/promises';
import type { EvacuationPlan } from '../../domain/evacuationPlan';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { evacuationWorkflowId, taskQueueOf, workflowTypes } from '../../domain/names';
import type { TaskProgress } from '../../domain/progress';
import { formatBytes } from '../../domain/rendering/sizes';
import { Interrupted } from '../failures';
import { presentEnding } from '../operations/present';
import { readEnding } from '../operations/outcome';
import { readPlan } from '../operations/read';
import { askPerson } from '../operations/ask';
import { questionOf } from '../operations/questions';
import { sendMessage } from '../operations/send';
import { takeSnapshot, type OperationSnapshot } from '../operations/snapshot';
import type { Session } from '../session';
import { planView } from '../view/planView';
import { progressView } from '../view/progressView';
import { table } from '../view/table';
import type { DemoStage } from './stage';
import { readTruth, type DemoGuest } from './truth';

const node = 'pve01';
const lookEveryMs = 500;

/** Tells the story: what runs, the plan, the approval, a killed worker in the middle, the report, the truth. */
export async function tellStory(session: Session, stage: DemoStage): Promise<ExitCode> {
  const { output } = session;
  const { client } = stage.temporal;
  const workflowId = evacuationWorkflowId(stage.config.cluster.name, node);

  scene(session, 'The cluster', [
    `A simulated Proxmox cluster runs on this machine, with the Temporal server (Web UI: ${stage.server.webUiUrl}) and one worker.`,
    `${node} needs maintenance: its guests have to go elsewhere.`,
  ]);
  const before = await truth(stage);
  output.result({ before }, `${guestTable(session, before)}\n`);
  const worker = await stage.startWorker();

  scene(session, 'The plan', [
    `pxm evacuate ${node}: the cluster is read and a plan is made. Nothing is changed before exactly this plan is approved.`,
  ]);
  await client.workflow.start(workflowTypes.evacuateNode, {
    workflowId,
    taskQueue: taskQueueOf(stage.config.cluster.name),
    args: [{ node, requestedBy: session.terminal.person }],
    staticSummary: `Empty ${node} (demo)`,
  });
  const plan = await planOf(session, stage, workflowId);
  output.result({ plan }, planView(output, plan));
  if (!(await approve(session, stage, workflowId))) return finish(session, stage, workflowId, plan);

  scene(session, 'The moves', ['Guests move, longest first, as many at once as the link carries.']);
  const view = progressView(output);
  view.plan(plan);
  const half = await watchUntil(session, stage, workflowId, view.update.bind(view), halfCopied);
  view.pause();
  if (half !== undefined) {
    process.kill(worker.pid, 'SIGKILL');
    scene(session, 'The accident', [
      `VM ${half.vmid} is half copied (${formatBytes(half.copiedBytes)} of ${formatBytes(half.totalBytes)}): the worker is killed now with SIGKILL, pid ${worker.pid}.`,
      'Proxmox goes on with what it has begun; Temporal remembers the rest. A new worker is started.',
      'It takes the old one to be dead after 10 seconds without a heartbeat.',
    ]);
    const next = await stage.startWorker();
    output.note(`The new worker polls, pid ${next.pid}.`);
    await watchUntil(session, stage, workflowId, view.update.bind(view), (snapshot) =>
      takenUp(snapshot, half),
    );
    view.pause();
    scene(session, 'Adopted', [
      `The new worker follows VM ${half.vmid} in the same Proxmox task as before; no migration was begun a second time:`,
      half.upid,
    ]);
  }
  await watchUntil(session, stage, workflowId, view.update.bind(view), () => undefined);
  view.pause();
  return finish(session, stage, workflowId, plan);
}

async function finish(
  session: Session,
  stage: DemoStage,
  workflowId: string,
  plan: EvacuationPlan,
): Promise<ExitCode> {
  scene(session, 'The report', ['Each guest is proven where it is, asked from the node that has it.']);
  const exitCode = presentEnding(
    session,
    workflowId,
    await readEnding(stage.temporal.client, workflowId),
    plan,
  );
  const after = await truth(stage);
  const twice = after.filter((guest) => guest.migrationsStarted > 1 || guest.wasInTwoPlaces);
  scene(session, 'The truth', [
    twice.length === 0
      ? 'The simulator confirms: no guest was begun to migrate twice, none was ever in two places.'
      : `The simulator disagrees: ${twice.map((guest) => guest.name).join(', ')} moved twice or was in two places!`,
  ]);
  session.output.result({ after }, `${guestTable(session, after)}\n`);
  return twice.length === 0 ? exitCode : exitCodes.incomplete;
}

async function planOf(session: Session, stage: DemoStage, workflowId: string): Promise<EvacuationPlan> {
  for (;;) {
    requireNotInterrupted(session);
    const plan = await readPlan(stage.temporal.client, workflowId);
    const { progress } = await takeSnapshot(stage.temporal.client, workflowId);
    if (plan != null && progress?.waitingFor === 'approval') return plan;
    await delay(lookEveryMs);
  }
}

/** Asks on a terminal; elsewhere the demo approves by itself and says so. False: not approved. */
async function approve(session: Session, stage: DemoStage, workflowId: string): Promise<boolean> {
  const { client } = stage.temporal;
  const by = session.terminal.person;
  const question = questionOf(await takeSnapshot(client, workflowId));
  if (question?.kind !== 'approval') return true;
  if (session.output.interactive) {
    await askPerson(session, client, workflowId, question, by);
    const { progress, closed } = await takeSnapshot(client, workflowId);
    return !closed && progress?.approval !== undefined;
  }
  session.output.note(`No terminal to ask on: the demo approves plan ${question.shownHash} by itself.`);
  const sent = await sendMessage(client, workflowId, {
    name: 'approve',
    payload: { planHash: question.shownHash, by: `${by} (demo)` },
  });
  return sent.accepted;
}

/** Looks again and again, until `seen` finds something or the operation has closed. */
async function watchUntil<T>(
  session: Session,
  stage: DemoStage,
  workflowId: string,
  show: (snapshot: OperationSnapshot) => void,
  seen: (snapshot: OperationSnapshot) => T | undefined,
): Promise<T | undefined> {
  for (;;) {
    requireNotInterrupted(session);
    const snapshot = await takeSnapshot(stage.temporal.client, workflowId);
    if (snapshot.closed) return undefined;
    show(snapshot);
    const found = seen(snapshot);
    if (found !== undefined) return found;
    await delay(lookEveryMs);
  }
}

/** The longest copy, once it is seen to be half done. */
function halfCopied({ running }: OperationSnapshot): TaskProgress | undefined {
  const [longest] = running.toSorted((one, other) => other.totalBytes - one.totalBytes);
  return longest !== undefined && longest.copiedBytes >= longest.totalBytes / 2 ? longest : undefined;
}

/** The step of that copy, once a worker answers again and its task is followed or ended. */
function takenUp({ progress, running }: OperationSnapshot, half: TaskProgress): true | undefined {
  const step = progress?.steps.find((each) => each.vmid === half.vmid);
  if (step === undefined) return undefined;
  const advanced = running.some((task) => task.upid === half.upid && task.copiedBytes > half.copiedBytes);
  return advanced || step.phase === 'done' ? true : undefined;
}

function truth(stage: DemoStage): Promise<DemoGuest[]> {
  return stage.simulator.controlUrl === undefined
    ? Promise.resolve([])
    : readTruth(stage.simulator.controlUrl);
}

function guestTable(session: Session, guests: readonly DemoGuest[]): string {
  const columns = [
    { title: 'guest' },
    { title: 'node' },
    { title: 'state' },
    { title: 'migrations begun', align: 'right' as const },
  ];
  const rows = guests.toSorted((one, other) => one.vmid - other.vmid);
  return table(
    session.output,
    columns,
    rows.map((guest) => [
      `${guest.vmid} ${guest.name}`,
      guest.node,
      guest.status,
      String(guest.migrationsStarted),
    ]),
  );
}

function scene(session: Session, title: string, lines: readonly string[]): void {
  const { bold, cyan } = session.output.colors;
  session.output.note(['', bold(cyan(`== ${title} ==`)), ...lines, ''].join('\n'));
}

function requireNotInterrupted(session: Session): void {
  if (session.interrupted.aborted) throw new Interrupted();
}
