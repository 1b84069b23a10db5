import type { WorkflowHandle } from '@temporalio/client';
import { readingWorkflowId, taskQueueOf, workflowTypes } from '../../src/domain/names';
import type { ReadRequest } from '../../src/domain/readRequest';
import { sharedGuest, smallCluster } from '../e2e/support/scenario';
import { type Evacuation, type Stage, type StageOptions } from '../e2e/support/stage';
import { waitUntil } from '../support/waitUntil';

/** One path through a workflow, played on a stage; its history is kept. */
export interface RecordedPath {
  readonly name: string;
  readonly stage: StageOptions;
  readonly play: (stage: Stage) => Promise<Evacuation>;
}

const two = smallCluster('9', [sharedGuest(101), sharedGuest(102, { status: 'stopped' })]);

/** The paths of evacuateNode whose histories are replayed in CI from now on. */
export const evacuationPaths: readonly RecordedPath[] = [
  {
    name: 'plain',
    stage: { scenario: two },
    async play(stage) {
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      await evacuation.report();
      return evacuation;
    },
  },
  {
    name: 'failed-and-decided',
    stage: { scenario: two },
    async play(stage) {
      const withdraw = stage.simulator.control.faultRequest(
        { method: 'POST', path: '/nodes/pve01/qemu/101/migrate' },
        {
          moment: 'before handling',
          then: { status: 500, reason: 'got no worker upid - start worker failed' },
        },
      );
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      const decision = await evacuation.decision();
      withdraw();
      await evacuation.decide(decision, 'retry');
      await evacuation.report();
      return evacuation;
    },
  },
  {
    name: 'replanned',
    stage: { scenario: two },
    async play(stage) {
      stage.simulator.control.faultRequest(
        { method: 'POST', path: '/nodes/pve01/qemu/101/migrate' },
        {
          moment: 'before handling',
          then: { status: 500, reason: 'got no worker upid - start worker failed' },
        },
      );
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      await evacuation.decide(await evacuation.decision(), 'replan');
      await evacuation.approved();
      await evacuation.report();
      return evacuation;
    },
  },
  {
    name: 'rejected',
    stage: { scenario: two },
    async play(stage) {
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.plan();
      await evacuation.handle.executeUpdate('reject', { args: [{ by: 'test', comment: 'not today' }] });
      await evacuation.report();
      return evacuation;
    },
  },
  {
    name: 'expired',
    stage: { scenario: two, config: 'approval:\n  expires_after: 3s\n  remind_every: 1s' },
    async play(stage) {
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.report();
      return evacuation;
    },
  },
  {
    name: 'drift',
    stage: { scenario: two },
    async play(stage) {
      const evacuation = await stage.evacuate({ node: 'pve01' });
      const first = await evacuation.plan();
      stage.simulator.control.addGuest(sharedGuest(103));
      await evacuation.approve(first);
      await evacuation.until(
        'a new plan',
        (now) => now.waitingFor === 'approval' && !first.hash.startsWith(now.planHash ?? '-'),
      );
      await evacuation.approved();
      await evacuation.report();
      return evacuation;
    },
  },
  {
    name: 'cancelled',
    stage: { scenario: two },
    async play(stage) {
      const hold = stage.simulator.control.holdRequest(
        { method: 'POST', path: '/nodes/pve01/qemu/*/migrate' },
        'before handling',
      );
      const evacuation = await stage.evacuate({ node: 'pve01', concurrency: 1 });
      await evacuation.approved();
      await hold.arrived;
      await evacuation.handle.executeUpdate('cancel', { args: [{ by: 'test' }] });
      hold.release();
      await evacuation.report();
      return evacuation;
    },
  },
  {
    name: 'credentials',
    stage: { scenario: two },
    async play(stage) {
      stage.simulator.control.faultRequest(
        { method: 'POST', path: '/nodes/pve01/qemu/101/migrate' },
        { moment: 'before handling', then: { status: 401, reason: 'Authentication failed!' } },
      );
      const evacuation = await stage.evacuate({ node: 'pve01', concurrency: 1 });
      await evacuation.approved();
      await evacuation.report();
      return evacuation;
    },
  },
  {
    name: 'paused',
    stage: { scenario: two },
    async play(stage) {
      const evacuation = await stage.evacuate({ node: 'pve01', concurrency: 1 });
      const plan = await evacuation.plan();
      await evacuation.handle.executeUpdate('pause', { args: [{ by: 'test' }] });
      await evacuation.approve(plan);
      await evacuation.until('the pause', (now) => now.waitingFor === 'resume');
      await evacuation.handle.executeUpdate('resume', { args: [{ by: 'test' }] });
      await evacuation.report();
      return evacuation;
    },
  },
  {
    name: 'continued-as-new',
    stage: { scenario: two },
    async play(stage) {
      const evacuation = await stage.evacuate({ node: 'pve01', historyEventLimit: 40 });
      await evacuation.approved();
      await evacuation.report();
      await waitUntil('more than one run', async () => {
        const { raw } = await evacuation.handle.describe();
        const info = raw.workflowExecutionInfo;
        return info?.firstRunId === info?.execution?.runId ? undefined : true;
      });
      return evacuation;
    },
  },
];

/** The one path through readCluster. */
export const readingPath = {
  name: 'plain',
  stage: { scenario: two },
  async play({ temporal, cluster }: Stage): Promise<WorkflowHandle> {
    const request: ReadRequest = { view: 'health', question: {} };
    const handle = await temporal.client.workflow.start(workflowTypes.readCluster, {
      taskQueue: taskQueueOf(cluster),
      workflowId: readingWorkflowId(cluster, 'recorded'),
      args: [request],
    });
    await handle.result();
    return handle;
  },
} as const;
