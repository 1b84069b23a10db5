import type { Decision } from '../../src/domain/decision';
import type { MessageAnswer } from '../../src/domain/messages';
import { sharedGuest, slowGuest, smallCluster, testToken } from './support/scenario';
import { onStage, whileCopying, type Evacuation, type Stage } from './support/stage';
import { waitUntil } from '../support/waitUntil';

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

const oneLane = 'migration:\n  concurrency: 1';
const refusedLook = { path: '/nodes/pve01/tasks/**', times: fromNowOn };

/** Proxmox takes its time to refuse a token, which is simulated time: in real time the copy still outlives that. */
const realSpeed = 1;

/** Does something once the token is refused while VM 101 is copied: by the whole cluster. */
async function revokedWhileCopying(
  stage: Stage,
  evacuation: Evacuation,
  act: (restore: () => void) => Promise<void>,
): Promise<void> {
  const { control } = stage.simulator;
  await evacuation.approved();
  await whileCopying(
    stage,
    101,
    async () => {
      const tokens = control.cluster.access.users.get('claude-code@pve')?.tokens;
      const token = tokens?.get('automation');
      control.revokeToken(testToken.id);
      await evacuation.until('credentials', (now) => now.waitingFor === 'credentials');
      await act(() => {
        if (token !== undefined) tokens?.set('automation', token);
      });
    },
    realSpeed,
  );
}

describe('a migration that runs while credentials are waited for', () => {
  test('is followed to its end when the operation is cancelled, once they work', async () => {
    const scenario = smallCluster('9', [slowGuest(101), sharedGuest(102)]);
    await onStage({ scenario, config: oneLane }, async (stage) => {
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await revokedWhileCopying(stage, evacuation, async (restore) => {
        const said = await evacuation.handle.executeUpdate<MessageAnswer, [object]>('cancel', {
          args: [{ by: 'test', running: 'finish' }],
        });
        expect(said.text).toContain('once the credentials work (d1)');
        expect(await evacuation.progress()).toMatchObject({ waitingFor: 'credentials', openDecisions: 1 });
        restore();
      });
      const report = await evacuation.report();
      expect(report).toMatchObject({ outcome: 'cancelled', decisions: [{ answer: { choice: 'retry' } }] });
      expect(report.guests).toMatchObject([
        { vmid: 101, outcome: 'moved', warnings: [] },
        { vmid: 102, outcome: 'stayed' },
      ]);
    });
  });

  test.each(['cancel', 'decide'] as const)(
    'is not followed any more after an abort by %s, and both the answer and the report say so',
    async (name) => {
      await onStage({ scenario: smallCluster('9', [slowGuest(101)]) }, async (stage) => {
        const evacuation = await stage.evacuate({ node: 'pve01' });
        const message = name === 'cancel' ? { running: 'abort' } : { decisionId: 'd1', choice: 'abort' };
        await revokedWhileCopying(stage, evacuation, async () => {
          const said = await evacuation.handle.executeUpdate<MessageAnswer, [object]>(name, {
            args: [{ by: 'test', ...message }],
          });
          expect(said.text).toMatch(/goes on in Proxmox.* and the report says so/);
        });
        const report = await evacuation.report();
        expect(report).toMatchObject({ outcome: 'cancelled', decisions: [{ answer: { choice: 'abort' } }] });
        expect(report.guests).toMatchObject([{ vmid: 101, outcome: 'unknown' }]);
        const warnings = report.guests[0]?.warnings.join() ?? '';
        expect(warnings).toMatch(/not followed to its end for want of credentials.* may still run \(UPID:/);
        expect(warnings.includes('could not be aborted')).toBe(name === 'cancel');
      });
    },
  );

  test('is aborted if only following it is refused', async () => {
    await onStage({ scenario: smallCluster('9', [slowGuest(101)]) }, async (stage) => {
      const { control } = stage.simulator;
      const evacuation = await stage.evacuate({ node: 'pve01' });
      await evacuation.approved();
      await whileCopying(stage, 101, async () => {
        control.faultRequest({ method: 'GET', ...refusedLook }, refused);
        await evacuation.until('credentials', (now) => now.waitingFor === 'credentials');
        await evacuation.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] });
      });
      await evacuation.report();
      const asked = control.requests().filter(({ method }) => method === 'DELETE');
      expect(asked).toMatchObject([{ node: 'pve01' }]);
    });
  });
});
