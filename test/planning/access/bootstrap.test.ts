import { ManagerError } from '../../../src/domain/errors';
import { accessDifference } from '../../../src/planning/access/plan';
import { privilegesOf } from '../../../src/planning/access/privileges';
import { entry, ours, planFor, prepared, settings, stepIds, tokenId, untouched } from './given';

const names = (major: 8 | 9, profile: 'full' | 'evacuation' | 'read' = 'full') =>
  privilegesOf(profile, major).map(({ privilege }) => privilege);

describe('the privileges of the role', () => {
  test('are those that the version knows', () => {
    expect(names(8)).toContain('VM.Monitor');
    expect(names(8)).not.toContain('VM.GuestAgent.Audit');
    expect(names(9)).toContain('VM.GuestAgent.Audit');
    expect(names(9)).not.toContain('VM.Monitor');
    expect(names(8)).toHaveLength(24);
  });

  test.each([8, 9] as const)('never let the token change hosts or access (version %i)', (major) => {
    expect(names(major).join()).not.toMatch(/Sys\.Modify|Sys\.PowerMgmt|Permissions|User\.|Realm\./);
    expect(names(major)).not.toContain('Datastore.Allocate');
  });

  test('are few for narrower profiles', () => {
    expect(names(9, 'evacuation')).toEqual(['Datastore.Audit', 'Sys.Audit', 'VM.Audit', 'VM.Migrate']);
    expect(names(8, 'read')).toEqual(['Datastore.Audit', 'Sys.Audit', 'VM.Audit']);
  });

  test('each have a reason that the plan shows', () => {
    const [role] = planFor('bootstrapAccess', untouched()).items;
    expect(role?.details).toHaveLength(24);
    for (const line of role?.details ?? []) expect(line).toMatch(/^\S+: .{5,}/);
  });
});

