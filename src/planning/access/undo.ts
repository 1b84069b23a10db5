import type { AccessSettings } from '../../config/clusterConfig';
import type { AccessProfile, AclEntry } from '../../domain/access';
import type { AccessItem } from '../../domain/accessPlan';
import { buildsPool, buildsRole, desiredAccess, importStorageRole } from './desired';
import type { AccessFacts, RoleFact } from './facts';
import { isMarked } from './marks';
import { joined, type AccessOutline } from './outline';
import { entryInWords, sameEntry, step } from './words';

const profiles: readonly AccessProfile[] = ['full', 'evacuation', 'read'];

/**
 * Away with what bootstrap made, and nothing else: users, tokens and pools by their comment, entries of our user
 * only, roles only if name and privileges are ours and nobody else uses them. What is left is named with the reason.
 */
export function outlineUndo(facts: AccessFacts, settings: AccessSettings): AccessOutline {
  const ourTokens = facts.tokens.filter(isMarked);
  const foreign = facts.tokens.filter((token) => !isMarked(token));
  // A token of somebody else lives on the user, its entries and its role.
  const entries = foreign.length === 0 ? removableEntries(facts, settings) : [];
  const gone = new Set(ourTokens.map(({ tokenId }) => tokenId));
  const left = facts.acl.filter(
    (entry) => !entries.some((it) => sameEntry(it, entry)) && !gone.has(entry.subject),
  );
  return joined([
    ...ourTokens.map(({ tokenId }) => removal(`token ${tokenId}`, step({ kind: 'removeToken', tokenId }))),
    ...foreign.map(({ tokenId }) => leaving(`token ${tokenId}`, 'made by somebody else')),
    ...entries.map((entry) => removal(`entry ${entryInWords(entry)}`, step({ kind: 'removeAcl', entry }))),
    ...rolesOf(facts, settings).map((role) => outlineRole(facts, role, settings, left)),
    ...facts.pools.filter(({ pool }) => pool === buildsPool).map(outlinePool),
    outlineUser(facts, settings.user, foreign.length > 0),
    outlineStore(facts, gone),
  ]);
}

function removal(what: string, planned: ReturnType<typeof step>): Partial<AccessOutline> {
  return { items: [{ what, state: 'remove', details: [] }], steps: [planned] };
}

function leaving(what: string, why: string): Partial<AccessOutline> {
  const item: AccessItem = { what, state: 'leave', details: [why] };
  return { items: [item] };
}

/** All entries of a user of ours; of somebody else's user only those that bootstrap gives. */
function removableEntries(facts: AccessFacts, settings: AccessSettings): readonly AclEntry[] {
  const { user, role, importStorage } = settings;
  const known = facts.users.find((it) => it.user === user);
  const own = facts.acl.filter(({ subject }) => subject === user);
  if (known !== undefined && isMarked(known)) return own;
  const exact = rolesOf(facts, settings)
    .filter((it) => isExactlyOurs(it, facts, settings))
    .map(({ name }) => name);
  return own.filter(
    (entry) =>
      exact.includes(entry.role) ||
      (entry.role === importStorageRole &&
        exact.includes(role) &&
        importStorage !== undefined &&
        entry.path === `/storage/${importStorage}`),
  );
}

function rolesOf({ roles }: AccessFacts, { role }: AccessSettings): readonly RoleFact[] {
  return roles.filter(({ name }) => name === role || name === buildsRole(role));
}

/** Any profile's set counts: the configuration may have changed since bootstrap ran. */
function isExactlyOurs(role: RoleFact, { major }: AccessFacts, settings: AccessSettings): boolean {
  const text = role.privileges.toSorted().join();
  return profiles.some((profile) =>
    desiredAccess({ ...settings, profile }, major).roles.some(
      (wanted) => wanted.name === role.name && wanted.privileges.join() === text,
    ),
  );
}

function outlineRole(
  facts: AccessFacts,
  role: RoleFact,
  settings: AccessSettings,
  left: readonly AclEntry[],
): Partial<AccessOutline> {
  const what = `role ${role.name}`;
  if (!isExactlyOurs(role, facts, settings)) return leaving(what, 'its privileges are not exactly ours');
  const user = left.find((entry) => entry.role === role.name);
  if (user !== undefined) return leaving(what, `it is in use: ${entryInWords(user)}`);
  return removal(what, step({ kind: 'removeRole', role: role.name, privileges: role.privileges.toSorted() }));
}

function outlinePool(pool: AccessFacts['pools'][number]): Partial<AccessOutline> {
  const what = `pool ${pool.pool}`;
  if (!isMarked(pool)) return leaving(what, 'made by somebody else');
  return removal(what, step({ kind: 'removePool', pool: pool.pool }));
}

function outlineUser(facts: AccessFacts, user: string, hasForeign: boolean): Partial<AccessOutline> {
  const present = facts.users.find((it) => it.user === user);
  const what = `user ${user}`;
  if (present === undefined) return {};
  if (!isMarked(present)) return leaving(what, 'made by somebody else');
  if (hasForeign) return leaving(what, 'it has a token that was made by somebody else');
  return removal(what, step({ kind: 'removeUser', user }));
}

/** The store forgets what no longer exists. */
function outlineStore(facts: AccessFacts, gone: ReadonlySet<string>): Partial<AccessOutline> {
  const { stored, previousTokenId, tokens } = facts;
  const held = [stored.state === 'token' ? stored.tokenId : [], previousTokenId ?? []].flat();
  const isVoid = (tokenId: string) =>
    gone.has(tokenId) ||
    (stored.state === 'token' &&
      !stored.works &&
      stored.tokenId === tokenId &&
      !tokens.some((it) => it.tokenId === tokenId));
  return joined(
    [...new Set(held)].map((tokenId) =>
      isVoid(tokenId)
        ? removal(`stored secret of ${tokenId}`, step({ kind: 'forgetToken', tokenId }))
        : leaving(`stored secret of ${tokenId}`, 'its token is not removed'),
    ),
  );
}
