import type { Hold } from '../../simulator';
import type { Call } from './calls';
import type { Stage } from './stage';
import { until } from './wait';

/** The moments at which something dies: what `--only` takes, and the table's columns. */
export const momentNames = ['request', 'answer', 'record', 'freeze', 'standby', 'temporal'] as const;
/** One of them. */
export type MomentName = (typeof momentNames)[number];

/** What happens at each. */
export const moments: Readonly<Record<MomentName, string>> = {
  request: 'worker killed right before the request: it never reached Proxmox',
  answer: 'worker killed after Proxmox executed the request, before its answer',
  record: 'worker killed after the answer, before Temporal has recorded what came of it',
  freeze:
    'worker frozen before the request, until a second one has finished the step; then the late duplicate',
  standby: 'worker killed right before the request, a second one is already there',
  temporal: 'Temporal server killed, started again on its database',
};

/** The four moments that every call is tried at. */
export const momentsOfEveryCall = ['request', 'answer', 'record', 'freeze'] as const;

/** From when on the operation is expected to go on: the next request that arrives after `afterRequest`. */
export interface Struck {
  readonly sinceMs: number;
  readonly afterRequest: number;
}

/** Where in its exchange the call is held for this moment. */
export function holdFor(moment: MomentName): 'before handling' | 'before answering' {
  return moment === 'answer' || moment === 'record' ? 'before answering' : 'before handling';
}

/** Lets it happen to the held call. Afterwards somebody is there to go on. */
export function strike(moment: MomentName, stage: Stage, call: Call, hold: Hold): Promise<Struck> {
  switch (moment) {
    case 'request':
    case 'answer':
      return killWhileHeld(stage, hold);
    case 'record':
      return killUnrecorded(stage, hold);
    case 'freeze':
      return freeze(stage, call, hold);
    case 'standby':
      return killBeside(stage, hold);
    case 'temporal':
      return killTemporal(stage, hold);
  }
}

async function killWhileHeld(stage: Stage, hold: Hold): Promise<Struck> {
  await stage.worker.kill();
  hold.release('drop');
  return newWorker(stage);
}

/** After the answer is out, what the worker does next shows that it was read: a beat comes within 2 s. */
async function killUnrecorded(stage: Stage, hold: Hold): Promise<Struck> {
  const { proxy } = stage;
  proxy.freeze();
  const requestsBefore = stage.requestCount();
  hold.release();
  await until('the answer', () => hold.request?.outcome !== 'open');
  const answeredAtMs = performance.now();
  const readForSure = () => proxy.bytesLost > 0 && performance.now() - answeredAtMs > 100;
  await until('what the worker does next', () => stage.requestCount() > requestsBefore || readForSure());
  await stage.worker.kill();
  return newWorker(stage);
}

async function freeze(stage: Stage, call: Call, hold: Hold): Promise<Struck> {
  const { worker } = stage;
  worker.freeze();
  const step = await stage.activitiesThatMake(call);
  if (step.length === 0) throw new Error('no activity was at work that makes this call');
  const struck = await newWorker(stage);
  await until('the second worker to finish the step', () => stage.areCompleted(step), { everyMs: 200 });
  hold.release();
  worker.thaw();
  return struck;
}

async function killBeside(stage: Stage, hold: Hold): Promise<Struck> {
  const first = stage.worker;
  await newWorker(stage);
  const sinceMs = Date.now();
  await first.kill();
  hold.release('drop');
  return { sinceMs, afterRequest: stage.requestCount() };
}

async function killTemporal(stage: Stage, hold: Hold): Promise<Struck> {
  await stage.temporal.kill();
  hold.release();
  await stage.temporal.restart();
  return { sinceMs: Date.now(), afterRequest: stage.requestCount() };
}

/** What the old worker still had on its way arrives before the new one has connected. */
async function newWorker(stage: Stage): Promise<Struck> {
  await stage.startWorker();
  await stage.proxy.connected;
  const afterRequest = stage.requestCount();
  return { sinceMs: await stage.worker.ready(), afterRequest };
}
