import { slowGuest, smallCluster } from './support/scenario';
import { onStage, whileCopying } from './support/stage';

describe('a migration that can not be followed for a while', () => {
  test('is followed on after a retry, in the same task, and not judged before it has ended', async () => {
    await onStage({ scenario: smallCluster('9', [slowGuest(101)]), speed: 5 }, async (stage) => {
      const { control } = stage.simulator;
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      const upid = await whileCopying(stage, 101, async (task) => {
        const withdraw = control.faultRequest(
          { method: 'GET', path: '/nodes/pve01/tasks/*/log', times: 1_000_000 },
          { moment: 'before handling', then: { status: 403, reason: 'Permission check failed' } },
        );
        const decision = await evacuation.decision();
        expect(decision).toMatchObject({ kind: 'stepFailed', problem: { code: 'PermissionMissing' } });
        expect(control.runningTasks({ type: 'qmigrate' }).map((it) => it.upid)).toEqual([task.upid]);
        withdraw();
        await evacuation.decide(decision, 'retry');
        return task.upid;
      });
      const report = await evacuation.report();
      expect(report).toMatchObject({ outcome: 'done', nodeIsEmpty: true });
      expect(report.guests).toEqual([expect.objectContaining({ vmid: 101, upid })]);
      expect(control.guest(101).migrationsStarted).toBe(1);
    });
  });
});
