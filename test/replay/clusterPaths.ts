import type { WorkflowHandle } from '@temporalio/client';
import type { ActionMessage } from '../../src/domain/cluster/messages';
import type { ClusterAction } from '../../src/domain/cluster/request';
import { clusterWorkflowId } from '../../src/domain/names';
import {
  profileText,
  setClusterStage,
  volumeStays,
  type ClusterStage,
  type RunningChange,
} from '../e2e/support/clusterStage';
import { sharedGuest } from '../e2e/support/scenario';
import { waitUntil } from '../support/waitUntil';

/** One path through what changes a cluster, and through what keeps it; both histories are kept. */
export interface ClusterPath {
  readonly name: string;
  /** The change whose history is kept. */
  readonly play: (stage: ClusterStage) => Promise<WorkflowHandle>;
}

/** Name of the profile, and of the cluster, of every path. */
export const profile = 'lab';

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

/** Asks for a change, approves it, and waits until the cluster keeps what came of it. */
export async function playWhole(
  stage: ClusterStage,
  action: ClusterAction,
  message: ActionMessage = {},
): Promise<WorkflowHandle> {
  const running = await stage.ask(profile, action, message);
  await running.approved();
  return toItsEnd(stage, running);
}

/** The same, where one step fails and is passed over. */
export async function playWithOnePassedOver(
  stage: ClusterStage,
  action: ClusterAction,
  message: ActionMessage,
): Promise<WorkflowHandle> {
  const running = await stage.ask(profile, action, message);
  await running.approved();
  await running.decide(await running.decision(), 'skip');
  return toItsEnd(stage, running);
}

async function toItsEnd(stage: ClusterStage, running: RunningChange): Promise<WorkflowHandle> {
  await running.report();
  await stage.seen(profile, 'the end', ({ operation }) => operation === undefined);
  return running.handle;
}

/** Begins a creation, approved, in which one machine does not start. */
async function createWithOneThatFails(stage: ClusterStage) {
  stage.lab.simulator.control.faultRequest(
    { method: 'POST', path: '/nodes/pve02/qemu/1001/status/start', times: 99 },
    { moment: 'before handling', then: { status: 500, reason: 'start failed' } },
  );
  const running = await stage.ask(profile, 'create');
  await running.approved();
  return running;
}

/** The paths whose histories are replayed in CI from now on. */
export const clusterPaths: readonly ClusterPath[] = [
  { name: 'made', play: (stage) => playWhole(stage, 'create') },
  {
    // Without a copy of the template on its node the last one is cloned elsewhere, and moved there.
    name: 'moved',
    play(stage) {
      stage.lab.simulator.control.removeGuest(902);
      return playWhole(stage, 'create');
    },
  },
  {
    // One that gets a larger disk than its template's; it is paused before it begins.
    name: 'grown',
    async play(stage) {
      const one = profileText(profile).replace('count: 3', 'count: 1');
      stage.writeProfile(profile, one.replace('memory: 1GiB', 'memory: 1GiB, disk: 4GiB'));
      const running = await stage.ask(profile, 'create');
      await running.plan();
      await running.handle.executeUpdate('pause', { args: [{ by: 'test' }] });
      await running.approved();
      await running.reached(({ waitingFor }) => waitingFor === 'resume');
      await running.handle.executeUpdate('resume', { args: [{ by: 'test' }] });
      return toItsEnd(stage, running);
    },
  },
  {
    name: 'failed-and-left-out',
    async play(stage) {
      const running = await createWithOneThatFails(stage);
      await running.decide(await running.decision(), 'skip');
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'failed-and-replaced',
    async play(stage) {
      const running = await createWithOneThatFails(stage);
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
    // A disk of the last one stays, which is asked about twice.
    name: 'set-aside-and-deleted',
    async play(stage) {
      await stage.change(profile, 'create');
      await stage.change(profile, 'destroy');
      await stage.change(profile, 'undo');
      await stage.change(profile, 'scale', { counts: { worker: 1 } });
      const stays = volumeStays(stage, 'local-lvm:vm-1000-disk-0');
      const running = await stage.ask(profile, 'destroy', { now: true });
      await running.approved();
      await stays();
      await running.decide(await running.decision(), 'retry');
      await running.decide(await running.decision(), 'skip');
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
  {
    // Of before it was waited until machines are ready again there is a history as well: brought-back.
    name: 'brought-back-and-ready',
    async play(stage) {
      await stage.change(profile, 'create');
      await stage.change(profile, 'destroy');
      return playWhole(stage, 'undo');
    },
  },
  {
    name: 'adopted',
    async play(stage) {
      const { control } = stage.lab.simulator;
      control.addGuest(sharedGuest(1500, { node: 'pve02', name: 'made-by-hand' }));
      await toBeListed(stage);
      return playWhole(stage, 'adopt', { adopt: { 'lab-worker-2': 1500 } });
    },
  },
  {
    // The grace period is over, nobody wants it yet; then somebody does.
    name: 'purged',
    async play(stage) {
      await stage.change(profile, 'create');
      await stage.change(profile, 'destroy', { graceMs: 1 });
      await stage.seen(profile, 'what it begins', ({ operation }) => operation?.action === 'purge');
      const due = await stage.waitingChange(profile);
      await due.plan();
      await due.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
      await due.report();
      await stage.seen(profile, 'the end of it', ({ operation }) => operation === undefined);
      const running = await stage.ask(profile, 'purge');
      await running.approved();
      await running.report();
      await keeperOf(stage).result();
      return running.handle;
    },
  },
  {
    // What makes it is terminated while it asks; all that it does besides is done.
    name: 'lost',
    async play(stage) {
      stage.writeProfile(profile, profileText(profile, 'type: plain\ntime_to_live: 2h'));
      const running = await createWithOneThatFails(stage);
      await running.decision();
      await running.reached(({ steps }) =>
        ['protect-1000', 'protect-1002'].every((id) =>
          steps.some((it) => it.id === id && it.phase === 'done'),
        ),
      );
      await running.handle.terminate('by a test');
      await stage.seen(profile, 'its loss', ({ record }) => record?.endsAt !== undefined);
      return running.handle;
    },
  },
  {
    name: 'reminded',
    async play(stage) {
      await playWhole(stage, 'create');
      const keeper = keeperOf(stage);
      await keeper.executeUpdate('extend', { args: [{ by: 'test', timeToLiveMs: reminderMs + 3_000 }] });
      const before = await eventsOf(keeper);
      await waitUntil('the reminder', async () =>
        (await eventsOf(keeper))
          .slice(before.length)
          .find(({ timerFiredEventAttributes }) => timerFiredEventAttributes != null),
      );
      return playWhole(stage, 'scale', { counts: { worker: 2 } });
    },
  },
];

/** The last reminder comes so long before the end of the time to live. */
const reminderMs = 3_600_000;

async function eventsOf(handle: WorkflowHandle) {
  return (await handle.fetchHistory()).events ?? [];
}

/** Nodes tell the others every ten seconds which machines they have. */
export async function toBeListed({ lab }: ClusterStage): Promise<void> {
  await lab.simulator.control.advance(11);
}
