import { readFileSync, writeFileSync } from 'node:fs';

import type { AccessPlan } from '../../../src/domain/accessPlan';
import { stepIds } from '../../planning/access/given';
import { startLab, untouched, type AccessLab } from './support/lab';

const user = 'claude-code@pve';
const role = 'ClaudeCodeManager';
const byHand = 'made by hand';

describe('what somebody has made since the plan was made', () => {
  let lab: AccessLab;
  beforeEach(async () => {
    lab = await startLab(untouched('9'));
  });
  afterEach(async () => lab.close());

  const cluster = () => lab.simulator.control.cluster;
  const tokens = () => cluster().access.users.get(user)?.tokens ?? new Map<string, never>();

  /** A token as an administrator makes it. */
  function makeToken(id: string, comment: string | undefined = byHand): void {
    const secret = '33333333-3333-3333-3333-333333333333';
    cluster()
      .access.users.get(user)
      ?.tokens.set(id, { id, secret, privilegeSeparation: false, expire: 0, comment });
  }

  async function perform(plan: AccessPlan, id: string): Promise<unknown> {
    const step = plan.steps.find((it) => it.id === id);
    if (step === undefined) throw new Error(`the plan has no step ${id}: ${stepIds(plan).join(' ')}`);
    return lab.step(plan, step);
  }

  const drifted = { type: 'PlanDrifted' };

  test('is not destroyed to make a token of that name', async () => {
    const plan = await lab.plan('bootstrapAccess');
    await lab.perform({ ...plan, steps: plan.steps.slice(0, -1) });
    makeToken('automation');
    await expect(perform(plan, `token-${user}!automation`)).rejects.toMatchObject(drifted);
    expect(tokens().get('automation')).toMatchObject({ comment: byHand });
  });

  test('is replaced only if the plan has seen exactly that token', async () => {
    await lab.bring('bootstrapAccess');
    makeToken('automation', 'first');
    const plan = await lab.plan('bootstrapAccess');
    makeToken('automation', 'second');
    await expect(perform(plan, `token-${user}!automation`)).rejects.toMatchObject(drifted);
    makeToken('automation', 'first');
    await perform(plan, `token-${user}!automation`);
    expect(readFileSync(lab.tokenFile, 'utf8')).toContain(tokens().get('automation')?.secret ?? 'none');
  });

  test('is not overwritten to make a role of that name, or to change one', async () => {
    const plan = await lab.plan('bootstrapAccess');
    const { roles } = cluster().access;
    const made = { id: role, privileges: new Set(['VM.Audit']), special: false };
    roles.set(role, made);
    await expect(perform(plan, `role-${role}`)).rejects.toMatchObject(drifted);
    const change = await lab.plan('bootstrapAccess');
    roles.set(role, { ...made, privileges: new Set(['Sys.Audit']) });
    await expect(perform(change, `role-${role}`)).rejects.toMatchObject(drifted);
    expect(roles.get(role)?.privileges.has('VM.Migrate')).toBe(false);
    roles.set(role, made);
    await perform(change, `role-${role}`);
    expect(roles.get(role)?.privileges.has('VM.Migrate')).toBe(true);
  });

  test('is not removed with a token of the same name', async () => {
    await lab.bring('bootstrapAccess');
    const plan = await lab.plan('undoAccess');
    makeToken('automation');
    await expect(perform(plan, `remove-token-${user}!automation`)).rejects.toMatchObject(drifted);
    expect(tokens().has('automation')).toBe(true);
  });

  test('is not removed with its user', async () => {
    await lab.bring('bootstrapAccess');
    const plan = await lab.plan('undoAccess');
    await perform(plan, `remove-token-${user}!automation`);
    makeToken('of-an-admin');
    await expect(perform(plan, `remove-user-${user}`)).rejects.toMatchObject(drifted);
    tokens().delete('of-an-admin');
    cluster().access.users.get(user)?.details.set('comment', byHand);
    await expect(perform(plan, `remove-user-${user}`)).rejects.toMatchObject(drifted);
    expect(cluster().access.users.has(user)).toBe(true);
  });

  test('is not removed as a pool of ours, nor what is in it', async () => {
    await lab.bring('bootstrapAccess');
    const plan = await lab.plan('undoAccess');
    const pool = cluster().pools.get('pxm-builds');
    if (pool === undefined) throw new Error('there is no pool');
    cluster().pools.set('pxm-builds', { ...pool, comment: byHand });
    await expect(perform(plan, 'remove-pool-pxm-builds')).rejects.toMatchObject(drifted);
    cluster().pools.set('pxm-builds', { ...pool, storages: new Set(['local']) });
    await expect(perform(plan, 'remove-pool-pxm-builds')).rejects.toMatchObject(drifted);
    cluster().pools.set('pxm-builds', pool);
    await perform(plan, 'remove-pool-pxm-builds');
    expect(cluster().pools.has('pxm-builds')).toBe(false);
  });
});

