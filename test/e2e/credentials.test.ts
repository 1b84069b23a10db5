import type { Decision } from '../../src/domain/decision';
import { sharedGuest, smallCluster } from './support/scenario';
import { onStage, waitUntil } from './support/stage';

const refused = {
  moment: 'before handling',
  then: { status: 401, reason: 'Authentication failed!' },
} as const;
const fromNowOn = 1_000_000;

describe('a token that is refused, but not everywhere', () => {
  test('is tried where it was refused: one question, however well it works on another node', async () => {
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)]) }, async (stage) => {
      const { control } = stage.simulator;
      const evacuation = await stage.evacuate({ node: 'pve01' });
      const plan = await evacuation.plan();
      const withdraw = control.faultRequest({ node: 'pve02', times: fromNowOn }, refused);
      await evacuation.approve(plan);
      await control.waitFor(
        () =>
          control.requests().filter(({ node, path }) => node === 'pve02' && path === '/nodes/pve02/version')
            .length > 1,
        'a second try on pve02',
      );
      expect(await evacuation.progress()).toMatchObject({ waitingFor: 'credentials', openDecisions: 1 });
      withdraw();
      const report = await evacuation.report();
      expect(report.outcome).toBe('done');
      expect(report.decisions).toMatchObject([{ kind: 'credentials', answer: { by: 'proxmox-manager' } }]);
    });
  });

  test('for one call only is left to a person after three tries, who says when to go on', async () => {
    await onStage({ scenario: smallCluster('9', [sharedGuest(101)]) }, async (stage) => {
      const { control } = stage.simulator;
      const post = { method: 'POST', path: '/nodes/pve01/qemu/101/migrate' };
      const withdraw = control.faultRequest({ ...post, times: fromNowOn }, refused);
      const posts = () => control.requests().filter(({ method }) => method === 'POST').length;
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      const left = await waitUntil('a question that stays', async () => {
        const decisions = await evacuation.handle.query<Decision[]>('decisions');
        return decisions.find(({ seen }) => seen.includes('does not go on by itself'));
      });
      expect(left).toMatchObject({ id: 'd4', kind: 'credentials', choices: ['retry', 'abort'] });
      expect(left.title).toContain('start the migration of VM 101');
      expect(posts()).toBe(4);
      withdraw();
      await evacuation.decide(left, 'retry');
      const report = await evacuation.report();
      expect(report.outcome).toBe('done');
      expect(report.decisions).toHaveLength(4);
      expect(posts()).toBe(5);
    });
  });
});
