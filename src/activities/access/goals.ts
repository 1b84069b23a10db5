import type { AccessCommand } from '../../domain/accessPlan';
import { sameEntry, tokenParts } from '../../planning/access/words';
import { readAcl, readPools, readRoles, readTokens, readUsers } from './lists';
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
    case 'removeToken': {
      const { user, name } = tokenParts(action.tokenId);
      const hasUser = (await readUsers(shell)).some((it) => it.user === user);
      const tokens = hasUser ? await readTokens(shell, user) : [];
      const exists = tokens.some(({ tokenId }) => tokenId === action.tokenId);
      return exists ? open('pveum', 'user', 'token', 'delete', user, name) : reached;
    }
    case 'removeRole':
      return lookAtUnusedRole(shell, action);
    case 'removePool': {
      const exists = (await readPools(shell)).some(({ pool }) => pool === action.pool);
      return exists ? open('pveum', 'pool', 'delete', action.pool) : reached;
    }
    case 'removeUser': {
      const exists = (await readUsers(shell)).some(({ user }) => user === action.user);
      return exists ? open('pveum', 'user', 'delete', action.user) : reached;
    }
  }
}

const reached: Seen = { state: 'reached' };

function open(...command: Words): Seen {
  return { state: 'open', command };
}

async function lookAtRole(
  shell: RootShell,
  { role, privileges }: Extract<AccessCommand, { readonly kind: 'setRole' }>,
): Promise<Seen> {
  const present = (await readRoles(shell)).find(({ name }) => name === role);
  if (present !== undefined && sameSet(present.privileges, privileges)) return reached;
  const verb = present === undefined ? 'add' : 'modify';
  return open('pveum', 'role', verb, role, '--privs', privileges.join(' '));
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
    return { state: 'refused', why: `the role ${role} has other privileges than when the plan was made` };
  const user = acl.find((entry) => entry.role === role);
  if (user !== undefined)
    return { state: 'refused', why: `the role ${role} is in use by ${user.subject} on ${user.path}` };
  return open('pveum', 'role', 'delete', role);
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.toSorted().join() === other.toSorted().join();
}
