import type { Decision } from '../../src/domain/decision';
import { sharedGuest, slowGuest, smallCluster } from './support/scenario';
import { copying, onStage, whileCopying, type Evacuation } from './support/stage';
import { waitUntil } from '../support/waitUntil';

const config = 'migration:\n  stall_after: 8s\n  concurrency: 2';

function openDecisions(evacuation: Evacuation, count: number): Promise<Decision[]> {
  return waitUntil(`${count} open decisions`, async () => {
    const decisions = await evacuation.handle.query<Decision[]>('decisions');
    const open = decisions.filter((decision) => decision.answer === undefined);
    return open.length === count ? open : undefined;
  });
}

describe('a running migration that makes no progress', () => {
  test('is aborted when the operation is cancelled with abort while it asks', async () => {
    await onStage({ scenario: smallCluster('9', [slowGuest(101)]), config }, async (stage) => {
      const { control } = stage.simulator;
      const evacuation = await stage.evacuate({ node: 'pve01' });
      const plan = await evacuation.approved();
      await copying(stage, 101);
      await control.crashNode(plan.moves[0]?.target ?? '');
      await openDecisions(evacuation, 1);
      await evacuation.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] });
      const report = await evacuation.report();
      expect(report.guests).toEqual([
        expect.objectContaining({ vmid: 101, outcome: 'stayed', now: 'pve01' }),
      ]);
      expect(control.runningTasks({ type: 'qmigrate' })).toEqual([]);
    });
  });

  test('keeps its own question when another step asks for a new plan, which then has both', async () => {
    // Both fit on one target.
    const guests = [101, 102].map((vmid) => {
      const scsi0 = `nfs:${vmid}/vm-${vmid}-disk-0.qcow2,size=4G`;
      return sharedGuest(vmid, { config: { memory: 16_384, cores: 1, scsi0 } });
    });
    await onStage({ scenario: smallCluster('9', guests), config, speed: 10 }, async (stage) => {
      const { control } = stage.simulator;
      const withdraw = control.faultRequest(
        { method: 'POST', path: '/nodes/pve01/qemu/101/migrate' },
        {
          moment: 'before handling',
          then: { status: 500, reason: 'got no worker upid - start worker failed' },
        },
      );
      const evacuation = await stage.evacuate({ node: 'pve01' });
      const plan = await evacuation.approved();
      const target = plan.moves.find((move) => move.vmid === 102)?.target ?? '';
      await copying(stage, 102);
      await control.crashNode(target);
      const asked = await openDecisions(evacuation, 2);
      const failed = asked.find((decision) => decision.kind === 'stepFailed');
      const stalled = asked.find((decision) => decision.kind === 'stalled');
      if (failed === undefined || stalled === undefined) throw new Error('other decisions were asked');
      withdraw();
      await evacuation.decide(failed, 'replan');
      expect(await openDecisions(evacuation, 1)).toMatchObject([{ id: stalled.id }]);
      await evacuation.decide(stalled, 'abortMigration');
      const second = await evacuation.approved();
      expect(second.moves.map((move) => move.vmid).toSorted()).toEqual([101, 102]);
      expect(await evacuation.report()).toMatchObject({ outcome: 'done', nodeIsEmpty: true });
    });
  });

  test('and was aborted and retried can be aborted again by a cancel', async () => {
    await onStage({ scenario: smallCluster('9', [slowGuest(101)]), config }, async (stage) => {
      const { control } = stage.simulator;
      const evacuation = await stage.evacuate({ node: 'pve01' });
      const plan = await evacuation.approved();
      const target = plan.moves[0]?.target ?? '';
      const first = await copying(stage, 101);
      await control.crashNode(target);
      const [stalled] = await openDecisions(evacuation, 1);
      if (stalled !== undefined) await evacuation.decide(stalled, 'abortMigration');
      const failed = await waitUntil('the failure', async () => {
        const [open] = await openDecisions(evacuation, 1);
        return open?.kind === 'stepFailed' ? open : undefined;
      });
      await control.bootNode(target);
      const bootedAt = control.cluster.clock.now();
      await control.waitFor(() => control.cluster.clock.now() > bootedAt + 30, 'the node to be seen again');
      await evacuation.decide(failed, 'retry');
      await whileCopying(stage, 101, async (again) => {
        expect(again.upid).not.toBe(first.upid);
        await evacuation.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] });
      });
      const report = await evacuation.report();
      expect(report.guests).toEqual([
        expect.objectContaining({ vmid: 101, outcome: 'stayed', now: 'pve01' }),
      ]);
    });
  });
});
