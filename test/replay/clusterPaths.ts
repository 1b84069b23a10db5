import type { WorkflowHandle } from '@temporalio/client';
import { clusterWorkflowId } from '../../src/domain/names';
import { profileText, setClusterStage, type ClusterStage } from '../e2e/support/clusterStage';
import { setTalosClusterStage, talosProfile, withFlux } from '../e2e/support/talosClusterStage';

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

/** The stage of paths of Talos clusters, with stand-ins of their tools. */
export async function talosStageOf(clean: (undo: () => unknown) => void): Promise<ClusterStage> {
  const stage = await setTalosClusterStage(clean);
  stage.writeProfile(profile, talosProfile(profile, { controlPlanes: 1, workers: 1, more: withFlux }));
  return stage;
}

/** The paths of Talos clusters whose histories are replayed. */
export const talosPaths: readonly ClusterPath[] = [
  {
    name: 'talos-made',
    async play(stage) {
      const running = await stage.ask(profile, 'create');
      await running.approved();
      await running.report();
      await stage.seen(profile, 'the end', ({ operation }) => operation === undefined);
      return running.handle;
    },
  },
  {
    name: 'talos-left',
    async play(stage) {
      await stage.change(profile, 'create');
      const running = await stage.ask(profile, 'scale', { counts: { worker: 0 } });
      await running.approved();
      await running.report();
      await stage.seen(profile, 'the end', ({ operation }) => operation === undefined);
      return running.handle;
    },
  },
];

/** The paths whose histories are replayed in CI from now on. */
export const clusterPaths: readonly ClusterPath[] = [
  {
    name: 'made',
    async play(stage) {
      const running = await stage.ask(profile, 'create');
      await running.approved();
      await running.report();
      await stage.seen(profile, 'the end', ({ operation }) => operation === undefined);
      return running.handle;
    },
  },
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
