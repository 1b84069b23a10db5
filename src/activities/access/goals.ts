import type { AccessCommand, RemoveToken, SetRole } from '../../domain/accessPlan';
import { isMarked } from '../../planning/access/marks';
import { sameEntry, tokenParts } from '../../planning/access/words';
import {
  countPoolMembers,
  readAcl,
  readPools,
  readRoles,
  readTokens,
  readTokensOf,
  readUsers,
} from './lists';
import type { RootShell, Words } from './rootShell';

/** What is there of a step's object. */
export type Seen =
  | { readonly state: 'reached' }
  /** The command that reaches the goal. */
  | { readonly state: 'open'; readonly command: Words }
  /** In words: why the step must not be done. */
  | { readonly state: 'refused'; readonly why: string };

/** Looks at the object of a step, from one node's cluster file system. */
export async function lookAtGoal(shell: RootShell, action: AccessCommand): Promise<Seen> {
  switch (action.kind) {
    case 'setRole':
      return lookAtRole(shell, action);
    case 'setUser':
      return lookAtUser(shell, action);
    case 'setPool': {
      const exists = (await readPools(shell)).some(({ pool }) => pool === action.pool);
      return exists ? reached : open('pveum', 'pool', 'add', action.pool, '--comment', action.comment);
    }
    case 'setAcl':
    case 'removeAcl':
      return lookAtEntry(shell, action);
    case 'removeToken':
      return lookAtToken(shell, action);
    case 'removeRole':
      return lookAtUnusedRole(shell, action);
    case 'removePool':
      return lookAtPool(shell, action.pool);
    case 'removeUser':
      return lookAtRemovedUser(shell, action.user);
  }
}

const reached: Seen = { state: 'reached' };

function refused(why: string): Seen {
  return { state: 'refused', why };
}

function open(...command: Words): Seen {
  return { state: 'open', command };
}

async function lookAtRole(shell: RootShell, { role, privileges, replaces }: SetRole): Promise<Seen> {
  const present = (await readRoles(shell)).find(({ name }) => name === role);
  const given = ['--privs', privileges.join(' ')] as const;
  if (present === undefined) return open('pveum', 'role', 'add', role, ...given);
  if (sameSet(present.privileges, privileges)) return reached;
  if (replaces !== undefined && sameSet(present.privileges, replaces))
    return open('pveum', 'role', 'modify', role, ...given);
  return refused(
    replaces === undefined
      ? `there is a role ${role} now, and there was none when the plan was made`
      : `the role ${role} has other privileges than when the plan was made`,
  );
}

async function lookAtToken(shell: RootShell, { tokenId, comment }: RemoveToken): Promise<Seen> {
  const { user, name } = tokenParts(tokenId);
  const present = (await readTokensOf(shell, user)).find((it) => it.tokenId === tokenId);
  if (present === undefined) return reached;
  const isMeant = comment === undefined ? isMarked(present) : present.comment === comment;
  return isMeant
    ? open('pveum', 'user', 'token', 'delete', user, name)
    : refused(`the token ${tokenId} is not the one that the plan saw: its comment is another one`);
}

async function lookAtPool(shell: RootShell, pool: string): Promise<Seen> {
  const present = (await readPools(shell)).find((it) => it.pool === pool);
  if (present === undefined) return reached;
  if (!isMarked(present)) return refused(`the pool ${pool} was made anew by somebody else`);
  const members = await countPoolMembers(shell, pool);
  if (members > 0) return refused(`the pool ${pool} is not empty (members: ${members})`);
  return open('pveum', 'pool', 'delete', pool);
}

async function lookAtRemovedUser(shell: RootShell, user: string): Promise<Seen> {
  const present = (await readUsers(shell)).find((it) => it.user === user);
  if (present === undefined) return reached;
  if (!isMarked(present)) return refused(`the user ${user} was made anew by somebody else`);
  const [token] = await readTokens(shell, user);
  return token === undefined
    ? open('pveum', 'user', 'delete', user)
    : refused(`the user has a token ${token.tokenId}, which would go with it`);
}

async function lookAtUser(
  shell: RootShell,
  { user, comment }: Extract<AccessCommand, { readonly kind: 'setUser' }>,
): Promise<Seen> {
  const present = (await readUsers(shell)).find((it) => it.user === user);
  if (present === undefined) return open('pveum', 'user', 'add', user, '--comment', comment);
  const isExpired = present.expiresAt !== 0 && present.expiresAt * 1000 <= Date.now();
  if (present.enabled && !isExpired) return reached;
  return open('pveum', 'user', 'modify', user, '--enable', '1', '--expire', '0');
}

async function lookAtEntry(
  shell: RootShell,
  { kind, entry }: Extract<AccessCommand, { readonly kind: 'setAcl' | 'removeAcl' }>,
): Promise<Seen> {
  const present = (await readAcl(shell)).find((it) => sameEntry(it, entry));
  const subject = [entry.kind === 'token' ? '--tokens' : '--users', entry.subject, '--roles', entry.role];
  if (kind === 'removeAcl') {
    return present === undefined ? reached : open('pveum', 'acl', 'delete', entry.path, ...subject);
  }
  if (present?.propagate === entry.propagate) return reached;
  return open('pveum', 'acl', 'modify', entry.path, ...subject, '--propagate', entry.propagate ? '1' : '0');
}

async function lookAtUnusedRole(
  shell: RootShell,
  { role, privileges }: Extract<AccessCommand, { readonly kind: 'removeRole' }>,
): Promise<Seen> {
  const [roles, acl] = await Promise.all([readRoles(shell), readAcl(shell)]);
  const present = roles.find(({ name }) => name === role);
  if (present === undefined) return reached;
  if (!sameSet(present.privileges, privileges))
    return refused(`the role ${role} has other privileges than when the plan was made`);
  const user = acl.find((entry) => entry.role === role);
  if (user !== undefined) return refused(`the role ${role} is in use by ${user.subject} on ${user.path}`);
  return open('pveum', 'role', 'delete', role);
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.toSorted().join() === other.toSorted().join();
}
