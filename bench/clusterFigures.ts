import type { RequestRecord } from '../simulator';
import { planned } from '../test/e2e/support/clusterStage';
import { benchCluster, clusterPhysics, type ClusterRun, type ClusterStorage } from './cluster.bench';
import type { Figure } from './figures';
import { classify } from './requests';

const names: Readonly<Record<ClusterStorage, string>> = {
  lvmThin: '20 linked clones on local LVM-thin',
  directory: '20 linked clones in local directories',
  sharedLinked: '20 linked clones on shared storage',
  sharedFull: '20 full clones on shared storage',
};

/** The least that the clone model gives for all clones, in seconds, and in words. */
interface CloneBound {
  readonly seconds: number;
  readonly words: string;
}

const text = (value: number) => `${value.toFixed(1)} s`;

/** The machines of the fullest node: no placement has fewer there, whatever the plan says. */
const fewestOfFullest = Math.ceil(clusterPhysics.machines / clusterPhysics.nodes.length);

/** Times of twenty machines against the bounds of the clone model and against one after the other, and what is asked. */
export async function clusterFigures(storage: ClusterStorage): Promise<readonly Figure[]> {
  const run = await benchCluster(storage);
  const isFull = storage === 'sharedFull';
  requireAsMeant(run, isFull);
  const bound = boundOf(storage, run);
  const { machines } = clusterPhysics;
  const oneCloneSeconds = isFull ? bound.seconds / machines : run.oneCloneSeconds;
  const inTurnSeconds = machines * (oneCloneSeconds + afterCloneSeconds());
  const readyBound = bound.seconds + afterCloneSeconds();
  return [
    { ...clonesFigure(`${names[storage]}: first request to last clone`, run, bound), limit: 1.15 },
    { ...readyFigure('approval to report, all of them ready', run, bound), limit: 1.15 },
    ...(storage === 'sharedLinked' ? figuresByNode(run) : []),
    {
      name: 'the whole against one machine after the other',
      measured: text(run.readySeconds),
      against: `${text(inTurnSeconds)} (the bound itself: ${(readyBound / inTurnSeconds).toFixed(3)})`,
      ratio: run.readySeconds / inTurnSeconds,
      ...(isFull ? {} : { limit: 0.333 }),
    },
    ...requestFigures(run),
  ];
}

/** Neither a machine that was cloned in another way nor an empty node makes it look faster. */
function requireAsMeant({ plan }: ClusterRun, isFull: boolean): void {
  const made = planned(plan);
  const wanted = isFull ? 'full' : 'linked';
  if (made.some(({ way }) => way !== wanted)) throw new Error(`not all of them are ${wanted} clones`);
  const used = new Set(made.map(({ node }) => node)).size;
  const { nodes } = clusterPhysics;
  if (used !== nodes.length) throw new Error(`they are on ${used} nodes, not on ${nodes.length}`);
}

/** One storage has them all where it is shared, else that of each node its own. */
function boundOf(storage: ClusterStorage, run: ClusterRun): CloneBound {
  if (storage === 'sharedFull') return fullBound();
  return linkedBound(run, storage === 'sharedLinked' ? clusterPhysics.machines : fewestOfFullest);
}

/** N * V / B_d: every clone is written to the one storage. */
function fullBound(): CloneBound {
  const { machines, diskBytes, storageBytesPerSecond } = clusterPhysics;
  const seconds = (machines * diskBytes) / storageBytesPerSecond;
  return { seconds, words: `${machines} x ${text(diskBytes / storageBytesPerSecond)}` };
}

/** max N_j * l: so many clones come one after the other. */
function linkedBound({ oneCloneSeconds }: ClusterRun, most: number): CloneBound {
  return { seconds: most * oneCloneSeconds, words: `${most} x ${oneCloneSeconds.toFixed(2)} s` };
}

/** What each machine still takes once it is cloned. */
function afterCloneSeconds(): number {
  const { configurationSeconds, startSeconds, bootSeconds } = clusterPhysics;
  return configurationSeconds + startSeconds + bootSeconds;
}

function clonesFigure(name: string, { clonesSeconds }: ClusterRun, bound: CloneBound): Figure {
  return {
    name,
    measured: text(clonesSeconds),
    against: `${text(bound.seconds)} (bound: ${bound.words})`,
    ratio: clonesSeconds / bound.seconds,
  };
}

function readyFigure(name: string, { readySeconds }: ClusterRun, bound: CloneBound): Figure {
  const { configurationSeconds, startSeconds, bootSeconds } = clusterPhysics;
  const seconds = bound.seconds + afterCloneSeconds();
  return {
    name,
    measured: text(readySeconds),
    against: `${text(seconds)} (bound, one configuration ${text(configurationSeconds)}, one boot ${text(startSeconds + bootSeconds)})`,
    ratio: readySeconds / seconds,
  };
}

/** The other reading of N_j, as if the nodes of a shared storage did not wait for one lock. */
function figuresByNode(run: ClusterRun): readonly Figure[] {
  const bound = linkedBound(run, fewestOfFullest);
  return [
    { ...clonesFigure('the clones, if only those of the fullest node counted', run, bound), limit: 1.15 },
    { ...readyFigure('the whole, if only those of the fullest node counted', run, bound), limit: 1.15 },
  ];
}

function requestFigures({ requests }: ClusterRun): readonly Figure[] {
  const polls = requests.filter(isPoll).length;
  const asked = (requests.length - polls) / clusterPhysics.machines;
  return [
    {
      name: 'requests a machine, from the plan to the report, without polls',
      measured: asked.toFixed(1),
      against: '14 allowed',
      ratio: asked / 14,
      limit: 1,
    },
    {
      name: 'polls a machine beside them',
      measured: (polls / clusterPhysics.machines).toFixed(1),
      against: `${asked.toFixed(1)} requests`,
      ratio: polls / clusterPhysics.machines / asked,
    },
  ];
}

/** While a machine boots, whether it still runs is asked as often as whether its agent answers. */
function isPoll(request: RequestRecord): boolean {
  return (
    classify(request).kind === 'poll' || /^\/nodes\/[^/]+\/qemu\/\d+\/status\/current$/.test(request.path)
  );
}
