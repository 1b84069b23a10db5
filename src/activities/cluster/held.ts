import type { HeldPrivileges } from '../../planning/cluster/facts';
import { missingPrivileges, type PrivilegesByPath } from '../inspection/privileges';

/** What the token may do, as planning asks for it. */
export function heldPrivileges(privileges: PrivilegesByPath): HeldPrivileges {
  return {
    holds: (privilege, path) =>
      missingPrivileges(privileges, { path, privileges: [privilege], below: false }).length === 0,
    holdsSomewhere: (privilege) => Object.values(privileges).some((entry) => privilege in entry),
  };
}
