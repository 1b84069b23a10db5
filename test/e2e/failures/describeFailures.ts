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
const oneAtATime = 'migration:\n  concurrency: 1';
const gibibyte = 1024 ** 3;
const tooSmall = { name: 'pve03', memory: 16 * gibibyte };
const workerDied = { code: 'TaskFailed', proxmoxSaid: 'unexpected status' };

const postOf = (vmid: number) => ({ method: 'POST', path: `/nodes/pve01/qemu/${vmid}/migrate` });

function posts(stage: Stage): number {
  return stage.simulator.control
    .requests()
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/migrate')).length;
}

/** The failures of section 5's list, each on one version of Proxmox VE. Every one ends in a true report or an open decision. */
export function describeFailures(version: ProxmoxVersion): void {
  describe(`what goes wrong during an evacuation on Proxmox VE ${version}`, () => {
    test('guests that can not be moved stay, with the reason; one that appears after the approval makes a new plan; answers that were lost are found again by their tasks', async () => {
      const scenario = smallCluster(
        version,
        [
          ...[sharedGuest(101), sharedGuest(102), sharedGuest(103, { lock: 'backup' })],
          { ...slowGuest(201), node: 'pve02' },
        ],
        { nodes: [{ name: 'pve01', memory: 16 * gibibyte }, { name: 'pve02' }, tooSmall] },
      );
      await onStage({ scenario }, async (stage) => {
        const tooLarge = await stage.evacuate({ node: 'pve02' });
        expect(await tooLarge.report()).toMatchObject({
          ...{ outcome: 'incomplete', nodeIsEmpty: false },
          guests: [{ vmid: 201, outcome: 'stayed', stayCode: 'noRoom' }],
        });

        const { control } = stage.simulator;
        control.faultRequest(postOf(101), { moment: 'before answering', then: 'drop' });
        control.faultRequest(postOf(102), {
          ...{ moment: 'before answering', then: { status: 596, reason: 'Broken pipe' } },
        });
        const evacuation = await stage.evacuate({ node: 'pve01' });
        const first = await evacuation.plan();
        expect(first.moves.map(({ vmid }) => vmid)).toEqual([101, 102]);
        expect(first.stays).toEqual([expect.objectContaining({ vmid: 103 })]);
        control.addGuest(sharedGuest(104));
        await evacuation.approve(first);
        await evacuation.until(
          'a new plan',
          (now) => now.waitingFor === 'approval' && !first.hash.startsWith(now.planHash ?? '-'),
        );
        expect(posts(stage)).toBe(0);
        const second = await evacuation.approved();
        expect(second.moves.map(({ vmid }) => vmid)).toEqual([101, 102, 104]);
        const report = await evacuation.report();
        expect(report).toMatchObject({ outcome: 'incomplete', nodeIsEmpty: false, decisions: [] });
        expect(report.guests.map(({ vmid, outcome }) => [vmid, outcome]).toSorted()).toEqual([
          ...[101, 102].map((vmid) => [vmid, 'moved']),
          ...[[103, 'stayed'] as const, [104, 'moved'] as const],
        ]);
        expect(posts(stage)).toBe(3);
        for (const vmid of [101, 102]) expect(control.guest(vmid)).toMatchObject({ migrationsStarted: 1 });
      });
    });

    test('an answer lost while the migration runs is found by its task; a token revoked in the middle pauses; what was killed asks, and is not repeated, also where no worker lived', async () => {
      const slow = [101, 102, 103, 104];
      const scenario = smallCluster(version, slow.map(slowGuest), {
        nodes: ['pve01', 'pve02', 'pve03'].map((name) => ({ name, memory: 256 * gibibyte })),
      });
      await onStage({ scenario, config: oneAtATime }, async (stage) => {
        const { control } = stage.simulator;
        control.faultRequest(postOf(101), { moment: 'before answering', then: 'drop' });
        const evacuation = await stage.evacuate({ node: 'pve01' });
        const plan = await evacuation.approved();
        expect(plan.moves.map(({ vmid }) => vmid)).toEqual(slow);
        await whileCopying(stage, 101, async () => {
          await evacuation.until('the adoption', (now) => now.steps.some((step) => step.upid !== undefined));
          expect(control.runningTasks({ type: 'qmigrate' })).toHaveLength(1);
        });

        await copying(stage, 102);
        const tokens = control.cluster.access.users.get('claude-code@pve')?.tokens;
        const token = tokens?.get('automation');
        control.revokeToken(testToken.id);
        await evacuation.until('credentials', (now) => now.waitingFor === 'credentials');
        if (token !== undefined) tokens?.set('automation', token);

        control.killWorker({ upid: (await copying(stage, 103)).upid });
        const killed = await evacuation.decision();
        expect(killed).toMatchObject({ vmid: 103, problem: workerDied });
        expect(killed.seen).toContain('locked (migrate)');
        await evacuation.decide(killed, 'skip');

        await whileCopying(stage, 104, async (task) => {
          await stage.stopWorkers();
          control.killWorker({ upid: task.upid });
          control.setLock(104, undefined);
        });
        await stage.startWorker();
        const unseen = await evacuation.decision();
        expect(unseen).toMatchObject({ vmid: 104, problem: workerDied });
        await evacuation.decide(unseen, 'skip');
        const report = await evacuation.report();
        expect(report).toMatchObject({ outcome: 'incomplete', nodeIsEmpty: false });
        expect(report.guests.filter(({ outcome }) => outcome === 'moved')).toHaveLength(2);
        expect(posts(stage)).toBe(4);
      });
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

    test('a storage that is full fails the migration truthfully; a POST that never arrived asks a person; quorum that is lost and comes back only delays', async () => {
      const scenario = smallCluster(version, [localGuest(101), sharedGuest(102), sharedGuest(103)]);
      await onStage({ scenario, config: oneAtATime }, async (stage) => {
        const { control } = stage.simulator;
        control.faultRequest(postOf(102), { moment: 'before handling', then: 'drop' });
        const [full, held] = [101, 103].map((vmid) => control.holdRequest(postOf(vmid), 'before handling'));
        const evacuation = await stage.evacuate({ node: 'pve01' });
        const { moves } = await evacuation.approved();
        expect(moves.map(({ vmid }) => vmid)).toEqual([101, 102, 103]);
        await full?.arrived;
        control.fillStorage('local-lvm', moves[0]?.target ?? '');
        full?.release();
        const failed = await evacuation.decision();
        expect(failed).toMatchObject({ vmid: 101, problem: { code: 'TaskFailed' } });
        await evacuation.decide(failed, 'skip');

        const unknown = await evacuation.decision();
        expect(unknown).toMatchObject({ kind: 'stepFailed', vmid: 102, problem: { code: 'OutcomeUnknown' } });
        await evacuation.decide(unknown, 'retry');

        await held?.arrived;
        control.loseQuorum();
        held?.release();
        await control.waitFor(
          () => control.requests().some(({ method, status }) => method === 'POST' && status === 500),
          'a refused POST',
        );
        control.restoreQuorum();
        const report = await evacuation.report();
        expect(report).toMatchObject({ outcome: 'incomplete', decisions: [{ vmid: 101 }, { vmid: 102 }] });
        expect(report.guests).toContainEqual(
          expect.objectContaining({ vmid: 101, outcome: 'stayed', now: 'pve01' }),
        );
        expect(control.guest(101)).toMatchObject({ node: 'pve01', status: 'running', lock: undefined });
        for (const vmid of [102, 103]) expect(control.guest(vmid).migrationsStarted).toBe(1);
      });
    });
  });
}