describe('a node that refuses what the others accept', () => {
  let lab: AccessLab;
  beforeEach(async () => {
    lab = await startLab(untouched('9'));
    await lab.bring('bootstrapAccess');
  });
  afterEach(async () => lab.close());

  const refuse = () =>
    lab.simulator.control.faultRequest(
      { node: 'pve03', path: '/version', times: 1000 },
      { moment: 'before handling', then: { status: 401, reason: 'invalid token value!' } },
    );
  const ids = () => [...(lab.simulator.control.cluster.access.users.get(user)?.tokens.keys() ?? [])];

  test('lets no plan be made that replaces a working token, and no step act', async () => {
    const stored = readFileSync(lab.tokenFile, 'utf8');
    const plan = await lab.plan('rotateToken');
    const issue = plan.steps.find(({ action }) => action.kind === 'issueToken');
    if (issue?.action.kind !== 'issueToken') throw new Error('the plan makes no token');
    refuse();
    for (const operation of ['bootstrapAccess', 'rotateToken'] as const)
      await expect(lab.plan(operation)).rejects.toThrow(/refused by pve03/);
    const again = { ...issue, action: { ...issue.action, tokenId: `${user}!automation` } };
    await expect(lab.step(plan, again)).rejects.toThrow(/refused by pve03/);
    expect(ids()).toEqual(['automation']);
    expect(readFileSync(lab.tokenFile, 'utf8')).toBe(stored);
  });

  test('leaves the token in use alone where another privilege separation is wanted', async () => {
    const stored = readFileSync(lab.tokenFile, 'utf8');
    const plan = await lab.plan('bootstrapAccess', { privilegeSeparation: true });
    const withdraw = refuse();
    await expect(lab.perform(plan)).rejects.toThrow(/refused by pve03/);
    expect(ids()).toEqual(['automation']);
    expect(readFileSync(lab.tokenFile, 'utf8')).toBe(stored);
    withdraw();
    await lab.perform(plan);
    expect(ids()).toEqual(['automation-2']);
    expect((await lab.plan('bootstrapAccess', { privilegeSeparation: true })).steps).toEqual([]);
  });
});

describe('an issue that broke off', () => {
  test('leaves nothing for good: the next operation takes its token and its secret away', async () => {
    const lab = await startLab(untouched('9'));
    try {
      await lab.bring('bootstrapAccess');
      const comment = 'Made by proxmox-manager for cluster lab';
      const secret = '44444444-4444-4444-4444-444444444444';
      const { tokens } = lab.simulator.control.cluster.access.users.get(user) ?? {};
      const left = { id: 'automation-2', secret, privilegeSeparation: false, expire: 0, comment };
      tokens?.set('automation-2', left);
      writeFileSync(`${lab.tokenFile}.new`, `${user}!automation-2\n${secret}\n`, { mode: 0o600 });
      const plan = await lab.bring('bootstrapAccess');
      expect(stepIds(plan)).toEqual([`remove-token-${user}!automation-2`, `forget-${user}!automation-2`]);
      expect([...(tokens?.keys() ?? [])]).toEqual(['automation']);
      expect((await lab.plan('bootstrapAccess')).steps).toEqual([]);

      writeFileSync(`${lab.tokenFile}.new`, 'half a tok', { mode: 0o600 });
      await lab.bring('undoAccess');
      expect((await lab.plan('undoAccess')).items).toEqual([]);
    } finally {
      await lab.close();
    }
  });
});
