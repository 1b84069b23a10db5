import { profileText, type ClusterStage } from '../e2e/support/clusterStage';
import { keeperOf, playWhole, playWithOnePassedOver, profile, type ClusterPath } from './clusterPaths';

/** Makes two machines, the VMs 1000 and 1001: more of them would only make the histories longer. */
async function makeTwo(stage: ClusterStage): Promise<void> {
  stage.writeProfile(profile, profileText(profile).replace('count: 3', 'count: 2'));
  await stage.change(profile, 'create');
}

const deletion = { method: 'DELETE', path: '/nodes/*/qemu/1001' } as const;

/** Paths on which machines go, whose histories are replayed in CI as those of {@link ClusterPath} are. */
export const removalPaths: readonly ClusterPath[] = [
  {
    // They are only shut down and renamed: what is brought back or deleted later.
    name: 'set-aside',
    async play(stage) {
      await makeTwo(stage);
      return playWhole(stage, 'destroy');
    },
  },
  {
    // One does not listen. The other one can't be deleted, is left, and gets its protection back.
    name: 'stopped-hard-and-kept',
    async play(stage) {
      await makeTwo(stage);
      const { control } = stage.lab.simulator;
      control.setGuest(1000, { behaviour: { shutdownSeconds: 600 } });
      control.faultRequest(deletion, {
        moment: 'before handling',
        then: { status: 500, reason: 'unable to remove VM 1001' },
      });
      const order = { now: true, hardStop: true, shutdownTimeoutMs: 20_000 };
      return playWithOnePassedOver(stage, 'destroy', order);
    },
  },
  {
    // A person ends it at once while a deletion has no answer: it is looked for, and its task is asked to stop.
    name: 'cancelled',
    async play(stage) {
      await makeTwo(stage);
      const hold = stage.lab.simulator.control.holdRequest(deletion, 'before answering');
      const running = await stage.ask(profile, 'destroy', { now: true });
      await running.approved();
      await hold.arrived;
      await running.reached(({ steps }) =>
        steps.some(({ id, phase }) => id === 'delete-1000' && phase === 'done'),
      );
      await running.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] });
      await running.report();
      hold.release();
      await keeperOf(stage).result();
      return running.handle;
    },
  },
];
