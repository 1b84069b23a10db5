import type { AccessSettings } from '../../config/clusterConfig';
import type { AccessProfile, AclEntry, DesiredRole, ProxmoxMajor } from '../../domain/access';
import { buildPrivilegesOf, privilegesOf } from './privileges';

/** The access that is wanted. */
export interface DesiredAccess {
  readonly user: string;
  readonly tokenName: string;
  readonly privilegeSeparation: boolean;
  readonly roles: readonly DesiredRole[];
  readonly pools: readonly string[];
  /** Entries of the user. */
  readonly acl: readonly AclEntry[];
}

/** All profiles. */
export const profiles: readonly AccessProfile[] = ['full', 'evacuation', 'read'];

/** The pool of test clones of templates. */
export const buildsPool = 'pxm-builds';
/** Its path in the access control list. */
export const buildsPath = `/pool/${buildsPool}` as const;

/**
 * Built in since 8.0 and exactly the four privileges on storages: an entry on a storage replaces what is inherited
 * from `/`, so Datastore.Allocate alone would take the others away there (behaviour: 2.3).
 */
export const importStorageRole = 'PVEDatastoreAdmin';

/** Name of the second role, for the pool of builds. */
export function buildsRole(role: string): string {
  return `${role}Builds`;
}

/** The access that a profile needs on a version. */
export function desiredAccess(settings: AccessSettings, major: ProxmoxMajor): DesiredAccess {
  const { user, role, profile, importStorage } = settings;
  const builds = names(buildPrivilegesOf(profile, major));
  const hasBuilds = builds.length > 0;
  const entry = (path: string, name: string): AclEntry => {
    return { path, kind: 'user', subject: user, role: name, propagate: true };
  };
  return {
    user,
    tokenName: settings.token,
    privilegeSeparation: settings.privilegeSeparation,
    roles: [
      { name: role, privileges: names(privilegesOf(profile, major)) },
      ...(hasBuilds ? [{ name: buildsRole(role), privileges: builds }] : []),
    ],
    pools: hasBuilds ? [buildsPool] : [],
    acl: [
      entry('/', role),
      ...(profile === 'full' && importStorage !== undefined
        ? [entry(`/storage/${importStorage}`, importStorageRole)]
        : []),
      ...(hasBuilds ? [entry(buildsPath, buildsRole(role))] : []),
    ],
  };
}

/** The entries of the user that one profile or another makes. */
export function entriesOfProfiles(settings: AccessSettings, major: ProxmoxMajor): readonly AclEntry[] {
  return profiles.flatMap((profile) => desiredAccess({ ...settings, profile }, major).acl);
}

/** The same entries for a token: with privilege separation it may do what both may, it and its user (behaviour: 2.1). */
export function entriesOfToken(acl: readonly AclEntry[], tokenId: string): readonly AclEntry[] {
  return acl.map((entry) => ({ ...entry, kind: 'token' as const, subject: tokenId }));
}

function names(facts: readonly { readonly privilege: string }[]): readonly string[] {
  return facts.map(({ privilege }) => privilege).toSorted();
}
