import { setStage, type Stage } from './support/stage';
import { proxmoxVersions, smallCluster } from './support/scenario';

describe.each(proxmoxVersions)('an evacuation on Proxmox VE %s', (version) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage({ scenario: smallCluster(version) });
  });
  afterAll(() => stage.close());

  test('moves every guest of the node after the plan was approved, and proves where each is', async () => {
    const evacuation = await stage.evacuate({ node: 'pve01' });
    const plan = await evacuation.plan();
    expect(plan.moves.map((move) => move.vmid).toSorted()).toEqual([101, 102, 103, 104]);
    expect(stage.simulator.control.requests().filter(({ method }) => method !== 'GET')).toEqual([]);

    await evacuation.approve(plan);
    const report = await evacuation.report();

    expect(report).toMatchObject({ outcome: 'done', nodeIsEmpty: true });
    for (const move of plan.moves) {
      const truth = stage.simulator.control.guest(move.vmid);
      expect(truth).toMatchObject({
        node: move.target,
        lock: undefined,
        migrationsStarted: 1,
        wasInTwoPlaces: false,
      });
      expect(truth.status).toBe(move.mode === 'live' ? 'running' : 'stopped');
      expect(report.guests).toContainEqual(
        expect.objectContaining({ vmid: move.vmid, outcome: 'moved', now: move.target }),
      );
    }
  });
});
