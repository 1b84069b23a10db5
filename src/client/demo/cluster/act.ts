import type { ClusterPlan } from '../../../domain/cluster/plan';
import type { ClusterReport } from '../../../domain/cluster/report';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import type { AnyPlan } from '../../../domain/operation';
import { startChange } from '../../clusters/startChange';
import { readEnding, type Ending } from '../../operations/outcome';
import { presentEnding } from '../../operations/present';
import type { Session } from '../../session';
import { clusterPlanView } from '../../view/clusterPlanView';
import { openProgressView } from '../../view/openProgressView';
import type { ProgressView } from '../../view/progressView';
import { replaceWorker } from '../accident';
import { approve } from '../approval';
import { scene } from '../narration';
import { follow, look, planOf } from '../operation';
import type { DemoStage } from '../stage';
import type { DemoAct } from './acts';
import { changeOf, controlUrlOf, isTakenUp, stepsNow, stepsUnderWay, stepWords } from './changing';
import { holdAnswer, requestWords, timesRequested, type DemoRequest, type HeldAnswer } from './lostAnswer';
import { demoProfile } from './profile';

/** An operation of the story, once it is over. */
export interface PlayedAct {
  readonly command: string;
  readonly plan: ClusterPlan | undefined;
  readonly report: ClusterReport | undefined;
  /** The request whose answer went with the worker, and how often it came. Absent: no worker died in the middle. */
  readonly lost: { readonly request: string; readonly times: number } | undefined;
  /** The worker that lives now. */
  readonly workerPid: number;
  readonly exitCode: ExitCode;
}

/** Shows a plan, has it approved, kills the worker in the middle, and shows what became of it. */
export async function playAct(
  session: Session,
  stage: DemoStage,
  act: DemoAct,
  workerPid: number,
): Promise<PlayedAct> {
  const plan = await showPlan(session, stage, act);
  const accident = plan && (await showSteps(session, stage, act, plan, workerPid));
  const { client, workflowId } = changeOf(stage);
  scene(session, 'The report', [act.command]);
  const ending = await readEnding(client, workflowId);
  const reported = presentEnding(session, workflowId, ending, plan);
  const lost = accident && (await showLost(session, stage, accident.request));
  const isWhole = lost?.times === 1;
  if (lost === undefined) session.output.note('\nNo worker was killed in the middle.');
  return {
    ...{ command: act.command, plan, report: reportOf(ending), lost },
    workerPid: accident?.workerPid ?? workerPid,
    exitCode: reported === exitCodes.done && !isWhole ? exitCodes.incomplete : reported,
  };
}

async function showPlan(
  session: Session,
  stage: DemoStage,
  { title, command, lines, request }: DemoAct,
): Promise<ClusterPlan | undefined> {
  scene(session, title, [command, ...lines]);
  const { config, temporal } = stage;
  const asker = {
    config: () => config,
    client: () => Promise.resolve(temporal.client),
    output: session.output,
  };
  await startChange(asker, {
    ...{ profile: demoProfile, cluster: config.cluster.name, requestedBy: session.terminal.person },
    ...request,
  });
  const plan = await planOf(changeOf(stage), isClusterPlan);
  if (plan !== undefined) session.output.result({ plan }, clusterPlanView(session.output, plan));
  return plan;
}

/** What died, and who lives; undefined if it was over before. */
async function showSteps(
  session: Session,
  stage: DemoStage,
  { lost }: DemoAct,
  plan: ClusterPlan,
  workerPid: number,
): Promise<{ readonly request: DemoRequest; readonly workerPid: number } | undefined> {
  const operation = changeOf(stage);
  const held = await holdAnswer(controlUrlOf(stage), lost);
  const view = openProgressView(session.output);
  try {
    await approve(session, operation);
    view.plan(plan);
    const request = await follow(operation, view, held.request);
    if (request === undefined) return undefined;
    const newPid = await showAccident(session, stage, view, workerPid, { held, request });
    await follow(operation, view, () => undefined);
    return { request, workerPid: newPid };
  } finally {
    view.pause();
    await held.lose();
  }
}

/** Kills the worker before it has the answer, starts another one, and shows that it goes on. Returns its pid. */
async function showAccident(
  session: Session,
  stage: DemoStage,
  view: ProgressView,
  workerPid: number,
  { held, request }: { readonly held: HeldAnswer; readonly request: DemoRequest },
): Promise<number> {
  const operation = changeOf(stage);
  const steps = stepsUnderWay(await look(operation));
  let newPid = workerPid;
  const left = await replaceWorker(session, {
    ...{ stage, operation, view, workerPid, words: stepWords },
    happened: `Proxmox has done ${requestWords(request)}, and its answer never comes.`,
    async following() {
      await held.lose();
      return steps;
    },
    isTakenUp(snapshot, _left, pid) {
      newPid = pid;
      return isTakenUp(operation, snapshot, steps, pid);
    },
  });
  scene(session, 'Taken up', [
    'The new worker looks what is there before it asks for anything:',
    ...stepsNow(await look(operation), left).map((line) => `  ${line}`),
  ]);
  return newPid;
}

async function showLost(
  session: Session,
  stage: DemoStage,
  request: DemoRequest,
): Promise<NonNullable<PlayedAct['lost']>> {
  const times = await timesRequested(controlUrlOf(stage), request);
  const words = requestWords(request);
  scene(session, 'The truth', [
    times === 1
      ? `The simulator knows what it was asked: ${words} came once.`
      : `The simulator disagrees: ${words} came ${times} times!`,
  ]);
  return { request: words, times };
}

function reportOf(ending: Ending): ClusterReport | undefined {
  if (ending.kind === 'failure') return undefined;
  return ending.report.operation === 'changeCluster' ? ending.report : undefined;
}

function isClusterPlan(plan: AnyPlan): plan is ClusterPlan {
  return plan.operation === 'changeCluster';
}
