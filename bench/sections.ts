import type { PlannedMove } from '../src/domain/evacuationPlan';
import type { RequestRecord } from '../simulator';
import { benchApproval } from './approval.bench';
import { benchDoctor } from './doctor.bench';
import { benchEvacuation, type EvacuationRun } from './evacuation.bench';
import type { Figure } from './figures';
import { benchPlanning } from './planning.bench';
import { classify, mostPollsPerSecond, requestsByGuest } from './requests';
import { benchTemplate } from './template.bench';
import { virtualTimes } from './virtual';

const seconds = (value: number, digits = 1) => `${value.toFixed(digits)} s`;

/** Time of the evacuation with the network configured, its baselines in virtual time, and what it asked. */
export async function evacuationFigures(): Promise<readonly Figure[]> {
  const run = await benchEvacuation('configured');
  const { boundSeconds, plan, guests } = run;
  const virtual = virtualTimes('pve01', plan.moves, guests);
  const baseline = (name: string, value: number) => againstBound(`${name} (virtual time)`, value, run);
  return [
    { ...againstBound('evacuation, network configured', run.seconds, run), limit: 1.15 },
    baseline('the same rule if it knew every end', virtual.perfectPrediction),
    baseline('four at a time', virtual.fourAtATime),
    baseline('one at a time', virtual.oneAtATime),
    {
      name: 'bound in wall time',
      measured: seconds(boundSeconds / run.speed),
      against: `120 s at least (speed ${run.speed.toFixed(2)})`,
      ratio: 120 / (boundSeconds / run.speed),
      limit: 1,
    },
    guestRequests('40 guests on shared storage', plan.moves, run.requests),
    wideReads(plan.moves, run.requests),
    polls(run.requests),
  ];
}

/** Time of the same evacuation when nothing is known of the network. */
export async function learningFigures(): Promise<readonly Figure[]> {
  const run = await benchEvacuation('learning');
  return [againstBound('evacuation, network learned', run.seconds, run)];
}

/** Time from approval to the first start, and the requests of guests with local disks. */
export async function approvalFigures(): Promise<readonly Figure[]> {
  const { approvalSeconds, moves, requests } = await benchApproval();
  return [
    {
      name: 'approval to first POST, speed 1',
      measured: seconds(approvalSeconds, 2),
      against: '1 s',
      ratio: approvalSeconds,
      limit: 1,
    },
    guestRequests('6 guests, up to 2 local storages', moves, requests),
  ];
}

/** Time of a large plan, and its peak against the bound that no plan can beat. */
export function planningFigures(): Promise<readonly Figure[]> {
  const { seconds: taken, firstProcessorSeconds, ...plan } = benchPlanning();
  const { peakShare, boundShare, ratio, nodes, guests, moved } = plan;
  if (moved !== guests) throw new Error(`the plan moves ${moved} of ${guests} guests`);
  const size = `${nodes} nodes, ${guests.toLocaleString('en')} guests`;
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  return Promise.resolve([
    { name: `plan of ${size}`, measured: seconds(taken, 2), against: '1 s', ratio: taken, limit: 1 },
    {
      name: 'the first of these plans, processor time',
      measured: seconds(firstProcessorSeconds, 2),
      against: '1 s',
      ratio: firstProcessorSeconds,
      limit: 1,
    },
    {
      name: 'its peak memory share',
      measured: percent(peakShare),
      against: `${percent(boundShare)} at best`,
      ratio,
      limit: 1.02,
    },
  ]);
}

/** Time of a checkup, process start included, against what a person waits for it at most. */
export async function doctorFigures(): Promise<readonly Figure[]> {
  const run = await benchDoctor();
  const measured = seconds(run.seconds, 2);
  return [
    {
      name: `pxm doctor, three nodes, ${run.findings} findings`,
      measured,
      against: '3 s',
      ratio: run.seconds / 3,
      limit: 1,
    },
    {
      name: 'an empty start of pxm (--version)',
      measured: seconds(run.startSeconds, 2),
      against: `${measured} pxm doctor`,
      ratio: run.startSeconds / run.seconds,
    },
    {
      name: `its ${run.looks} looks one after the other, without process start`,
      measured: seconds(run.sumSeconds, 2),
      against: `${seconds(run.slowestSeconds, 2)} slowest look`,
      ratio: run.sumSeconds / run.slowestSeconds,
    },
  ];
}

