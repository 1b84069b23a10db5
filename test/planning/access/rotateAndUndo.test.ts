import type { AccessFacts } from '../../../src/planning/access/facts';
import { entry, ours, planFor, prepared, settings, stepIds, tokenId, untouched } from './given';

const second = `${settings.user}!automation-2`;

describe('the plan of a rotation', () => {
  test('makes a token under the next name before the old one goes', () => {
    const plan = planFor('rotateToken', prepared());
    expect(stepIds(plan)).toEqual([
      `token-${second}`,
      `tasks-${tokenId}`,
      `remove-token-${tokenId}`,
      `forget-${tokenId}`,
    ]);
    expect(plan.steps[0]?.action).toMatchObject({ keepPrevious: true, acl: [] });
  });

  test('counts on from the highest number', () => {
    const facts = prepared();
    const tokens = [
      ...facts.tokens,
      ...['automation-9', 'automation-x', 'other-20'].map((name) => ({
        tokenId: `${settings.user}!${name}`,
        privilegeSeparation: false,
        expiresAt: 0,
        comment: ours,
      })),
    ];
    expect(stepIds(planFor('rotateToken', { ...facts, tokens }))[0]).toBe(
      `token-${settings.user}!automation-10`,
    );
  });

  test('finishes first what an earlier rotation has left', () => {
    const facts = prepared();
    const plan = planFor('rotateToken', {
      ...facts,
      tokens: [...facts.tokens, { tokenId: second, privilegeSeparation: false, expiresAt: 0, comment: ours }],
      stored: { state: 'token', tokenId: second, works: true },
      previousTokenId: tokenId,
    });
    expect(stepIds(plan).slice(0, 4)).toEqual([
      `tasks-${tokenId}`,
      `remove-token-${tokenId}`,
      `forget-${tokenId}`,
      `token-${settings.user}!automation-3`,
    ]);
  });

  test('leaves a token before it that we have not made, also one of our user: only its stored copy goes', () => {
    const others = ['proxmox-manager@pve!main', 'claude-code@pve!by-hand'];
    for (const previousTokenId of others) {
      const facts = prepared();
      const byHand = {
        tokenId: 'claude-code@pve!by-hand',
        privilegeSeparation: false,
        expiresAt: 0,
        comment: '',
      };
      const plan = planFor('rotateToken', { ...facts, tokens: [...facts.tokens, byHand], previousTokenId });
      expect(stepIds(plan).slice(0, 3)).toEqual([
        `tasks-${previousTokenId}`,
        `forget-${previousTokenId}`,
        `token-${second}`,
      ]);
      expect(plan.items[0]).toEqual({
        what: `token ${previousTokenId}`,
        state: 'leave',
        details: ['not known as made by us: it stays valid'],
      });
    }
  });

  test('of a token without our mark removes exactly the one that was seen, and says whose it is', () => {
    const facts = prepared();
    const [token] = facts.tokens.map((it) => ({ ...it, comment: 'by hand' }));
    const plan = planFor('rotateToken', { ...facts, tokens: token === undefined ? [] : [token] });
    expect(plan.steps.find(({ id }) => id === `remove-token-${tokenId}`)?.action).toEqual({
      kind: 'removeToken',
      tokenId,
      comment: 'by hand',
    });
    expect(plan.items.find(({ what }) => what === `token ${tokenId}`)?.details.join()).toContain(
      'somebody else',
    );
  });

  test('takes away what another one has made and nobody holds', () => {
    const facts = prepared();
    const tokens = [
      ...facts.tokens,
      { tokenId: second, privilegeSeparation: false, expiresAt: 0, comment: ours },
      { tokenId: `${settings.user}!other`, privilegeSeparation: false, expiresAt: 0, comment: ours },
      { tokenId: `${settings.user}!automation-7`, privilegeSeparation: false, expiresAt: 0, comment: '' },
    ];
    const ids = stepIds(planFor('rotateToken', { ...facts, tokens }));
    expect(ids.filter((id) => id.startsWith('remove-'))).toEqual([
      `remove-token-${tokenId}`,
      `remove-token-${second}`,
    ]);
  });

  test('is refused where only some nodes accept the token, with their names', () => {
    const stored = { state: 'token' as const, tokenId, works: true, refusedBy: ['pve03'] };
    for (const operation of ['rotateToken', 'bootstrapAccess'] as const)
      expect(() => planFor(operation, { ...prepared(), stored })).toThrow(/refused by pve03/);
    expect(stepIds(planFor('undoAccess', { ...prepared(), stored }))).toContain(`forget-${tokenId}`);
  });

  test('is refused without a working token', () => {
    expect(() => planFor('rotateToken', untouched())).toThrow(/no token of claude-code@pve that works/);
  });
});

