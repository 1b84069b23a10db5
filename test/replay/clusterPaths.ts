import type { WorkflowHandle } from '@temporalio/client';
import type { ActionMessage } from '../../src/domain/cluster/messages';
import type { ClusterAction } from '../../src/domain/cluster/request';
import { clusterWorkflowId } from '../../src/domain/names';
import { profileText, setClusterStage, type ClusterStage } from '../e2e/support/clusterStage';
import {
  setTalosClusterStage,
  talosProfile,
  withFlux,
  type TalosClusterStage,
  type TalosProfile,
} from '../e2e/support/talosClusterStage';

/** One path through what changes a cluster, and through what keeps it; both histories are kept. */
interface ClusterPath {
  readonly name: string;
  /** The change whose history is kept. */
  readonly play: (stage: ClusterStage) => Promise<WorkflowHandle>;
}

const profile = 'lab';

/** The stage of every path. */
export async function clusterStage(): Promise<ClusterStage> {
  const stage = await setClusterStage();
  stage.writeProfile(profile, profileText(profile));
  return stage;
}

/** What keeps the cluster of a path. */
export function keeperOf({ temporal, cluster }: ClusterStage): WorkflowHandle {
  return temporal.client.workflow.getHandle(clusterWorkflowId(cluster, profile));
}

/** One path of a Talos cluster. */
interface TalosPath {
  readonly name: string;
  readonly profile: TalosProfile;
  readonly play: (stage: TalosClusterStage) => Promise<WorkflowHandle>;
}

/** The stage of a path of a Talos cluster, with stand-ins of its tools. */
export async function talosStageOf(
  path: TalosPath,
  clean: (undo: () => unknown) => void,
): Promise<TalosClusterStage> {
  const stage = await setTalosClusterStage(clean);
  stage.writeProfile(profile, talosProfile(profile, path.profile));
  return stage;
}

/** Asks for a change, approves it, and waits until the cluster keeps what came of it. */
async function playWhole(
  stage: ClusterStage,
  action: ClusterAction,
  message: ActionMessage = {},
): Promise<WorkflowHandle> {
  const running = await stage.ask(profile, action, message);
  await running.approved();
  await running.report();
  await stage.seen(profile, 'the end', ({ operation }) => operation === undefined);
  return running.handle;
}

const smallTalos = { controlPlanes: 1, workers: 1, more: withFlux };

/** The paths of Talos clusters whose histories are replayed. */
export const talosPaths: readonly TalosPath[] = [
  { name: 'talos-made', profile: smallTalos, play: (stage) => playWhole(stage, 'create') },
  {
    name: 'talos-left',
    profile: smallTalos,
    async play(stage) {
      await stage.change(profile, 'create');
      return playWhole(stage, 'scale', { counts: { worker: 0 } });
    },
  },
  {
    name: 'talos-replaced',
    profile: { controlPlanes: 3, workers: 1 },
    async play(stage) {
      await stage.change(profile, 'create');
      const cut = 'rpc error: code = Unavailable desc = error reading from server: EOF';
      stage.tools.order({
        ...{ program: 'talosctl', command: 'reset', moment: 'after' },
        then: { kind: 'fail', stderr: cut },
      });
      return playWhole(stage, 'replace', { machines: ['lab-cp-2'] });
    },
  },
  {
    name: 'talos-made-anew',
    profile: smallTalos,
    async play(stage) {
      await stage.change(profile, 'create');
      return playWhole(stage, 'rebuild');
    },
  },
];

/** The paths whose histories are replayed in CI from now on. */
export const clusterPaths: readonly ClusterPath[] = [
  { name: 'made', play: (stage) => playWhole(stage, 'create') },
  {
    name: 'failed-and-left-out',
    async play(stage) {
      stage.lab.simulator.control.faultRequest(
        { method: 'POST', path: '/nodes/pve02/qemu/1001/status/start', times: 99 },
        { moment: 'before handling', then: { status: 500, reason: 'start failed' } },
      );
      const running = await stage.ask(profile, 'create');
      await running.approved();
      await running.decide(await running.decision(), 'skip');
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'failed-and-replaced',
    async play(stage) {
      stage.lab.simulator.control.faultRequest(
        { method: 'POST', path: '/nodes/pve02/qemu/1001/status/start', times: 99 },
        { moment: 'before handling', then: { status: 500, reason: 'start failed' } },
      );
      const running = await stage.ask(profile, 'create');
      await running.approved();
      await running.decide(await running.decision(), 'replace');
      await running.report();
      await stage.seen(profile, 'what it begins', ({ operation }) => operation?.action === 'replace');
      const replacing = await stage.waitingChange(profile);
      await replacing.approved();
      await replacing.report();
      await stage.seen(profile, 'the end', ({ operation }) => operation === undefined);
      return replacing.handle;
    },
  },
  {
    name: 'set-aside-and-deleted',
    async play(stage) {
      await stage.change(profile, 'create');
      await stage.change(profile, 'destroy');
      await stage.change(profile, 'undo');
      await stage.change(profile, 'scale', { counts: { worker: 1 } });
      const running = await stage.ask(profile, 'destroy', { now: true });
      await running.approved();
      await running.report();
      await keeperOf(stage).result();
      return running.handle;
    },
  },
  {
    name: 'continued-as-new',
    async play(stage) {
      const running = await stage.ask(profile, 'create', { historyEventLimit: 60 }, 40);
      await running.approved();
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'time-is-over',
    async play(stage) {
      await stage.change(profile, 'create');
      await keeperOf(stage).executeUpdate('extend', { args: [{ by: 'test', timeToLiveMs: 1 }] });
      await stage.seen(profile, 'what it begins', ({ operation }) => operation?.action === 'destroy');
      const running = await stage.waitingChange(profile);
      await running.plan();
      await keeperOf(stage).executeUpdate('extend', { args: [{ by: 'test', never: true }] });
      await running.report();
      return running.handle;
    },
  },
];
