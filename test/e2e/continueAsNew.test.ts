import { sharedGuest, smallCluster } from './support/scenario';
import { setStage, type Stage } from './support/stage';

describe('an evacuation whose history grows long', () => {
  let stage: Stage;
  beforeEach(async () => {
    const guests = Array.from({ length: 12 }, (_, index) => sharedGuest(101 + index));
    stage = await setStage({ scenario: smallCluster('9', guests), config: 'migration:\n  concurrency: 4' });
  });
  afterEach(() => stage.close());

  test('continues as new every 100 events, keeps its leases, drains nothing and begins no migration twice', async () => {
    const evacuation = await stage.evacuate({ node: 'pve01', historyEventLimit: 100 });
    const plan = await evacuation.approved();
    const report = await evacuation.report();
    expect(report).toMatchObject({ outcome: 'done', nodeIsEmpty: true });
    expect(report.guests).toHaveLength(plan.moves.length);
    for (const guest of stage.simulator.control.guests()) {
      expect(guest).toMatchObject({ migrationsStarted: 1, wasInTwoPlaces: false, lock: undefined });
    }
    const { raw } = await evacuation.handle.describe();
    expect(raw.workflowExecutionInfo?.firstRunId).toBe(report.firstExecutionRunId);
    expect(raw.workflowExecutionInfo?.execution?.runId).not.toBe(report.firstExecutionRunId);
  });
});
