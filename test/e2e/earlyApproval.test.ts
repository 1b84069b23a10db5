import type { EvacuationPlan } from '../../src/domain/evacuationPlan';
import { sharedGuest, smallCluster } from './support/scenario';
import { onStage, type Stage } from './support/stage';

async function hashOfPlan(stage: Stage): Promise<string> {
  const dry = await stage.evacuate({ node: 'pve01', dryRun: true }, 'dry');
  await dry.report();
  return (await dry.handle.query<EvacuationPlan>('plan')).hash;
}

describe('an approval that comes before the plan', () => {
  test('counts if the plan has the hash that it names', async () => {
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)]) }, async (stage) => {
      const hash = await hashOfPlan(stage);
      await stage.stopWorkers();
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.handle.signal('approve', { planHash: hash.slice(0, 12), by: 'test' });
      await stage.startWorker();
      expect(await evacuation.report()).toMatchObject({ outcome: 'done', actions: [{ message: 'approve' }] });
    });
  });

  test('does not count if it names only the beginning of a hash: that could be guessed', async () => {
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)]) }, async (stage) => {
      const hash = await hashOfPlan(stage);
      await stage.stopWorkers();
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.handle.signal('approve', { planHash: hash.slice(0, 11), by: 'test' });
      await stage.startWorker();
      const planned = await evacuation.until('a plan', (now) => now.planHash !== undefined);
      expect(planned).toMatchObject({ phase: 'waitingForApproval', waitingFor: 'approval' });
      await evacuation.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
      expect(await evacuation.report()).toMatchObject({ outcome: 'rejected' });
    });
  });
});
