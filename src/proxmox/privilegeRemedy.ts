/** What the token lacks: privileges of which one is enough, on a path of the access control list. */
export interface MissingPrivilege {
  readonly privileges: readonly string[];
  readonly path: string;
}

/** `VM.Audit on /vms` */
export function missingPrivilegeText({ privileges, path }: MissingPrivilege): string {
  return `${privileges.join(' or ')} on ${path}`;
}

/**
 * Where a privilege on a guest, node or storage is best given: on all of them. An entry on one of them would
 * replace what it inherits (behaviour: 2.3), so a role without the rest would take that away.
 */
export function givenOnAll(path: string): string {
  return /^\/(?:vms|nodes|storage)(?=\/)/.exec(path)?.[0] ?? path;
}

/** How privileges are given, for tokens with privilege separation and without. `shown` sums up what is missing. */
export function privilegeRemedy(missing: readonly MissingPrivilege[], shown: string): string {
  const privileges = [...new Set(missing.flatMap(({ privileges: any }) => toGive(any)))].join(' ');
  const [path, ...otherPaths] = [...new Set(missing.map((it) => it.path))];
  const where = otherPaths.length === 0 ? path : '<path>';
  return [
    `Give the token ${shown}.`,
    `Either add it to the role that applies there: pveum role modify <role> --append --privs "${privileges}".`,
    `Or give a role that has all the token needs: pveum acl modify ${where} --users '<user>@<realm>' --roles <role>;`,
    "a token with privilege separation also needs an entry of its own, with --tokens '<user>@<realm>!<name>'.",
    'An entry on a path replaces what the path inherits. Then retry.',
  ].join(' ');
}

/** Of those of which one is enough the first; but each kind of setting asks for its own after that. */
function toGive(privileges: readonly string[]): readonly string[] {
  return privileges.every((it) => it.startsWith('VM.Config.')) ? privileges : privileges.slice(0, 1);
}

/**
 * What helps after Proxmox refused something on a path. Given on all, the privilege does not reach a path with an
 * entry of its own, so that one is named too.
 */
export function refusedRemedy({ privileges, path }: MissingPrivilege): string {
  const all = { privileges, path: givenOnAll(path) };
  const itself = all.path === path ? '' : `, or on ${path} if that path has an entry of its own`;
  return privilegeRemedy([all], `${missingPrivilegeText(all)}${itself}`);
}
