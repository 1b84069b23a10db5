import type { ApiCall, EndpointTable } from '../http/call';
import { fail, parameterError } from '../http/errors';
import { privilegeContext } from '../cluster/state';
import { privilegesOn } from './evaluate';
import { requireAccessQuorum } from './quorum';
import type { AccessState, AclEntry, AclSubjectKind, Identity } from './state';

const validPath =
  /^(\/|\/access(\/(groups|realm)(\/[^/]+)?)?|\/nodes(\/[^/]+)?|\/pool(\/[^/]+){0,3}|\/sdn(\/.*)?|\/storage(\/[^/]+)?|\/vms(\/[1-9]\d{2,})?|\/mapping(\/[^/]+){0,2})$/;

/** Paths that GET /access/permissions always looks at (recordings c1). */
const shownPaths = ['/', '/access', '/access/groups', '/nodes', '/pool', '/sdn', '/storage', '/vms'];

/** The access control list and what follows from it. */
export const aclEndpoints: EndpointTable = {
  'GET /access/acl': listAcl,
  'PUT /access/acl': changeAcl,
  'GET /access/permissions': showPermissions,
};

function listAcl(call: ApiCall): unknown {
  return call.cluster.access.acl
    .filter(
      ({ path }) =>
        call.may('/access', ['Sys.Audit', 'Permissions.Modify']) || call.may(path, ['Permissions.Modify']),
    )
    .map(({ path, kind, subject, role, propagate }) => ({
      path,
      type: kind,
      ugid: subject,
      roleid: role,
      propagate: propagate ? 1 : 0,
    }));
}

function changeAcl(call: ApiCall): null {
  const { parameters, cluster } = call;
  const subjects = subjectsOf(call);
  const path = normalPath(parameters.text('path'));
  requireAccessQuorum(call, 'ACL update failed');
  const propagate = parameters.flag('propagate', true);
  for (const role of parameters.list('roles')) {
    if (!cluster.access.roles.has(role)) fail(`ACL update failed: role '${role}' does not exist`);
    for (const [kind, subject] of subjects) {
      requireSubject(cluster.access, kind, subject);
      setEntry(cluster.access, { path, kind, subject, role, propagate }, parameters.flag('delete'));
    }
  }
  return null;
}

function subjectsOf({ parameters }: ApiCall): [AclSubjectKind, string][] {
  const kinds: [string, AclSubjectKind][] = [
    ['users', 'user'],
    ['groups', 'group'],
    ['tokens', 'token'],
  ];
  if (!kinds.some(([name]) => parameters.has(name))) {
    const text = "either 'users', 'groups' or 'tokens' is required.";
    parameterError({ users: text, groups: text, tokens: text });
  }
  return kinds.flatMap(([name, kind]) =>
    parameters.list(name).map((subject): [AclSubjectKind, string] => [kind, subject]),
  );
}

function normalPath(text: string): string {
  const path = `/${text
    .split('/')
    .filter((part) => part !== '')
    .join('/')}`;
  if (!validPath.test(path)) parameterError({ path: `invalid ACL path '${text}'` });
  return path;
}

function requireSubject(access: AccessState, kind: AclSubjectKind, subject: string): void {
  const [user = '', token = ''] = subject.split('!');
  const known =
    kind === 'user'
      ? access.users.has(subject)
      : kind === 'group'
        ? access.groups.has(subject)
        : access.users.get(user)?.tokens.has(token) === true;
  if (!known) fail(`ACL update failed: ${kind} '${subject}' does not exist`);
}

function setEntry(access: AccessState, entry: AclEntry, remove: boolean): void {
  access.acl = access.acl.filter(
    ({ path, kind, subject, role }) =>
      path !== entry.path || kind !== entry.kind || subject !== entry.subject || role !== entry.role,
  );
  if (!remove) access.acl.push(entry);
}

function showPermissions(call: ApiCall): unknown {
  const { cluster, parameters } = call;
  const identity = askedIdentity(call);
  const path = parameters.optionalText('path');
  const paths =
    path === undefined ? [...shownPaths, ...cluster.access.acl.map((entry) => entry.path)] : [path];
  const shown = [...new Set(paths)].map((each): [string, Record<string, number>] => {
    const held = privilegesOn(privilegeContext(cluster), identity, each);
    return [
      each,
      Object.fromEntries([...held].map(([privilege, propagate]) => [privilege, propagate ? 1 : 0])),
    ];
  });
  return Object.fromEntries(shown.filter(([, held]) => path !== undefined || Object.keys(held).length > 0));
}

function askedIdentity(call: ApiCall): Identity {
  const asked = call.parameters.optionalText('userid');
  if (asked === undefined || asked === call.identity.authId) return call.identity;
  call.requirePrivilege('/access', ['Sys.Audit']);
  const [user = '', tokenId] = asked.split('!');
  return { user, tokenId, authId: asked, isRoot: asked === 'root@pam' };
}