describe('the plan of a bootstrap', () => {
  test('makes everything on an untouched cluster, in an order that works', () => {
    expect(stepIds(planFor('bootstrapAccess', untouched(9)))).toEqual([
      'role-ClaudeCodeManager',
      'role-ClaudeCodeManagerBuilds',
      'user-claude-code@pve',
      'pool-pxm-builds',
      'acl-/-claude-code@pve-ClaudeCodeManager',
      'acl-/storage/local-claude-code@pve-PVEDatastoreAdmin',
      'acl-/pool/pxm-builds-claude-code@pve-ClaudeCodeManagerBuilds',
      'token-claude-code@pve!automation',
    ]);
  });

  test('has no pool of builds on 8, and none for a narrow profile', () => {
    expect(stepIds(planFor('bootstrapAccess', untouched(8))).join()).not.toContain('builds');
    const narrow = stepIds(planFor('bootstrapAccess', untouched(9), { profile: 'evacuation' }));
    expect(narrow).toEqual([
      'role-ClaudeCodeManager',
      'user-claude-code@pve',
      'acl-/-claude-code@pve-ClaudeCodeManager',
      'token-claude-code@pve!automation',
    ]);
  });

  test.each([8, 9] as const)('changes nothing where everything is right (version %i)', (major) => {
    const plan = planFor('bootstrapAccess', prepared(major));
    expect(plan.steps).toEqual([]);
    expect(plan.items.every(({ state }) => state === 'keep')).toBe(true);
  });

  test("shows what differs in the seed's role and changes only that", () => {
    const facts = prepared();
    const roles = facts.roles.map((role) =>
      role.name === settings.role
        ? { ...role, privileges: [...role.privileges.filter((it) => it !== 'SDN.Use'), 'Sys.Console'] }
        : role,
    );
    const plan = planFor('bootstrapAccess', { ...facts, roles });
    expect(stepIds(plan)).toEqual(['role-ClaudeCodeManager']);
    expect(plan.items[0]).toMatchObject({
      state: 'change',
      details: ['+ SDN.Use: attach network cards to bridges', '- Sys.Console'],
    });
  });

  test('warns where a changed role is used by others', () => {
    const facts = prepared();
    const acl = [...facts.acl, entry('/vms/100', settings.role, 'someone@pve')];
    const plan = planFor('bootstrapAccess', { ...facts, acl }, { profile: 'read' });
    expect(plan.warnings.join()).toContain('ClaudeCodeManager on /vms/100 for someone@pve');
  });

  test('makes a token anew whose secret is not in the store, and says who may lose it', () => {
    const plan = planFor('bootstrapAccess', { ...prepared(), stored: { state: 'nothing' } });
    expect(stepIds(plan)).toEqual([`token-${tokenId}`]);
    expect(plan.items.at(-1)).toMatchObject({ state: 'replace' });
    expect(plan.warnings.join()).toContain(tokenId);
  });

  test('makes a stored token anew that does not work', () => {
    const plan = planFor('bootstrapAccess', {
      ...prepared(),
      stored: { state: 'token', tokenId, works: false },
    });
    expect(stepIds(plan)).toEqual([`token-${tokenId}`]);
  });

  test('keeps the token of a rotation', () => {
    const facts = prepared();
    const rotated = `${settings.user}!automation-7`;
    const plan = planFor('bootstrapAccess', {
      ...facts,
      tokens: [{ tokenId: rotated, privilegeSeparation: false, expiresAt: 0, comment: ours }],
      stored: { state: 'token', tokenId: rotated, works: true },
    });
    expect(plan.steps).toEqual([]);
  });

  test('puts a token beside a working one that differs, which goes once the new one is in use', () => {
    const second = `${settings.user}!automation-2`;
    const plan = planFor('bootstrapAccess', prepared(), { privilegeSeparation: true });
    expect(stepIds(plan)).toEqual([
      `token-${second}`,
      `tasks-${tokenId}`,
      `remove-token-${tokenId}`,
      `forget-${tokenId}`,
    ]);
    expect(plan.steps[0]?.action).toMatchObject({ keepPrevious: true, privilegeSeparation: true });
    const facts = prepared();
    const tokens = facts.tokens.map((token) => ({ ...token, comment: 'by hand' }));
    const other = planFor('bootstrapAccess', { ...facts, tokens }, { privilegeSeparation: true });
    expect(stepIds(other)).toEqual([`token-${second}`]);
    expect(other.items.at(-1)).toMatchObject({ what: `token ${tokenId}`, state: 'leave' });
  });

  test('takes away what broke off in the middle has left: a token that nobody holds, and its secret', () => {
    const facts = prepared();
    const left = `${settings.user}!automation-2`;
    const plan = planFor('bootstrapAccess', {
      ...facts,
      tokens: [...facts.tokens, { tokenId: left, privilegeSeparation: false, expiresAt: 0, comment: ours }],
      staged: { state: 'token', tokenId: left },
    });
    expect(stepIds(plan)).toEqual([`remove-token-${left}`, `forget-${left}`]);
    const inUse = planFor('bootstrapAccess', {
      ...facts,
      tokens: [...facts.tokens, { tokenId: left, privilegeSeparation: false, expiresAt: 0, comment: ours }],
      previousTokenId: left,
    });
    expect(stepIds(inUse)).toEqual([]);
    expect(plan.warnings.join()).toContain(`${left} is removed, which this store does not hold`);
  });

  test('leaves entries of our user that no profile makes, with every profile, and says why', () => {
    const facts = prepared(9);
    const others = [
      entry('/storage/nas', 'PVEDatastoreAdmin'),
      entry('/vms/100', settings.role),
      entry('/pool/prod', 'ClaudeCodeManagerBuilds'),
    ];
    for (const profile of ['full', 'evacuation'] as const) {
      const plan = planFor('bootstrapAccess', { ...facts, acl: [...facts.acl, ...others] }, { profile });
      const left = plan.items.filter(({ what, state }) => what.startsWith('entry') && state === 'leave');
      expect(left.map(({ details }) => details)).toEqual(
        others.map(() => ['no profile makes it with the present configuration']),
      );
      expect(plan.warnings.join()).toContain('ClaudeCodeManager on /vms/100');
    }
  });

  test('keeps a working token of somebody else in the store beside the new one', () => {
    const plan = planFor('bootstrapAccess', {
      ...untouched(),
      stored: { state: 'token', tokenId: 'root@pam!old', works: true },
    });
    expect(plan.steps.at(-1)?.action).toMatchObject({ kind: 'issueToken', keepPrevious: true });
  });

  test('does not overwrite something that is no token', () => {
    const facts = { ...untouched(), stored: { state: 'unreadable' as const, why: 'it has 5 lines' } };
    expect(() => planFor('bootstrapAccess', facts)).toThrow(ManagerError);
    expect(() => planFor('bootstrapAccess', facts)).toThrow(/not overwritten/);
  });

  test('gives the token entries of its own with privilege separation', () => {
    const plan = planFor('bootstrapAccess', untouched(), { privilegeSeparation: true });
    expect(plan.steps.at(-1)?.action).toMatchObject({
      kind: 'issueToken',
      privilegeSeparation: true,
      acl: [entry('/', settings.role, tokenId), entry('/storage/local', 'PVEDatastoreAdmin', tokenId)],
    });
  });

  test('takes entries of a wider profile away, and leaves those of others', () => {
    const facts = prepared(9);
    const acl = [...facts.acl, entry('/vms', 'PVEVMUser')];
    const plan = planFor('bootstrapAccess', { ...facts, acl }, { profile: 'evacuation' });
    expect(stepIds(plan)).toEqual([
      'role-ClaudeCodeManager',
      'remove-acl-/storage/local-claude-code@pve-PVEDatastoreAdmin',
      'remove-acl-/pool/pxm-builds-claude-code@pve-ClaudeCodeManagerBuilds',
      'remove-role-ClaudeCodeManagerBuilds',
      'remove-pool-pxm-builds',
    ]);
    expect(plan.warnings.join()).toContain('PVEVMUser on /vms');
    const builds = plan.items.filter(({ what }) => /^(role|pool) .*[Bb]uilds$/.test(what));
    expect(builds.map(({ state, details }) => [state, ...details])).toEqual([
      ['remove', 'the profile "evacuation" makes no templates'],
      ['remove', 'the profile "evacuation" makes no templates'],
    ]);
  });

  test('says of what it does not make for a narrow profile that it is not made, and why', () => {
    const notMade = (major: 8 | 9, profile: 'full' | 'evacuation' | 'read') =>
      planFor('bootstrapAccess', untouched(major), { profile }).items.filter(({ state }) => state === 'omit');
    expect(notMade(9, 'full')).toEqual([]);
    expect(notMade(9, 'evacuation').map(({ what }) => what)).toEqual([
      'role ClaudeCodeManagerBuilds',
      'pool pxm-builds',
      'entry PVEDatastoreAdmin on /storage/local for claude-code@pve',
      'entry ClaudeCodeManagerBuilds on /pool/pxm-builds for claude-code@pve',
    ]);
    for (const { details } of notMade(9, 'read'))
      expect(details).toEqual(['not made: the profile "read" makes no templates']);
    expect(notMade(8, 'evacuation').map(({ what }) => what)).toEqual([
      'entry PVEDatastoreAdmin on /storage/local for claude-code@pve',
    ]);
  });

  test('leaves what it can not know to be unused, and says why', () => {
    const facts = prepared(9);
    const narrowed = (more: Partial<typeof facts>) => {
      const plan = planFor('bootstrapAccess', { ...facts, ...more }, { profile: 'evacuation' });
      return plan.items
        .filter(({ state }) => state === 'leave')
        .map(({ what, details }) => [what, ...details]);
    };
    const pool = { pool: 'pxm-builds', comment: ours, members: 2 };
    expect(narrowed({ pools: [pool] })).toEqual([['pool pxm-builds', 'it is not empty (members: 2)']]);
    expect(narrowed({ pools: [{ pool: 'pxm-builds', comment: 'by hand' }] })).toEqual([
      ['pool pxm-builds', 'made by somebody else'],
    ]);
    const used = [...facts.acl, entry('/vms/100', 'ClaudeCodeManagerBuilds', 'someone@pve')];
    expect(narrowed({ acl: used })).toEqual([
      ['role ClaudeCodeManagerBuilds', 'it is in use: ClaudeCodeManagerBuilds on /vms/100 for someone@pve'],
    ]);
    const users = [{ user: settings.user, enabled: true, expiresAt: 0, comment: 'by hand' }];
    expect(narrowed({ users }).map(([what]) => what)).toEqual([
      'entry PVEDatastoreAdmin on /storage/local for claude-code@pve',
      'entry ClaudeCodeManagerBuilds on /pool/pxm-builds for claude-code@pve',
      'role ClaudeCodeManagerBuilds',
    ]);
  });

  test('takes a wider profile away from a token with entries of its own too', () => {
    const facts = prepared(9);
    const tokens = facts.tokens.map((token) => ({ ...token, privilegeSeparation: true }));
    const own = facts.acl.map((it) => ({ ...it, kind: 'token' as const, subject: tokenId }));
    const plan = planFor(
      'bootstrapAccess',
      { ...facts, tokens, acl: [...facts.acl, ...own] },
      { profile: 'evacuation', privilegeSeparation: true },
    );
    expect(stepIds(plan)).toContain(`remove-acl-/pool/pxm-builds-${tokenId}-ClaudeCodeManagerBuilds`);
    expect(stepIds(plan)).toContain('remove-role-ClaudeCodeManagerBuilds');
    expect(stepIds(plan)).not.toContain(`remove-acl-/-${tokenId}-ClaudeCodeManager`);
  });

  test('refuses a built-in role and a storage that does not exist', () => {
    expect(() => planFor('bootstrapAccess', untouched(), { role: 'PVEDatastoreAdmin' })).toThrow(
      /built into/,
    );
    expect(() => planFor('bootstrapAccess', untouched(), { importStorage: 'nas' })).toThrow(/no storage nas/);
  });

  test('enables a user that is disabled or has expired', () => {
    const facts = prepared();
    const users = [{ user: settings.user, enabled: false, expiresAt: 5, comment: ours }];
    const plan = planFor('bootstrapAccess', { ...facts, users });
    expect(stepIds(plan)).toEqual(['user-claude-code@pve']);
    expect(plan.items.find(({ state }) => state === 'change')?.details).toHaveLength(2);
  });

  test('has another hash where what it makes is there by then, made by somebody else', () => {
    const before = untouched();
    const plan = planFor('bootstrapAccess', before);
    const token = { tokenId, privilegeSeparation: false, expiresAt: 0, comment: 'by hand' };
    const role = { name: settings.role, privileges: ['Sys.Audit'], builtIn: false };
    for (const later of [{ tokens: [token] }, { roles: [...before.roles, role] }]) {
      const now = planFor('bootstrapAccess', { ...before, ...later });
      expect(stepIds(now)).toEqual(stepIds(plan));
      expect(now.hash).not.toBe(plan.hash);
      expect(accessDifference(plan, now).join()).toMatch(/(token|role) .*: (replace|change), before create/);
    }
  });

  test('has another hash where something to be left has come', () => {
    const facts = prepared();
    const other = { ...facts, acl: [...facts.acl, entry('/vms', 'PVEVMUser')] };
    const [one, two] = [planFor('undoAccess', facts), planFor('bootstrapAccess', other)];
    expect(two.hash).not.toBe(planFor('bootstrapAccess', facts).hash);
    expect(one.hash).toBe(planFor('undoAccess', facts).hash);
  });

  test('has a hash of what would be done, and says what differs from another plan', () => {
    const one = planFor('bootstrapAccess', untouched(9));
    const same = planFor('bootstrapAccess', { ...untouched(9), storages: ['local', 'nas'] });
    const other = planFor('bootstrapAccess', prepared(9), { profile: 'read' });
    expect(same.hash).toBe(one.hash);
    expect(accessDifference(one, same)).toEqual([]);
    expect(other.hash).not.toBe(one.hash);
    expect(accessDifference(one, other).length).toBeGreaterThan(0);
    expect(accessDifference(one, other)).toContain(
      'Otherwise than before: Give the role ClaudeCodeManager its privileges.',
    );
  });
});
