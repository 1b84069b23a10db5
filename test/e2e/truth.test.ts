import { writeFile } from 'node:fs/promises';
import { sharedGuest, smallCluster } from './support/scenario';
import { onStage } from './support/stage';

describe('the report', () => {
  test('of an evacuation whose second plan is rejected tells what the first one moved', async () => {
    const scenario = smallCluster('9', [sharedGuest(101), sharedGuest(102)]);
    await onStage({ scenario, config: 'migration:\n  concurrency: 1' }, async (stage) => {
      stage.simulator.control.faultRequest(
        { method: 'POST', path: '/nodes/pve01/qemu/102/migrate' },
        {
          moment: 'before handling',
          then: { status: 500, reason: 'got no worker upid - start worker failed' },
        },
      );
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      const decision = await evacuation.decision();
      stage.simulator.control.addGuest(sharedGuest(103));
      await evacuation.decide(decision, 'replan');
      await evacuation.plan();
      stage.simulator.control.addGuest(sharedGuest(104));
      await evacuation.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
      const report = await evacuation.report();
      expect(report).toMatchObject({ outcome: 'incomplete', nodeIsEmpty: false });
      expect(report.summary).toBe(
        'The new plan was rejected. pve01 is not empty: 1 of 3 guests moved, 3 still there.',
      );
      expect(report.arrivals).toMatchObject([{ vmid: 104 }]);
      expect(report.wayBack).toMatchObject([{ vmid: 101 }]);
    });
  });

  test('of an evacuation whose second plan could not be made waits for a person first', async () => {
    const scenario = smallCluster('9', [sharedGuest(101), sharedGuest(102)]);
    await onStage({ scenario, config: 'migration:\n  concurrency: 1' }, async (stage) => {
      const { control } = stage.simulator;
      const reason = 'got no worker upid - start worker failed';
      const then = { status: 500, reason };
      control.faultRequest(
        { method: 'POST', path: '/nodes/pve01/qemu/102/migrate' },
        { moment: 'before handling', then },
      );
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      const failed = await evacuation.decision();
      const withdraw = control.faultRequest(
        { method: 'GET', path: '/cluster/status' },
        { moment: 'before handling', then },
      );
      await evacuation.decide(failed, 'replan');
      const asked = await evacuation.decision();
      expect(asked).toMatchObject({ kind: 'inspectionFailed', problem: { proxmoxSaid: reason } });
      withdraw();
      await evacuation.decide(asked, 'retry');
      await evacuation.approved();
      expect(await evacuation.report()).toMatchObject({ outcome: 'done', nodeIsEmpty: true });
    });
  });

  test('says what kept it from a plan when a person gives up there', async () => {
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)]) }, async (stage) => {
      const reason = 'got no worker upid - start worker failed';
      stage.simulator.control.faultRequest(
        { method: 'GET', path: '/cluster/status' },
        { moment: 'before handling', then: { status: 500, reason } },
      );
      const evacuation = await stage.evacuate({ node: 'pve01' });
      const asked = await evacuation.decision();
      await evacuation.decide(asked, 'abort');
      const { outcome, problem } = await evacuation.report();
      expect(outcome).toBe('cancelled');
      expect(problem).toEqual(asked.problem);
    });
  });

  test('does not call moved what is on the node again', async () => {
    const scenario = smallCluster('9', [sharedGuest(101), sharedGuest(102)]);
    await onStage({ scenario, config: 'migration:\n  concurrency: 1' }, async (stage) => {
      const { control } = stage.simulator;
      control.faultRequest(
        { method: 'POST', path: '/nodes/pve01/qemu/102/migrate' },
        {
          moment: 'before handling',
          then: { status: 500, reason: 'got no worker upid - start worker failed' },
        },
      );
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      const decision = await evacuation.decision();
      control.removeGuest(101);
      control.addGuest(sharedGuest(101));
      await evacuation.decide(decision, 'skip');
      const report = await evacuation.report();
      expect(report).toMatchObject({ outcome: 'incomplete', nodeIsEmpty: false });
      expect(report.summary).toContain('0 of 2 guests moved, 2 still there');
      expect(report.guests).toContainEqual(
        expect.objectContaining({
          vmid: 101,
          outcome: 'stayed',
          now: 'pve01',
          reason: 'it was moved to pve02 and is on pve01 again',
        }),
      );
      expect(report.wayBack).toEqual([]);
    });
  });

  test('is the result also where its file can not be written, and says so', async () => {
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)]) }, async (stage) => {
      await writeFile(stage.reportsFolder, 'a file, where a folder should be');
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.plan();
      await evacuation.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
      const report = await evacuation.report();
      expect(report.outcome).toBe('rejected');
      expect(report.warnings.join()).toContain('could not be written');
    });
  });

  test('does not call done what arrived otherwise than it left', async () => {
    const timings = { migration_teardown: 120 };
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)], { timings }) }, async (stage) => {
      const { control } = stage.simulator;
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      await control.waitFor(
        () => control.guest(101).node !== 'pve01' && control.guest(101).status === 'running',
        'the move',
      );
      control.setGuest(101, { status: 'stopped' });
      await control.advance(120);
      await evacuation.decide(await evacuation.decision(), 'skip');
      const report = await evacuation.report();
      expect(report).toMatchObject({ outcome: 'incomplete', nodeIsEmpty: true });
      expect(report.summary).not.toContain('each proven');
      expect(report.guests[0]?.reason).toContain('stopped');
    });
  });
});
