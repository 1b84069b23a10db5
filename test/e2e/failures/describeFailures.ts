import {
  localGuest,
  sharedGuest,
  slowGuest,
  smallCluster,
  testToken,
  type ProxmoxVersion,
} from '../support/scenario';
import { copying, onStage, whileCopying, type Stage } from '../support/stage';

const stallSoon = 'migration:\n  stall_after: 8s';

function posts(stage: Stage): number {
  return stage.simulator.control
    .requests()
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/migrate')).length;
}

/** The failures of section 5's list, each on one version of Proxmox VE. Every one ends in a true report or an open decision. */
export function describeFailures(version: ProxmoxVersion): void {
  describe(`what goes wrong during an evacuation on Proxmox VE ${version}`, () => {
    test('a guest that appears after approval makes a new plan, which asks again', async () => {
      await onStage({ scenario: smallCluster(version, [sharedGuest(101)]) }, async (stage) => {
        const evacuation = await stage.evacuate({ node: 'pve01' });
        const first = await evacuation.plan();
        stage.simulator.control.addGuest(sharedGuest(102));
        await evacuation.approve(first);
        await evacuation.until(
          'a new plan',
          (now) => now.waitingFor === 'approval' && !first.hash.startsWith(now.planHash ?? '-'),
        );
        expect(posts(stage)).toBe(0);
        const second = await evacuation.approved();
        expect(second.moves.map((move) => move.vmid)).toEqual([101, 102]);
        expect(await evacuation.report()).toMatchObject({ outcome: 'done', nodeIsEmpty: true });
      });
    });

    test('a guest locked by a backup stays, with the reason, and the node is not called empty', async () => {
      const scenario = smallCluster(version, [sharedGuest(101), sharedGuest(102, { lock: 'backup' })]);
      await onStage({ scenario }, async (stage) => {
        const evacuation = await stage.evacuate({ node: 'pve01' });
        const plan = await evacuation.approved();
        expect(plan.stays).toEqual([expect.objectContaining({ vmid: 102 })]);
        const report = await evacuation.report();
        expect(report).toMatchObject({ outcome: 'incomplete', nodeIsEmpty: false });
        expect(report.guests).toContainEqual(expect.objectContaining({ vmid: 102, outcome: 'stayed' }));
      });
    });

    test('when all targets are too small nothing is moved and every guest says why', async () => {
      const scenario = smallCluster(version, [slowGuest(101)], {
        nodes: [
          { name: 'pve01' },
          { name: 'pve02', memory: 16 * 1024 ** 3 },
          { name: 'pve03', memory: 16 * 1024 ** 3 },
        ],
      });
      await onStage({ scenario }, async (stage) => {
        const evacuation = await stage.evacuate({ node: 'pve01' });
        const report = await evacuation.report();
        expect(report).toMatchObject({ outcome: 'incomplete', nodeIsEmpty: false });
        expect(report.guests).toEqual([
          expect.objectContaining({ vmid: 101, outcome: 'stayed', stayCode: 'noRoom' }),
        ]);
        expect(posts(stage)).toBe(0);
      });
    });

    test.each(['a cut connection', '596'])(
      'an answer to a POST lost by %s is found again by its task, never repeated',
      async (how) => {
        await onStage({ scenario: smallCluster(version, [sharedGuest(101)]) }, async (stage) => {
          stage.simulator.control.faultRequest(
            { method: 'POST', path: '/nodes/pve01/qemu/101/migrate' },
            {
              moment: 'before answering',
              then: how === '596' ? { status: 596, reason: 'Broken pipe' } : 'drop',
            },
          );
          const evacuation = await stage.evacuate({ node: 'pve01' });
          await evacuation.approved();
          expect(await evacuation.report()).toMatchObject({ outcome: 'done' });
          expect(posts(stage)).toBe(1);
          expect(stage.simulator.control.guest(101)).toMatchObject({ migrationsStarted: 1 });
        });
      },
    );

    test('an answer lost while the migration runs on is found again by its running task', async () => {
      await onStage({ scenario: smallCluster(version, [slowGuest(101)]) }, async (stage) => {
        stage.simulator.control.faultRequest(
          { method: 'POST', path: '/nodes/pve01/qemu/101/migrate' },
          { moment: 'before answering', then: 'drop' },
        );
        const evacuation = await stage.evacuate({ node: 'pve01' });
        await evacuation.approved();
        await whileCopying(stage, 101, async () => {
          await evacuation.until('the adoption', (now) => now.steps.some((step) => step.upid !== undefined));
          expect(stage.simulator.control.runningTasks({ type: 'qmigrate' })).toHaveLength(1);
        });
        expect(await evacuation.report()).toMatchObject({ outcome: 'done' });
        expect(posts(stage)).toBe(1);
      });
    });

    test('a POST that never arrived and left no task asks a person; retry then moves the guest', async () => {
      await onStage({ scenario: smallCluster(version, [sharedGuest(101)]) }, async (stage) => {
        const withdraw = stage.simulator.control.faultRequest(
          { method: 'POST', path: '/nodes/pve01/qemu/101/migrate' },
          { moment: 'before handling', then: 'drop' },
        );
        const evacuation = await stage.evacuate({ node: 'pve01' });
        await evacuation.approved();
        const decision = await evacuation.decision();
        expect(decision).toMatchObject({ kind: 'stepFailed', problem: { code: 'OutcomeUnknown' } });
        withdraw();
        await evacuation.decide(decision, 'retry');
        expect(await evacuation.report()).toMatchObject({ outcome: 'done' });
        expect(stage.simulator.control.guest(101).migrationsStarted).toBe(1);
      });
    });

    test('a migration whose worker process is killed opens a decision that names the lock; nothing is repeated', async () => {
      await onStage({ scenario: smallCluster(version, [slowGuest(101)]) }, async (stage) => {
        const evacuation = await stage.evacuate({ node: 'pve01' });
        await evacuation.approved();
        const task = await copying(stage, 101);
        stage.simulator.control.killWorker({ upid: task.upid });
        const decision = await evacuation.decision();
        expect(decision.problem).toMatchObject({ code: 'TaskFailed', proxmoxSaid: 'unexpected status' });
        expect(decision.seen).toContain('locked (migrate)');
        await evacuation.decide(decision, 'skip');
        const report = await evacuation.report();
        expect(report).toMatchObject({ outcome: 'incomplete', nodeIsEmpty: false });
        expect(posts(stage)).toBe(1);
      });
    });

    test('a migration that fails while no worker lives is not repeated unasked', async () => {
      await onStage({ scenario: smallCluster(version, [slowGuest(101)]) }, async (stage) => {
        const evacuation = await stage.evacuate({ node: 'pve01' });
        await evacuation.approved();
        await whileCopying(stage, 101, async (task) => {
          await stage.stopWorkers();
          stage.simulator.control.killWorker({ upid: task.upid });
          stage.simulator.control.setLock(101, undefined);
        });
        await stage.startWorker();
        const decision = await evacuation.decision();
        expect(decision.problem).toMatchObject({ code: 'TaskFailed', proxmoxSaid: 'unexpected status' });
        expect(posts(stage)).toBe(1);
        await evacuation.decide(decision, 'skip');
        expect(await evacuation.report()).toMatchObject({ outcome: 'incomplete' });
      });
    });

    test('a token revoked in the middle pauses the operation; it goes on by itself once the token works', async () => {
      await onStage(
        {
          scenario: smallCluster(version, [slowGuest(101), sharedGuest(102)]),
          config: 'migration:\n  concurrency: 1',
        },
        async (stage) => {
          const { control } = stage.simulator;
          const evacuation = await stage.evacuate({ node: 'pve01' });
          await evacuation.approved();
          await copying(stage, 101);
          const tokens = control.cluster.access.users.get('claude-code@pve')?.tokens;
          const token = tokens?.get('automation');
          control.revokeToken(testToken.id);
          await evacuation.until('credentials', (now) => now.waitingFor === 'credentials');
          if (token !== undefined) tokens?.set('automation', token);
          expect(await evacuation.report()).toMatchObject({ outcome: 'done' });
          expect(posts(stage)).toBe(2);
        },
      );
    });

    test('a target that vanishes in the middle of a copy makes a stall; after the abort a new plan moves the guest elsewhere', async () => {
      await onStage(
        { scenario: smallCluster(version, [slowGuest(101)]), config: stallSoon },
        async (stage) => {
          const { control } = stage.simulator;
          const evacuation = await stage.evacuate({ node: 'pve01' });
          const plan = await evacuation.approved();
          const target = plan.moves[0]?.target ?? '';
          await copying(stage, 101);
          await control.crashNode(target);
          const stalled = await evacuation.decision();
          expect(stalled).toMatchObject({ kind: 'stalled', choices: ['wait', 'abortMigration'] });
          await evacuation.decide(stalled, 'abortMigration');
          const failed = await evacuation.decision();
          expect(failed).toMatchObject({ kind: 'stepFailed' });
          await evacuation.decide(failed, 'replan');
          const second = await evacuation.approved();
          expect(second.moves[0]?.target).not.toBe(target);
          expect(await evacuation.report()).toMatchObject({ outcome: 'done', nodeIsEmpty: true });
          expect(control.guest(101)).toMatchObject({ node: second.moves[0]?.target, wasInTwoPlaces: false });
        },
      );
    });

    test('a storage that is full on the target fails the migration truthfully and leaves the guest where it was', async () => {
      await onStage({ scenario: smallCluster(version, [localGuest(101)]) }, async (stage) => {
        const evacuation = await stage.evacuate({ node: 'pve01' });
        const plan = await evacuation.plan();
        const target = plan.moves[0]?.target ?? '';
        const hold = stage.simulator.control.holdRequest(
          { method: 'POST', path: '/nodes/pve01/qemu/101/migrate' },
          'before handling',
        );
        await evacuation.approve(plan);
        await hold.arrived;
        stage.simulator.control.fillStorage('local-lvm', target);
        hold.release();
        const decision = await evacuation.decision();
        expect(decision.problem.code).toBe('TaskFailed');
        await evacuation.decide(decision, 'skip');
        const report = await evacuation.report();
        expect(report.guests).toEqual([
          expect.objectContaining({ vmid: 101, outcome: 'stayed', now: 'pve01' }),
        ]);
        expect(stage.simulator.control.guest(101)).toMatchObject({
          node: 'pve01',
          status: 'running',
          lock: undefined,
        });
      });
    });

    test('quorum that is lost and comes back delays the operation and does not fail it', async () => {
      await onStage({ scenario: smallCluster(version, [sharedGuest(101)]) }, async (stage) => {
        const { control } = stage.simulator;
        const evacuation = await stage.evacuate({ node: 'pve01' });
        const plan = await evacuation.plan();
        const hold = control.holdRequest(
          { method: 'POST', path: '/nodes/pve01/qemu/101/migrate' },
          'before handling',
        );
        await evacuation.approve(plan);
        await hold.arrived;
        control.loseQuorum();
        hold.release();
        await control.waitFor(
          () => control.requests().some(({ method, status }) => method === 'POST' && status === 500),
          'a refused POST',
        );
        control.restoreQuorum();
        expect(await evacuation.report()).toMatchObject({ outcome: 'done' });
      });
    });
  });
}
