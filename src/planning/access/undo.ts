import type { AccessSettings } from '../../config/clusterConfig';
import type { AclEntry } from '../../domain/access';
import { buildsPool, buildsRole, importStorageRole } from './desired';
import type { AccessFacts, RoleFact } from './facts';
import { isMarked } from './marks';
import { joined, type AccessOutline } from './outline';
import { isExactlyOurs, leaving, poolRemoval, removal, roleRemoval } from './removals';
import { outlineStaged } from './staged';
import { entryInWords, sameEntry, step, tokenParts } from './words';

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
    ...rolesOf(facts, settings).map((role) => roleRemoval(facts, role, settings, left)),
    ...facts.pools.filter(({ pool }) => pool === buildsPool).map((pool) => poolRemoval(pool)),
    outlineUser(facts, settings.user, foreign.length > 0),
    outlineStore(facts, settings, gone),
  ]);
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

function outlineUser(facts: AccessFacts, user: string, hasForeign: boolean): Partial<AccessOutline> {
  const present = facts.users.find((it) => it.user === user);
  const what = `user ${user}`;
  if (present === undefined) return {};
  if (!isMarked(present)) return leaving(what, 'made by somebody else');
  if (hasForeign) return leaving(what, 'it has a token that was made by somebody else');
  return removal(what, step({ kind: 'removeUser', user }));
}

/**
 * The store forgets what no longer exists: what is removed here, and a token of our user that is not there any more and
 * that every node that answers refuses. Tokens of other users are not looked at, so nothing is known of them.
 */
function outlineStore(
  facts: AccessFacts,
  { user, token }: AccessSettings,
  gone: ReadonlySet<string>,
): Partial<AccessOutline> {
  const { stored, previousTokenId, tokens } = facts;
  const held = [stored.state === 'token' ? stored.tokenId : [], previousTokenId ?? []].flat();
  const isVoid = (tokenId: string) =>
    gone.has(tokenId) ||
    (stored.state === 'token' &&
      !stored.works &&
      stored.tokenId === tokenId &&
      tokenParts(tokenId).user === user &&
      !tokens.some((it) => it.tokenId === tokenId));
  const all = [...new Set(held)];
  const [forgotten, kept] = [all.filter(isVoid), all.filter((it) => !isVoid(it))];
  return joined([
    ...forgotten.map((tokenId) =>
      removal(`stored secret of ${tokenId}`, step({ kind: 'forgetToken', tokenId })),
    ),
    ...kept.map((tokenId) => leaving(`stored secret of ${tokenId}`, 'its token is not removed')),
    outlineStaged(facts, `${user}!${token}`, { forgotten, kept }),
  ]);
}
