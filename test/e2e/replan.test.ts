import { sharedGuest, slowGuest, smallCluster } from './support/scenario';
import { onStage, type Stage } from './support/stage';

const startFails = {
  moment: 'before handling',
  then: { status: 500, reason: 'got no worker upid - start worker failed' },
} as const;

function migrate(vmid: number) {
  return { method: 'POST', path: `/nodes/pve01/qemu/${vmid}/migrate` };
}

function posts({ simulator }: Stage, vmid: number): number {
  const { method, path } = migrate(vmid);
  return simulator.control.requests().filter((request) => request.method === method && request.path === path)
    .length;
}

describe('a plan that takes the place of another one', () => {
  test('moves a guest again that was moved and stands on the node once more', async () => {
    const scenario = smallCluster('9', [sharedGuest(101), sharedGuest(102)]);
    await onStage({ scenario, config: 'migration:\n  concurrency: 1' }, async (stage) => {
      const { control } = stage.simulator;
      const withdraw = control.faultRequest(migrate(102), startFails);
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      const decision = await evacuation.decision();
      control.removeGuest(101);
      control.addGuest(sharedGuest(101));
      withdraw();
      await evacuation.decide(decision, 'replan');
      const second = await evacuation.approved();
      expect(second.moves.map(({ vmid }) => vmid).toSorted()).toEqual([101, 102]);
      expect(await evacuation.report()).toMatchObject({ outcome: 'done', nodeIsEmpty: true });
      expect(posts(stage, 101)).toBe(2);
      expect(control.guest(101).node).not.toBe('pve01');
    });
  });

  test('is announced to whoever approves the old one while it is being made', async () => {
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)]) }, async (stage) => {
      const { control } = stage.simulator;
      const evacuation = await stage.evacuate({ node: 'pve01' });
      const plan = await evacuation.plan();
      // Only planning asks for preconditions, so this is the second plan.
      const hold = control.holdRequest(
        { method: 'GET', path: '/nodes/pve01/qemu/102/migrate' },
        'before handling',
      );
      control.addGuest(sharedGuest(102));
      await evacuation.approve(plan);
      await hold.arrived;
      await expect(evacuation.approve(plan)).rejects.toMatchObject({
        cause: {
          message: expect.stringMatching(
            /a new plan is being made: the approved plan does not hold any more: VM 102 .*has come to pve01/,
          ) as string,
        },
      });
      hold.release();
      await evacuation.approve(await evacuation.plan());
      expect(await evacuation.report()).toMatchObject({ outcome: 'done' });
    });
  });
});

describe('the last check before a migration', () => {
  test('counts the memory of the moves that are under way to the same target', async () => {
    const scsi0 = 'nfs:102/vm-102-disk-0.qcow2,size=4G';
    const guests = [slowGuest(101), sharedGuest(102, { config: { memory: 8192, cores: 1, scsi0 } })];
    const scenario = smallCluster('9', guests);
    await onStage({ scenario, config: 'migration:\n  concurrency: 2' }, async (stage) => {
      const { control } = stage.simulator;
      const evacuation = await stage.evacuate({ node: 'pve01', targets: ['pve02'] });
      const plan = await evacuation.plan();
      // The last request of the check of the whole plan: what comes now, only the check of each move can see.
      const hold = control.holdRequest({ method: 'GET', path: '/nodes/pve01/tasks' }, 'before handling');
      await evacuation.approve(plan);
      await hold.arrived;
      // With this one there is room for either guest on pve02, but not for both (90 % of 64 GiB).
      control.addGuest({ vmid: 500, node: 'pve02', status: 'running', config: { memory: 20 * 1024 } });
      hold.release();
      const decision = await evacuation.decision();
      expect(decision).toMatchObject({ vmid: 102, problem: { code: 'PlanDrifted' } });
      expect(decision.problem.failed).toContain('pve02 has only');
      await evacuation.decide(decision, 'skip');
      const report = await evacuation.report();
      expect(report.guests).toMatchObject([
        { vmid: 101, outcome: 'moved' },
        { vmid: 102, outcome: 'stayed' },
      ]);
    });
  });
});
