import { allPrivileges } from './privileges';
import { fullTokenId, type AccessState, type AclEntry, type AclSubjectKind, type Identity } from './state';

/** What privileges are evaluated against. */
export interface PrivilegeContext {
  readonly access: AccessState;
  readonly major: 8 | 9;
  /** The pool a guest or storage belongs to, for paths such as `/vms/100`. */
  poolOf(path: string): string | undefined;
}

type Privileges = Map<string, boolean>;

/**
 * The privileges on a path, each with whether it came by propagation or by an entry that
 * propagates (behaviour.md 2.3): the deepest level with a matching entry decides alone, pools add.
 */
export function privilegesOn(context: PrivilegeContext, identity: Identity, path: string): Privileges {
  if (identity.user === 'root@pam' && identity.tokenId === undefined) return everything(context);
  const ofUser =
    identity.user === 'root@pam'
      ? everything(context)
      : withPool(context, userSubjects(context, identity), path);
  if (identity.tokenId === undefined) return ofUser;
  const token = context.access.users.get(identity.user)?.tokens.get(identity.tokenId);
  if (token === undefined) return new Map();
  if (!token.privilegeSeparation) return ofUser;
  const tokenSubjects: Subjects[] = [
    { kind: 'token', names: [fullTokenId(identity.user, identity.tokenId)] },
  ];
  const ofToken = withPool(context, tokenSubjects, path);
  return new Map([...ofToken].filter(([privilege]) => ofUser.has(privilege)));
}

/** True if the identity has any (or, with `all`, every one) of the privileges on the path. */
export function hasPrivilege(
  context: PrivilegeContext,
  identity: Identity,
  path: string,
  privileges: readonly string[],
  all = false,
): boolean {
  const held = privilegesOn(context, identity, path);
  return all
    ? privileges.every((privilege) => held.has(privilege))
    : privileges.some((privilege) => held.has(privilege));
}

interface Subjects {
  readonly kind: AclSubjectKind;
  readonly names: readonly string[];
}

function everything({ major }: PrivilegeContext): Privileges {
  return new Map([...allPrivileges(major)].map((privilege) => [privilege, true]));
}

/** Most specific first: at each level the first kind that has an entry wins. */
function userSubjects({ access }: PrivilegeContext, identity: Identity): Subjects[] {
  const groups = [...(access.users.get(identity.user)?.groups ?? [])];
  return [
    { kind: 'user', names: [identity.user] },
    { kind: 'group', names: groups },
  ];
}

function withPool(context: PrivilegeContext, subjects: readonly Subjects[], path: string): Privileges {
  const roles = rolesOn(context.access, subjects, path);
  const pool = context.poolOf(path);
  if (pool !== undefined && !roles.has('NoAccess')) {
    for (const [role, propagate] of rolesOn(context.access, subjects, `/pool/${pool}`))
      roles.set(role, propagate);
  }
  if (roles.has('NoAccess')) return new Map();
  const privileges: Privileges = new Map();
  for (const [role, propagate] of roles) {
    for (const privilege of context.access.roles.get(role)?.privileges ?? []) {
      privileges.set(privilege, propagate || privileges.get(privilege) === true);
    }
  }
  return privileges;
}

function rolesOn(access: AccessState, subjects: readonly Subjects[], path: string): Map<string, boolean> {
  let roles = new Map<string, boolean>();
  for (const level of levelsOf(path)) {
    const entries = entriesAt(access, subjects, level, level === path);
    if (entries.length > 0) roles = new Map(entries.map((entry) => [entry.role, entry.propagate]));
  }
  return roles;
}

function entriesAt(
  access: AccessState,
  subjects: readonly Subjects[],
  level: string,
  exact: boolean,
): AclEntry[] {
  for (const { kind, names } of subjects) {
    const entries = access.acl.filter(
      (entry) =>
        entry.path === level &&
        entry.kind === kind &&
        names.includes(entry.subject) &&
        (exact || entry.propagate),
    );
    if (entries.length > 0) return entries;
  }
  return [];
}

/** `/a/b` -> `/`, `/a`, `/a/b`. */
function levelsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)];
}
