import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { requireAccessQuorum } from './quorum';
import type { TokenState, UserState } from './state';

const details = ['comment', 'email', 'firstname', 'lastname', 'keys'];

/** Users (behaviour.md 10.1, recordings c1). */
export const userEndpoints: EndpointTable = {
  'GET /access/users': listUsers,
  'GET /access/users/{userid}': readUser,
  'POST /access/users': createUser,
  'PUT /access/users/{userid}': changeUser,
  'DELETE /access/users/{userid}': deleteUser,
};

function listUsers(call: ApiCall): unknown {
  const { cluster, identity, parameters } = call;
  const mayAll = call.may('/access/groups', ['User.Modify', 'Sys.Audit']);
  const wantEnabled = parameters.has('enabled') ? parameters.flag('enabled') : undefined;
  const full = parameters.flag('full');
  return [...cluster.access.users.values()]
    .filter((user) => mayAll || (user.id === identity.user && identity.tokenId === undefined))
    .filter((user) => wantEnabled === undefined || user.enabled === wantEnabled)
    .sort((one, other) => one.id.localeCompare(other.id))
    .map((user) => userRow(call, user, full));
}

function userRow({ cluster }: ApiCall, user: UserState, full: boolean): unknown {
  const realmType = cluster.access.realms.get(user.id.split('@')[1] ?? '')?.type;
  const tokens = sortedTokens(user);
  return {
    userid: user.id,
    ...common(user),
    ...(realmType === undefined ? {} : { 'realm-type': realmType }),
    ...(full
      ? {
          groups: [...user.groups].join(','),
          tokens: tokens.length === 0 ? null : tokens.map((token) => tokenRow(token)),
        }
      : {}),
  };
}

function common(user: UserState): Record<string, unknown> {
  const shown = [...user.details].filter(([key]) => key !== 'keys');
  return { enable: user.enabled ? 1 : 0, expire: user.expire, ...Object.fromEntries(shown) };
}

/** A user's tokens by name, as user.cfg keeps them. */
export function sortedTokens(user: UserState): TokenState[] {
  return [...user.tokens.values()].sort((one, other) => one.id.localeCompare(other.id));
}

/** A token as lists show it. */
export function tokenRow(token: TokenState): Record<string, unknown> {
  return { tokenid: token.id, ...tokenInformation(token) };
}

/** What is told about a token beside its name. */
export function tokenInformation({
  expire,
  privilegeSeparation,
  comment,
}: TokenState): Record<string, unknown> {
  return { expire, privsep: privilegeSeparation ? 1 : 0, ...(comment === undefined ? {} : { comment }) };
}

function readUser({ cluster, parameters }: ApiCall): unknown {
  const id = parameters.text('userid');
  const user = cluster.access.users.get(id) ?? fail(`no such user ('${id}')`);
  const tokens = [...user.tokens.values()].map((token) => [token.id, tokenInformation(token)] as const);
  return {
    ...common(user),
    groups: [...user.groups],
    ...(tokens.length === 0 ? {} : { tokens: Object.fromEntries(tokens) }),
  };
}

function createUser(call: ApiCall): null {
  requireAccessQuorum(call, 'create user failed');
  const { cluster, parameters } = call;
  const id = parameters.text('userid');
  if (cluster.access.users.has(id)) fail(`create user failed: user '${id}' already exists`);
  const user: UserState = {
    id,
    enabled: true,
    expire: 0,
    password: parameters.optionalText('password'),
    groups: new Set(),
    details: new Map(),
    tokens: new Map(),
  };
  applyDetails(call, user);
  cluster.access.users.set(id, user);
  return null;
}

function changeUser(call: ApiCall): null {
  requireAccessQuorum(call, 'update user failed');
  const id = call.parameters.text('userid');
  applyDetails(call, call.cluster.access.users.get(id) ?? fail(`no such user ('${id}')`));
  return null;
}

function applyDetails({ parameters }: ApiCall, user: UserState): void {
  user.enabled = parameters.flag('enable', user.enabled);
  user.expire = parameters.optionalInteger('expire') ?? user.expire;
  if (parameters.has('groups') && !parameters.flag('append')) user.groups.clear();
  for (const group of parameters.list('groups')) user.groups.add(group);
  for (const key of details) {
    const value = parameters.optionalText(key);
    if (value !== undefined) user.details.set(key, value);
  }
}

/** Deleting a user that doesn't exist is no error (recording c1). */
function deleteUser(call: ApiCall): null {
  requireAccessQuorum(call, 'delete user failed');
  const { access } = call.cluster;
  const id = call.parameters.text('userid');
  access.users.delete(id);
  const ofTokens = access.acl.filter(({ subject }) => subject.startsWith(`${id}!`));
  access.staleEntries.push(...ofTokens.map(({ subject }) => `token '${subject}'`));
  access.acl = access.acl.filter(({ subject }) => subject !== id && !subject.startsWith(`${id}!`));
  return null;
}