describe('the plan of an undo', () => {
  test.each([8, 9] as const)('takes away all that bootstrap made (version %i)', (major) => {
    const ids = stepIds(planFor('undoAccess', prepared(major)));
    const builds = major === 9;
    expect(ids).toEqual([
      `remove-token-${tokenId}`,
      'remove-acl-/-claude-code@pve-ClaudeCodeManager',
      'remove-acl-/storage/local-claude-code@pve-PVEDatastoreAdmin',
      ...(builds ? ['remove-acl-/pool/pxm-builds-claude-code@pve-ClaudeCodeManagerBuilds'] : []),
      'remove-role-ClaudeCodeManager',
      ...(builds ? ['remove-role-ClaudeCodeManagerBuilds', 'remove-pool-pxm-builds'] : []),
      'remove-user-claude-code@pve',
      `forget-${tokenId}`,
    ]);
  });

  test('knows the roles of every profile', () => {
    const narrow = { ...settings, profile: 'evacuation' as const };
    expect(stepIds(planFor('undoAccess', prepared(9, narrow)))).toContain('remove-role-ClaudeCodeManager');
  });

  test('leaves a role with other privileges, or that others use', () => {
    const facts = prepared();
    const widened = facts.roles.map((role) => ({ ...role, privileges: [...role.privileges, 'Sys.Console'] }));
    const other = planFor('undoAccess', { ...facts, roles: widened });
    expect(stepIds(other)).not.toContain('remove-role-ClaudeCodeManager');
    const used = [...facts.acl, entry('/', settings.role, 'someone@pve')];
    const plan = planFor('undoAccess', { ...facts, acl: used });
    expect(stepIds(plan)).not.toContain('remove-role-ClaudeCodeManager');
    expect(stepIds(plan).join()).not.toContain('someone');
    expect(plan.items.find(({ what }) => what === `role ${settings.role}`)).toMatchObject({
      state: 'leave',
      details: ['it is in use: ClaudeCodeManager on / for someone@pve'],
    });
  });

  test('leaves a pool that something is in', () => {
    const pools = [{ pool: 'pxm-builds', comment: ours, members: 1 }];
    const plan = planFor('undoAccess', { ...prepared(9), pools });
    expect(stepIds(plan)).not.toContain('remove-pool-pxm-builds');
    expect(plan.items.find(({ what }) => what === 'pool pxm-builds')).toMatchObject({ state: 'leave' });
  });

  test('leaves a user without our mark, its tokens and what they need', () => {
    const facts = prepared();
    const users = [{ user: settings.user, enabled: true, expiresAt: 0, comment: 'by hand' }];
    const ids = stepIds(planFor('undoAccess', { ...facts, users }));
    expect(ids).not.toContain('remove-user-claude-code@pve');
    expect(ids).toContain('remove-acl-/-claude-code@pve-ClaudeCodeManager');
    const tokens = [
      ...facts.tokens,
      { tokenId: second, privilegeSeparation: false, expiresAt: 0, comment: '' },
    ];
    expect(stepIds(planFor('undoAccess', { ...facts, tokens }))).toEqual([
      `remove-token-${tokenId}`,
      `forget-${tokenId}`,
    ]);
  });

  test('does nothing on an untouched cluster, also where the store holds something else', () => {
    const facts = { ...untouched(), stored: { state: 'unreadable' as const, why: 'x' } };
    expect(planFor('undoAccess', facts).steps).toEqual([]);
  });

  test('leaves a stored token of somebody else', () => {
    const plan = planFor('undoAccess', {
      ...prepared(),
      stored: { state: 'token', tokenId: 'root@pam!x', works: true },
    });
    expect(stepIds(plan)).not.toContain('forget-root@pam!x');
  });

  test('leaves a stored token of another user, also if it is refused: nothing is known of its tokens', () => {
    const forgets = (stored: string) =>
      stepIds(
        planFor('undoAccess', {
          ...prepared(),
          tokens: [],
          stored: { state: 'token', tokenId: stored, works: false },
        }),
      ).filter((id) => id.startsWith('forget-'));
    expect(forgets('root@pam!x')).toEqual([]);
    expect(forgets(tokenId)).toEqual([`forget-${tokenId}`]);
  });

  test('drops what an issue that broke off has left beside the stored token', () => {
    const forgets = (staged: AccessFacts['staged'], facts = prepared()) =>
      stepIds(planFor('undoAccess', { ...facts, ...(staged === undefined ? {} : { staged }) })).filter((id) =>
        id.startsWith('forget-'),
      );
    expect(forgets({ state: 'token', tokenId: second })).toEqual([`forget-${tokenId}`, `forget-${second}`]);
    expect(forgets({ state: 'token', tokenId })).toEqual([`forget-${tokenId}`]);
    expect(forgets({ state: 'unreadable' })).toEqual([`forget-${tokenId}`]);
    expect(forgets({ state: 'unreadable' }, untouched())).toEqual([`forget-${tokenId}`]);
  });
});