/** Time of a template's build against its tasks, of all until the report against tasks and test boot, and what is asked. */
export async function templateFigures(): Promise<readonly Figure[]> {
  const { seconds: taken, taskSeconds, bootSeconds, tasks, requests, build } = await benchTemplate();
  const kinds = requests.map((request) => classify(request).kind);
  const pollCount = kinds.filter((kind) => kind === 'poll').length;
  const asked = kinds.length - pollCount;
  const name = 'template, from approval to report, speed 1';
  const measured = seconds(taken);
  return [
    {
      name: 'build of a template, from approval to its boot test, speed 1',
      measured: seconds(build.seconds),
      against: `${seconds(build.taskSeconds)} (${build.tasks} tasks)`,
      ratio: build.seconds / build.taskSeconds,
      limit: 1.15,
    },
    {
      name: 'requests meanwhile, polls included',
      measured: String(build.requests),
      against: '40 allowed',
      ratio: build.requests / 40,
      limit: 1,
    },
    {
      ...{ name, measured },
      against: `${seconds(taskSeconds + bootSeconds)} (${tasks} tasks ${seconds(taskSeconds)}, its test boot ${seconds(bootSeconds)})`,
      ratio: taken / (taskSeconds + bootSeconds),
      limit: 1.15,
    },
    {
      ...{ name: 'the same against its tasks alone', measured },
      against: `${seconds(taskSeconds)} (tasks)`,
      ratio: taken / taskSeconds,
    },
    {
      name: 'the same without its test boot',
      measured: seconds(taken - bootSeconds),
      against: `${seconds(taskSeconds)} (tasks)`,
      ratio: (taken - bootSeconds) / taskSeconds,
    },
    {
      name: 'requests for a template, from its plan to its report',
      measured: String(asked),
      against: '40 allowed',
      ratio: asked / 40,
      limit: 1,
    },
    {
      name: 'polls beside them',
      measured: String(pollCount),
      against: `${seconds(taken)}, one a second at most`,
      ratio: pollCount / taken,
    },
  ];
}

function againstBound(name: string, value: number, { boundSeconds }: EvacuationRun): Figure {
  const against = `${seconds(boundSeconds)} (bound)`;
  return { name, measured: seconds(value), against, ratio: value / boundSeconds };
}

/** The guest that comes nearest to what it may cost: 8 requests, and 2 for each local storage after the first. */
function guestRequests(
  what: string,
  moves: readonly PlannedMove[],
  requests: readonly RequestRecord[],
): Figure {
  const counts = requestsByGuest(requests);
  const costs = moves.map(({ vmid, localDisks }) => {
    const storages = new Set(localDisks.map(({ storage }) => storage)).size;
    const allowed = 8 + 2 * Math.max(0, storages - 1);
    const asked = counts.get(vmid) ?? 0;
    return { asked, allowed, ratio: asked / allowed };
  });
  const [worst] = costs.toSorted((left, right) => right.ratio - left.ratio);
  if (worst === undefined) throw new Error('nothing was moved');
  return {
    name: `requests for the dearest guest: ${what}`,
    measured: String(worst.asked),
    against: `${worst.allowed} allowed`,
    ratio: worst.ratio,
    limit: 1,
  };
}

function wideReads(moves: readonly PlannedMove[], requests: readonly RequestRecord[]): Figure {
  const kinds = requests.map((request) => classify(request).kind);
  const [wide, guest] = (['wide', 'guest'] as const).map(
    (kind) => kinds.filter((each) => each === kind).length,
  );
  const perGuest = (count = 0) => (count / moves.length).toFixed(1);
  return {
    name: 'node- and cluster-wide reads a guest',
    measured: perGuest(wide),
    against: `${perGuest(guest)} about the guest itself`,
    ratio: (wide ?? 0) / (guest ?? 1),
  };
}

function polls(requests: readonly RequestRecord[]): Figure {
  const most = mostPollsPerSecond(requests);
  return {
    name: 'polling requests a second, most in 10 s',
    measured: most.toFixed(1),
    against: '1 in all',
    ratio: most,
    limit: 1,
  };
}
