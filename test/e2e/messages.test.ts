import { uniqueName } from '../support/temporal';
import { proxmoxVersions, sharedGuest, slowGuest, smallCluster } from './support/scenario';
import { onStage, whileCopying } from './support/stage';

const oneLane = 'migration:\n  concurrency: 1';

describe('messages to a running evacuation', () => {
  test('pause lets running migrations finish and starts no new one; resume goes on', async () => {
    await onStage(
      { scenario: smallCluster('9', [slowGuest(101), slowGuest(102)]), config: oneLane },
      async (stage) => {
        const evacuation = await stage.evacuate({ node: 'pve01' });
        await evacuation.approved();
        await whileCopying(stage, 101, () =>
          evacuation.handle.executeUpdate('pause', { args: [{ by: 'test' }] }),
        );
        await evacuation.until('the first move', (now) => now.steps.some((step) => step.phase === 'done'));
        const paused = await evacuation.progress();
        expect(paused).toMatchObject({ phase: 'paused', waitingFor: 'resume' });
        expect(stage.simulator.control.guest(102).migrationsStarted).toBe(0);
        await evacuation.handle.executeUpdate('resume', { args: [{ by: 'test' }] });
        expect(await evacuation.report()).toMatchObject({ outcome: 'done' });
      },
    );
  });

  test('cancel leaves running migrations to finish, then reports; what was not begun stays', async () => {
    await onStage(
      { scenario: smallCluster('9', [slowGuest(101), slowGuest(102)]), config: oneLane },
      async (stage) => {
        const evacuation = await stage.evacuate({ node: 'pve01' });
        await evacuation.approved();
        await whileCopying(stage, 101, () =>
          evacuation.handle.executeUpdate('cancel', { args: [{ by: 'test', comment: 'too late' }] }),
        );
        const report = await evacuation.report();
        expect(report).toMatchObject({ outcome: 'cancelled', nodeIsEmpty: false });
        expect(report.actions).toContainEqual(
          expect.objectContaining({ message: 'cancel', comment: 'too late' }),
        );
        expect(report.guests).toContainEqual(expect.objectContaining({ vmid: 101, outcome: 'moved' }));
        expect(report.guests).toContainEqual(expect.objectContaining({ vmid: 102, outcome: 'stayed' }));
      },
    );
  });

  test("Temporal's own cancel does the same, and the result still is the report", async () => {
    await onStage(
      { scenario: smallCluster('9', [slowGuest(101), slowGuest(102)]), config: oneLane },
      async (stage) => {
        const evacuation = await stage.evacuate({ node: 'pve01' });
        await evacuation.approved();
        await whileCopying(stage, 101, () => evacuation.handle.cancel());
        const report = await evacuation.report();
        expect(report).toMatchObject({ outcome: 'cancelled' });
        expect(report.guests).toContainEqual(expect.objectContaining({ vmid: 101, outcome: 'moved' }));
      },
    );
  });

  test.each(proxmoxVersions)(
    'cancel with abort stops the running migration on %s; the guest stays, unlocked',
    async (version) => {
      await onStage({ scenario: smallCluster(version, [slowGuest(101)]) }, async (stage) => {
        const evacuation = await stage.evacuate({ node: 'pve01' });
        await evacuation.approved();
        await whileCopying(stage, 101, () =>
          evacuation.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] }),
        );
        const report = await evacuation.report();
        expect(report).toMatchObject({ outcome: 'cancelled', nodeIsEmpty: false });
        expect(report.guests).toEqual([
          expect.objectContaining({
            ...{ vmid: 101, outcome: 'stayed', now: 'pve01' },
            reason: expect.stringMatching(/^migrate VM 101 .*: its task was stopped, as asked\b/) as string,
            remedy: 'To empty the node after all: pxm evacuate pve01',
          }),
        ]);
        expect(stage.simulator.control.guest(101)).toMatchObject({
          node: 'pve01',
          status: 'running',
          lock: undefined,
        });
      });
    },
  );

  test('an abort that Proxmox does not accept is said, and the migration is followed to its end', async () => {
    await onStage({ scenario: smallCluster('9', [slowGuest(101)]) }, async (stage) => {
      const { control } = stage.simulator;
      control.faultRequest(
        { method: 'DELETE', path: '/nodes/pve01/tasks/*' },
        { moment: 'before handling', then: { status: 500, reason: 'no such process' } },
      );
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      await whileCopying(stage, 101, () =>
        evacuation.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] }),
      );
      await evacuation.until('the warning', (now) => now.steps.some(({ warnings }) => warnings.length > 0));
      const report = await evacuation.report();
      expect(report.guests).toMatchObject([{ vmid: 101, outcome: 'moved' }]);
      expect(report.guests[0]?.warnings.join()).toMatch(/VM 101 .*could not be aborted: .*no such process/);
    });
  });

  test.each(proxmoxVersions)(
    'a task on %s that ends "unexpected status" after the guest has moved is a success with a warning',
    async (version) => {
      // Long: it is killed in it.
      const timings = { migration_teardown: 120 };
      await onStage({ scenario: smallCluster(version, [sharedGuest(101)], { timings }) }, async (stage) => {
        const { control } = stage.simulator;
        const evacuation = await stage.evacuate({ node: 'pve01' });
        await evacuation.approved();
        const task = await control.waitFor(
          () => control.runningTasks({ type: 'qmigrate' })[0],
          'the migration',
        );
        await control.waitFor(
          () => control.guest(101).node !== 'pve01' && control.guest(101).status === 'running',
          'the move',
        );
        control.killWorker({ upid: task.upid });
        control.setLock(101, undefined);
        const report = await evacuation.report();
        expect(report).toMatchObject({ outcome: 'done', nodeIsEmpty: true });
        expect(report.guests[0]?.warnings.join()).toContain('unexpected status');
      });
    },
  );

  test('a message that is repeated changes nothing', async () => {
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)]) }, async (stage) => {
      const evacuation = await stage.evacuate({ node: 'pve01' });
      const plan = await evacuation.plan();
      await evacuation.approve(plan);
      await evacuation.approve(plan);
      const report = await evacuation.report();
      expect(report.actions.filter(({ message }) => message === 'approve')).toHaveLength(1);
    });
  });

  test('a dry run ends after the plan, leases nothing and changes nothing', async () => {
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)]) }, async (stage) => {
      const evacuation = await stage.evacuate({ node: 'pve01', dryRun: true });
      expect(await evacuation.report()).toMatchObject({ outcome: 'planned', guests: [{ vmid: 101 }] });
      expect(stage.simulator.control.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
    });
  });

  test('a plan that nobody answers is remembered of, then expires and gives back what it leased', async () => {
    const config = 'approval:\n  expires_after: 3s\n  remind_every: 1s';
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)]), config }, async (stage) => {
      const evacuation = await stage.evacuate({ node: 'pve01' });
      const expired = await evacuation.report();
      expect(expired).toMatchObject({ outcome: 'expired' });
      // Approved before there is a plan: this one expires as soon.
      const again = await stage.evacuate({ node: 'pve01' }, uniqueName('by-hand'));
      await again.handle.signal('approve', { planHash: expired.planHash, by: 'test' });
      expect(await again.report()).toMatchObject({ outcome: 'done' });
    });
  });

  test('the report is also a file in the state folder that only its owner can read', async () => {
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)]) }, async (stage) => {
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      const report = await evacuation.report();
      const [file] = await stage.reportFiles();
      expect(file).toMatchObject({ mode: 0o600 });
      expect(JSON.parse(file?.text ?? 'null')).toEqual(report);
    });
  });
});
