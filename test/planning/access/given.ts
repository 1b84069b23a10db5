import type { AccessSettings } from '../../../src/config/clusterConfig';
import type { AclEntry, ProxmoxMajor } from '../../../src/domain/access';
import type { AccessOperation, AccessPlan } from '../../../src/domain/accessPlan';
import { desiredAccess } from '../../../src/planning/access/desired';
import type { AccessFacts } from '../../../src/planning/access/facts';
import { markOf } from '../../../src/planning/access/marks';
import { planAccess } from '../../../src/planning/access/plan';

/** The seed's names. */
export const settings: AccessSettings = {
  user: 'claude-code@pve',
  role: 'ClaudeCodeManager',
  token: 'automation',
  profile: 'full',
  privilegeSeparation: false,
  importStorage: 'local',
};

export const ours = markOf('lab');
export const tokenId = 'claude-code@pve!automation';

/** A cluster that nobody has prepared. */
export function untouched(major: ProxmoxMajor = 8): AccessFacts {
  return {
    major,
    roles: [{ name: 'PVEDatastoreAdmin', privileges: ['Datastore.Allocate'], builtIn: true }],
    users: [{ user: 'root@pam', enabled: true, expiresAt: 0, comment: '' }],
    tokens: [],
    acl: [],
    pools: [],
    storages: ['local', 'local-lvm'],
    stored: { state: 'nothing' },
    trust: { nodes: [] },
  };
}

/** A cluster that bootstrap has prepared. */
export function prepared(major: ProxmoxMajor = 8, wanted: AccessSettings = settings): AccessFacts {
  const desired = desiredAccess(wanted, major);
  const bare = untouched(major);
  return {
    ...bare,
    roles: [...bare.roles, ...desired.roles.map((role) => ({ ...role, builtIn: false }))],
    users: [...bare.users, { user: wanted.user, enabled: true, expiresAt: 0, comment: ours }],
    tokens: [{ tokenId, privilegeSeparation: false, expiresAt: 0, comment: ours }],
    acl: desired.acl,
    pools: desired.pools.map((pool) => ({ pool, comment: ours })),
    stored: { state: 'token', tokenId, works: true },
  };
}

/** The plan for some facts. */
export function planFor(
  operation: AccessOperation,
  facts: AccessFacts,
  wanted: Partial<AccessSettings> = {},
): AccessPlan {
  return planAccess({
    operation,
    cluster: 'lab',
    facts,
    settings: { ...settings, ...wanted },
    store: 'pass entry lab/token',
    node: 'pve01',
    times: { approvalExpiresAfterMs: 1000, remindEveryMs: 1000, stallAfterMs: 1000 },
    madeAt: new Date('2026-11-25T20:00:00Z'),
  });
}

/** IDs of the steps, in order. */
export function stepIds(plan: AccessPlan): readonly string[] {
  return plan.steps.map(({ id }) => id);
}

export function entry(path: string, role: string, subject = settings.user): AclEntry {
  const kind = subject.includes('!') ? 'token' : 'user';
  return { path, kind, subject, role, propagate: true };
}
