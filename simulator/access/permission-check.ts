import { permissionDenied } from '../http/errors';
import type { MethodSchema } from '../schema/load';
import { hasPrivilege, privilegesOn, type PrivilegeContext } from './evaluate';
import type { Identity } from './state';

/** The values that paths in checks are filled with: path and body parameters as sent. */
export type CheckValues = ReadonlyMap<string, string>;

interface Check {
  readonly context: PrivilegeContext;
  readonly identity: Identity;
  readonly values: CheckValues;
}

/** Undefined if allowed, else what stands in brackets in the 403; empty for no detail. */
type Denial = string | undefined;

/** Ends the call with Proxmox's 403 unless the schema's permissions allow it (behaviour.md 1.4). */
export function checkSchemaPermissions(
  method: MethodSchema,
  context: PrivilegeContext,
  identity: Identity,
  values: CheckValues,
): void {
  if (identity.isRoot) return;
  const { permissions } = method;
  if (permissions?.user === 'all' || permissions?.user === 'world') return;
  if (permissions?.check === undefined) return permissionDenied('user != root@pam');
  const denial = evaluate(permissions.check, { context, identity, values });
  if (denial !== undefined) permissionDenied(denial === '' ? undefined : denial);
}

function evaluate(check: readonly unknown[], given: Check): Denial {
  const [kind, ...rest] = check;
  if (kind === 'perm') return evaluatePrivileges(rest, given);
  if (kind === 'and')
    return rest.map((part) => evaluateNested(part, given)).find((denial) => denial !== undefined);
  if (kind === 'or') return rest.some((part) => evaluateNested(part, given) === undefined) ? undefined : '';
  if (kind === 'userid-param') return evaluateUserParameter(rest[0], given);
  if (kind === 'userid-group') return evaluateUserGroups(rest, given);
  if (kind === 'perm-modify') return evaluateModify(given);
  throw new Error(`unknown permission check ${String(kind)}`);
}

function evaluateNested(part: unknown, given: Check): Denial {
  return Array.isArray(part) ? evaluate(part, given) : undefined;
}

function evaluatePrivileges(rest: readonly unknown[], given: Check): Denial {
  const [template, privileges, ...options] = rest;
  const names = stringsOf(privileges);
  const path = fill(String(template), given.values);
  const any = options.includes('any');
  const held = hasPrivilege(given.context, given.identity, path, names, !any);
  if (held) return undefined;
  if (any) return `${path}, ${names.join('|')}`;
  const lacking = names.find((name) => !hasPrivilege(given.context, given.identity, path, [name]));
  return `${path}, ${lacking ?? names.join(', ')}`;
}

function evaluateUserParameter(argument: unknown, { context, identity, values }: Check): Denial {
  const userid = values.get('userid') ?? '';
  if (argument === 'self') return userid === identity.user && identity.tokenId === undefined ? undefined : '';
  const path = `/access/realm/${userid.split('@')[1] ?? ''}`;
  const privileges = stringsOf([argument]);
  return hasPrivilege(context, identity, path, privileges) ? undefined : `${path}, ${privileges.join('|')}`;
}

function evaluateUserGroups(rest: readonly unknown[], { context, identity, values }: Check): Denial {
  const privileges = stringsOf(rest[0]);
  if (hasPrivilege(context, identity, '/access/groups', privileges)) return undefined;
  const groups = context.access.users.get(values.get('userid') ?? '')?.groups ?? new Set<string>();
  const allowed = [...groups].some((group) =>
    hasPrivilege(context, identity, `/access/groups/${group}`, privileges),
  );
  return allowed ? undefined : `/access/groups, ${privileges.join('|')}`;
}

/** Changing an ACL: Permissions.Modify, or the privilege to allocate the kind of object (recording 9 c2). */
function evaluateModify({ context, identity, values }: Check): Denial {
  const path = values.get('path') ?? '/';
  const held = privilegesOn(context, identity, path);
  const [, kind, object] = path.split('/');
  const alternatives = new Map([
    ['storage', 'Datastore.Allocate'],
    ['vms', 'VM.Allocate'],
    ['pool', 'Pool.Allocate'],
  ]);
  const alternative = object === undefined ? undefined : alternatives.get(kind ?? '');
  const accepted = ['Permissions.Modify', ...(alternative === undefined ? [] : [alternative])];
  return accepted.some((privilege) => held.has(privilege)) ? undefined : `${path}, ${accepted.join('|')}`;
}

function fill(template: string, values: CheckValues): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => values.get(name) ?? '');
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((part) => typeof part === 'string') : [];
}
