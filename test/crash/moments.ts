import type { Call } from './calls';
import type { HeldCall, HoldMoment } from './journal';
import type { MomentName } from './scenarios/scenario';
import type { Stage } from './stage';
import { until } from './wait';

/** What happens at each. */
export const moments: Readonly<Record<MomentName, string>> = {
  request: 'worker killed right before the call: it was never executed',
  answer: 'worker killed after the call was executed, before its answer',
  record: 'worker killed after the answer, before Temporal has recorded what came of it',
  freeze: 'worker frozen before the call, until a second one has finished the step; then the late duplicate',
  late: 'as freeze, but the late duplicate comes once the operation is over',
  orphan:
    'worker killed before the call of a program, which outlives it: it is carried out once a second worker has finished the step',
  window:
    "worker frozen before the request; the late duplicate comes after the answer to the second worker's, before its task has locked the guest",
  standby: 'worker killed right before the call, a second one is already there',
  temporal: 'Temporal server killed, started again on its database',
};

/** From when on the operation is expected to go on: the next call that arrives after so many. */
export interface Struck {
  readonly sinceMs: number;
  readonly afterCalls: number;
}

/** What was to be struck is over: its cell is run again. */
export class MomentMissed extends Error {
  override readonly name = 'MomentMissed';
  constructor() {
    super('its moment was over before it could be struck');
  }
}

/** Where in its exchange the call is held for this moment. */
export function holdFor(moment: MomentName): HoldMoment {
  return moment === 'answer' || moment === 'record' ? 'before answering' : 'before handling';
}

/** Lets it happen to the held call. Afterwards somebody is there to go on. */
export function strike(moment: MomentName, stage: Stage, call: Call, hold: HeldCall): Promise<Struck> {
  switch (moment) {
    case 'request':
    case 'answer':
      return killWhileHeld(stage, hold);
    case 'record':
      return killUnrecorded(stage, hold);
    case 'freeze':
      return freeze(stage, call, hold);
    case 'late':
      return comesLate(stage, hold);
    case 'orphan':
      return outlive(stage, call, hold);
    case 'window':
      return duplicateBeforeLock(stage, call, hold);
    case 'standby':
      return killBeside(stage, hold);
    case 'temporal':
      return killTemporal(stage, hold);
  }
}

async function killWhileHeld(stage: Stage, hold: HeldCall): Promise<Struck> {
  await stage.worker.kill();
  hold.release('drop');
  return newWorker(stage);
}

/** After the answer is out, what the worker does next shows that it was read: a beat comes within 2 s. */
async function killUnrecorded(stage: Stage, hold: HeldCall): Promise<Struck> {
  const { proxy } = stage;
  proxy.freeze();
  const callsBefore = stage.callCount();
  hold.release();
  await until('the answer', () => hold.request?.outcome !== 'open');
  const answeredAtMs = performance.now();
  const readForSure = () => proxy.bytesLost > 0 && performance.now() - answeredAtMs > 100;
  await until('what the worker does next', () => stage.callCount() > callsBefore || readForSure());
  await stage.worker.kill();
  return newWorker(stage);
}

async function freeze(stage: Stage, call: Call, hold: HeldCall): Promise<Struck> {
  const { worker } = stage;
  worker.freeze();
  const struck = await overtaken(stage, call);
  hold.release();
  worker.thaw();
  return struck;
}

/** What is tried once is given up as soon as its worker is silent: here it was done by another one as well, if a person said so. */
async function comesLate(stage: Stage, hold: HeldCall): Promise<Struck> {
  const { worker, handle } = stage;
  worker.freeze();
  const struck = await newWorker(stage);
  const isOver = async () => (await handle.describe()).status.name !== 'RUNNING';
  await until('the end of the operation', isOver, { withinMs: 240_000, everyMs: 200 });
  hold.release();
  worker.thaw();
  return struck;
}

/** Nobody reads what the program says, and nobody ends it: it has a process group of its own. */
async function outlive(stage: Stage, call: Call, hold: HeldCall): Promise<Struck> {
  await stage.worker.kill();
  const struck = await overtaken(stage, call);
  hold.release();
  return struck;
}

/** A second worker does the step that this call belongs to. */
async function overtaken(stage: Stage, call: Call): Promise<Struck> {
  const step = await stage.activitiesThatMake(call);
  if (step.length === 0) throw new Error('no activity was at work that makes this call');
  const struck = await newWorker(stage);
  await until('the second worker to finish the step', () => stage.areFinished(step), { everyMs: 200 });
  return struck;
}

/**
 * The second worker's request is answered once its task is there, which has yet to lock the guest: just then the late
 * duplicate of the first one comes. Simulated time all but stands still meanwhile, or that moment would be over.
 */
async function duplicateBeforeLock(stage: Stage, call: Call, hold: HeldCall): Promise<Struck> {
  const { worker, simulator, journal } = stage;
  const { control } = simulator;
  const second = journal.hold({ ...call, occurrence: 1 }, 'before answering');
  worker.freeze();
  const struck = await newWorker(stage);
  await second.arrived;
  const tasks = () =>
    control.runningTasks({ type: 'qmigrate' }).filter(({ parts }) => isAbout(call, parts.id));
  control.setSpeed(0.1);
  if (tasks().length !== 1) throw new Error('the second worker has begun no task');
  second.release();
  await until('the answer', () => second.request?.outcome !== 'open');
  hold.release();
  const twice = until("the late duplicate's task", () => tasks().length === 2, { withinMs: 5_000 });
  await twice.finally(() => control.setSpeed(stage.speed));
  worker.thaw();
  return struck;
}

function isAbout({ path }: Call, vmid: string): boolean {
  return path.includes(`/${vmid}/`);
}

async function killBeside(stage: Stage, hold: HeldCall): Promise<Struck> {
  const first = stage.worker;
  await newWorker(stage);
  // A worker waits 10 s for an answer and asks again: on a busy machine the second one may take longer to begin.
  if (hold.request?.outcome !== 'open') throw new MomentMissed();
  const sinceMs = Date.now();
  await first.kill();
  hold.release('drop');
  return { sinceMs, afterCalls: stage.callCount() };
}

async function killTemporal(stage: Stage, hold: HeldCall): Promise<Struck> {
  await stage.temporal.kill();
  hold.release();
  await stage.temporal.restart();
  return { sinceMs: Date.now(), afterCalls: stage.callCount() };
}

/** What the old worker still had on its way arrives before the new one has connected. */
async function newWorker(stage: Stage): Promise<Struck> {
  await stage.startWorker();
  await stage.proxy.connected;
  const afterCalls = stage.callCount();
  return { sinceMs: await stage.worker.ready(), afterCalls };
}
