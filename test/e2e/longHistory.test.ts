import type { Decision } from '../../src/domain/decision';
import { sharedGuest, slowGuest, smallCluster, testToken } from './support/scenario';
import { copying, onStage, whileCopying, type Evacuation } from './support/stage';
import { waitUntil } from '../support/waitUntil';

const historyEventLimit = 120;

/** Sends messages that change nothing until the history is so long that its run hands over. */
async function growHistory({ handle }: Evacuation): Promise<void> {
  const { historyLength } = await handle.describe();
  for (let events = historyLength; events <= historyEventLimit; events += 1) {
    await handle.signal('resume', { by: 'test' });
  }
}

describe('an evacuation that continues as new at an awkward moment', () => {
  test('follows running migrations to their end though it was cancelled before', async () => {
    const scenario = smallCluster('9', [slowGuest(101), sharedGuest(102)]);
    await onStage({ scenario, speed: 4, config: 'migration:\n  concurrency: 2' }, async (stage) => {
      const { control } = stage.simulator;
      control.faultRequest(
        { method: 'POST', path: '/nodes/pve01/qemu/102/migrate' },
        {
          moment: 'before handling',
          then: { status: 500, reason: 'got no worker upid - start worker failed' },
        },
      );
      const evacuation = await stage.evacuate({ node: 'pve01', historyEventLimit });
      await evacuation.approved();
      // The migration runs when the run hands over.
      await whileCopying(stage, 101, async () => {
        await evacuation.decision();
        await evacuation.handle.executeUpdate('cancel', { args: [{ by: 'test' }] });
        await growHistory(evacuation);
      });
      const report = await evacuation.report();
      expect(report.outcome).toBe('cancelled');
      const [running, failed] = report.guests;
      expect(running).toMatchObject({ vmid: 101, outcome: 'moved' });
      expect(failed).toMatchObject({ vmid: 102, outcome: 'stayed' });
      expect(failed?.reason).toContain('start worker failed');
    });
  });

  test('obeys an answer that came while it was handing over', async () => {
    const scenario = smallCluster('9', [sharedGuest(101), sharedGuest(102)]);
    await onStage({ scenario, config: 'migration:\n  concurrency: 2' }, async (stage) => {
      const { control } = stage.simulator;
      const post = (vmid: number) => ({ method: 'POST' as const, path: `/nodes/pve01/qemu/${vmid}/migrate` });
      control.faultRequest(post(101), {
        moment: 'before handling',
        then: { status: 500, reason: 'got no worker upid - start worker failed' },
      });
      const hold = control.holdRequest(post(102), 'before handling');
      const evacuation = await stage.evacuate({ node: 'pve01', historyEventLimit });
      await evacuation.approved();
      await hold.arrived;
      const decision = await evacuation.decision();
      await growHistory(evacuation);
      await evacuation.decide(decision, 'skip');
      hold.release();
      const report = await evacuation.report();
      expect(report.decisions).toHaveLength(1);
      expect(report.guests).toContainEqual(expect.objectContaining({ vmid: 101, outcome: 'stayed' }));
      expect(report.guests).toContainEqual(expect.objectContaining({ vmid: 102, outcome: 'moved' }));
    });
  });

  test('goes on by itself if the credentials work again when it has handed over', async () => {
    const scenario = smallCluster('9', [slowGuest(101), sharedGuest(102)]);
    await onStage({ scenario, config: 'migration:\n  concurrency: 1' }, async (stage) => {
      const { control } = stage.simulator;
      const evacuation = await stage.evacuate({ node: 'pve01', historyEventLimit });
      await evacuation.approved();
      await copying(stage, 101);
      const tokens = control.cluster.access.users.get('claude-code@pve')?.tokens;
      const token = tokens?.get('automation');
      control.revokeToken(testToken.id);
      await evacuation.until('credentials', (now) => now.waitingFor === 'credentials');
      await stage.stopWorkers();
      await growHistory(evacuation);
      if (token !== undefined) tokens?.set('automation', token);
      await stage.startWorker();
      expect(await evacuation.report()).toMatchObject({ outcome: 'done' });
    });
  });

  test('obeys an abort of a question whose call is let through by then', async () => {
    const scenario = smallCluster('9', [slowGuest(101), sharedGuest(102)]);
    await onStage({ scenario, speed: 4, config: 'migration:\n  concurrency: 1' }, async (stage) => {
      const { control } = stage.simulator;
      const evacuation = await stage.evacuate({ node: 'pve01', historyEventLimit });
      await evacuation.approved();
      await copying(stage, 101);
      const withdraw = control.faultRequest(
        { path: '/nodes/pve01/tasks/**', times: 1_000_000 },
        { moment: 'before handling', then: { status: 401, reason: 'Authentication failed!' } },
      );
      const left = await waitUntil('a question that stays', async () => {
        const decisions = await evacuation.handle.query<Decision[]>('decisions');
        return decisions.find(({ seen }) => seen.includes('does not go on by itself'));
      });
      withdraw();
      const runId = async () => (await evacuation.handle.describe()).runId;
      const first = await runId();
      await growHistory(evacuation);
      await waitUntil('the next run', async () => ((await runId()) === first ? undefined : true));
      await evacuation.decide(left, 'abort');
      const report = await evacuation.report();
      expect(report).toMatchObject({ outcome: 'cancelled' });
      expect(report.guests).toMatchObject([
        { vmid: 101, outcome: 'moved' },
        { vmid: 102, outcome: 'stayed' },
      ]);
    });
  });

  test('finishes what runs before it makes the new plan that was asked for', async () => {
    const scenario = smallCluster('9', [sharedGuest(101), slowGuest(102)]);
    await onStage({ scenario, config: 'migration:\n  concurrency: 2' }, async (stage) => {
      const { control } = stage.simulator;
      const withdraw = control.faultRequest(
        { method: 'POST', path: '/nodes/pve01/qemu/101/migrate' },
        {
          moment: 'before handling',
          then: { status: 500, reason: 'got no worker upid - start worker failed' },
        },
      );
      const evacuation = await stage.evacuate({ node: 'pve01', historyEventLimit });
      const first = await evacuation.approved();
      const decision = await evacuation.decision();
      await whileCopying(stage, 102, async () => {
        withdraw();
        await evacuation.decide(decision, 'replan');
        await growHistory(evacuation);
      });
      const second = await waitUntil('a new plan', async () => {
        const now = await evacuation.progress();
        return now.waitingFor === 'approval' && now.planHash !== first.hash.slice(0, 12)
          ? evacuation.plan()
          : undefined;
      });
      expect(second.moves.map((move) => move.vmid)).toEqual([101]);
      expect(second.stays).toEqual([]);
      await evacuation.approve(second);
      expect(await evacuation.report()).toMatchObject({ outcome: 'done' });
    });
  });

  test('goes on counting the reminders of a plan that nobody answers', async () => {
    const config = 'approval:\n  remind_every: 1s';
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)]), config }, async (stage) => {
      // Each reminder costs five events: no run lives to the eleventh.
      const evacuation = await stage.evacuate({ node: 'pve01', historyEventLimit: 40 });
      const seen: number[] = [];
      await waitUntil('the eleventh reminder', async () => {
        const { currentDetails } = await evacuation.handle.query<{ currentDetails: string }>(
          '__temporal_workflow_metadata',
        );
        const shown = Number(/Reminder (\d+):/.exec(currentDetails)?.[1] ?? 0);
        if (shown !== seen.at(-1)) seen.push(shown);
        return shown > 10 ? true : undefined;
      });
      expect(seen).toEqual(seen.toSorted((one, other) => one - other));
      const { raw } = await evacuation.handle.describe();
      expect(raw.workflowExecutionInfo?.execution?.runId).not.toBe(raw.workflowExecutionInfo?.firstRunId);
      await evacuation.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
      expect(await evacuation.report()).toMatchObject({ outcome: 'rejected' });
    });
  });
});
