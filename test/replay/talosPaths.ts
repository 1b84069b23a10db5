import type { WorkflowHandle } from '@temporalio/client';
import { templateCopy } from '../activities/cluster/given';
import { letClonesBoot } from '../crash/scenarios/clusterCluster';
import {
  machineGone,
  seenInside,
  setTalosClusterStage,
  talosProfile,
  withFlux,
  type TalosClusterStage,
  type TalosProfile,
} from '../e2e/support/talosClusterStage';
import { playWhole, playWithOnePassedOver, profile, toBeListed } from './clusterPaths';

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

const cut = 'rpc error: code = Unavailable desc = error reading from server: EOF';
/** It is executed, and its answer gets lost. */
const lost = { program: 'talosctl', then: { kind: 'fail', stderr: cut } } as const;

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
    // It is drained, was never asked to leave, and stays after all: pods may run on it again.
    name: 'talos-stays',
    profile: smallTalos,
    async play(stage) {
      await stage.change(profile, 'create');
      stage.tools.order({ ...lost, command: 'reset', moment: 'before' });
      return playWithOnePassedOver(stage, 'scale', { counts: { worker: 0 } });
    },
  },
  {
    name: 'talos-replaced',
    profile: { controlPlanes: 3, workers: 1 },
    async play(stage) {
      await stage.change(profile, 'create');
      stage.tools.order({ ...lost, command: 'reset', moment: 'after' });
      return playWhole(stage, 'replace', { machines: ['lab-cp-2'] });
    },
  },
  {
    // What etcd lists still of one that is gone is removed there, and nothing else is done.
    name: 'talos-gone',
    profile: { controlPlanes: 3, workers: 1 },
    async play(stage) {
      const { members } = await stage.change(profile, 'create');
      await machineGone(stage, { ...members[2] });
      return playWhole(stage, 'scale', { counts: { worker: 1 } });
    },
  },
  {
    // Off when it is planned that it goes, started before it does, and off again; then it is deleted only when asked twice.
    name: 'talos-started-meanwhile',
    profile: { controlPlanes: 3, workers: 1 },
    async play(stage) {
      const { members } = await stage.change(profile, 'create');
      const { vmid = 0, uuid, node = '' } = members[2] ?? {};
      const { control } = stage.lab.simulator;
      control.setGuest(vmid, { status: 'stopped' });
      await seenInside(stage, uuid, 'off');
      // While this is asked about it is started.
      stage.tools.order({
        ...{ program: 'talosctl', command: 'etcd snapshot', times: 99 },
        then: { kind: 'fail', stderr: 'rpc error: code = Unknown desc = etcdserver: no leader' },
      });
      const running = await stage.ask(profile, 'replace', { machines: ['lab-cp-3'] });
      await running.approved();
      const notSaved = await running.decision();
      stage.tools.change((state) => state.faults.splice(0));
      control.setGuest(vmid, { status: 'running' });
      await seenInside(stage, uuid, 'running');
      await running.decide(notSaved, 'retry');
      const runs = await running.decision();
      control.setGuest(vmid, { status: 'stopped' });
      await seenInside(stage, uuid, 'off');
      control.faultRequest(
        { method: 'DELETE', path: `/nodes/${node}/qemu/${vmid}` },
        { moment: 'before handling', then: { status: 500, reason: 'no' } },
      );
      await running.decide(runs, 'retry');
      await running.decide(await running.decision(), 'retry');
      await running.report();
      await stage.seen(profile, 'the end', ({ operation }) => operation === undefined);
      return running.handle;
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
  {
    name: 'talos-bootstrap-lost',
    profile: { controlPlanes: 1, workers: 1 },
    async play(stage) {
      stage.tools.order({ ...lost, command: 'bootstrap', moment: 'after' });
      // Nor can it be seen what became of it.
      stage.tools.order({ ...lost, command: 'etcd members', times: 99 });
      const running = await stage.ask(profile, 'create');
      await running.approved();
      const decision = await running.decision();
      stage.tools.change((state) => state.faults.splice(0));
      await running.decide(decision, 'retry');
      await running.report();
      await stage.seen(profile, 'the end', ({ operation }) => operation === undefined);
      return running.handle;
    },
  },
  {
    name: 'talos-upgraded',
    profile: { controlPlanes: 3, workers: 1 },
    async play(stage) {
      await stage.change(profile, 'create');
      await bringNewVersion(stage);
      return playWhole(stage, 'upgrade');
    },
  },
];

/** Version 2 of the template comes into force on every node. */
async function bringNewVersion(stage: TalosClusterStage): Promise<void> {
  const { control } = stage.lab.simulator;
  for (const [at, node] of ['pve01', 'pve02', 'pve03'].entries())
    control.addGuest(templateCopy(903 + at, node, { generation: 2 }));
  letClonesBoot(control);
  await toBeListed(stage);
}
