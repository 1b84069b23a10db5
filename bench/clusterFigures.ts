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

/** What no schedule of the clone model beats, in seconds, and in words. */
interface CloneBound {
  readonly seconds: number;
  readonly words: string;
}

const text = (value: number) => `${value.toFixed(1)} s`;

/** Times of twenty machines against the bounds of the clone model and against one after the other, and what is asked. */
export async function clusterFigures(storage: ClusterStorage): Promise<readonly Figure[]> {
  const run = await benchCluster(storage);
  const name = names[storage];
  const isFull = storage === 'sharedFull';
  const bound = isFull ? fullBound() : linkedBound(run, storage === 'sharedLinked');
  const { configurationSeconds, startSeconds, bootSeconds, machines } = clusterPhysics;
  const afterClone = configurationSeconds + startSeconds + bootSeconds;
  const readyBound = bound.seconds + afterClone;
  const oneCloneSeconds = isFull ? fullBound().seconds / machines : run.oneCloneSeconds;
  const inTurnSeconds = machines * (oneCloneSeconds + afterClone);
  return [
    {
      name: `${name}: first request to last clone`,
      measured: text(run.clonesSeconds),
      against: `${text(bound.seconds)} (bound: ${bound.words})`,
      ratio: run.clonesSeconds / bound.seconds,
      limit: 1.15,
    },
    {
      name: 'approval to report, all of them ready',
      measured: text(run.readySeconds),
      against: `${text(readyBound)} (bound, one configuration ${text(configurationSeconds)}, one boot ${text(startSeconds + bootSeconds)})`,
      ratio: run.readySeconds / readyBound,
      limit: 1.15,
    },
    {
      name: 'the same against one machine after the other',
      measured: text(run.readySeconds),
      against: `${text(inTurnSeconds)} (the bound itself: ${(readyBound / inTurnSeconds).toFixed(3)})`,
      ratio: run.readySeconds / inTurnSeconds,
      ...(isFull ? {} : { limit: 0.333 }),
    },
    ...requestFigures(run),
  ];
}

/** N * V / B_d: every clone is written to the one storage. */
function fullBound(): CloneBound {
  const { machines, diskBytes, storageBytesPerSecond } = clusterPhysics;
  const seconds = (machines * diskBytes) / storageBytesPerSecond;
  return { seconds, words: `${machines} x ${text(diskBytes / storageBytesPerSecond)}` };
}

/** max N_j * l: the clones of one storage, or of one node's storage, come one after the other. */
function linkedBound({ plan, oneCloneSeconds }: ClusterRun, isShared: boolean): CloneBound {
  const made = planned(plan);
  if (made.some(({ way }) => way !== 'linked')) throw new Error('not all of them are linked clones');
  const counts = new Map<string, number>();
  for (const { node } of made) counts.set(isShared ? '' : node, (counts.get(isShared ? '' : node) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return { seconds: most * oneCloneSeconds, words: `${most} x ${oneCloneSeconds.toFixed(2)} s` };
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
