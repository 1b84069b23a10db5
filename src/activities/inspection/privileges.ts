import { z } from 'zod';

import { ManagerError, problem } from '../../domain/errors';
import { missingPrivilegeText, privilegeRemedy, type MissingPrivilege } from '../../proxmox/privilegeRemedy';
import type { ProxmoxClient } from '../../proxmox/types';

/** Effective privileges by path; the value says whether they hold for what is below the path too. */
export type PrivilegesByPath = Readonly<Record<string, Readonly<Record<string, boolean>>>>;

const answer = z.record(
  z.string(),
  z.record(
    z.string(),
    z.union([z.number(), z.string(), z.boolean()]).transform((flag) => Number(flag) === 1),
  ),
);

/** `GET /access/permissions`: what the token itself may do. Every valid token may ask. */
export function readPrivileges(client: ProxmoxClient, signal?: AbortSignal): Promise<PrivilegesByPath> {
  const call = { path: '/access/permissions', ...(signal === undefined ? {} : { signal }) };
  return client.read(call, answer);
}

/** A privilege that is needed. One of `privileges` is enough. */
export interface Need {
  /** `/vms`, `/nodes`, `/storage`, `/sdn`, or `/`. */
  readonly path: string;
  readonly privileges: readonly string[];
  /** Needed on everything below the path. */
  readonly below: boolean;
}

/**
 * What has to be seen in full. Without these Proxmox does not refuse, it leaves rows out: a node would look
 * empty that is not (behaviour: 4.2, 10.3).
 */
const needs: readonly Need[] = [
  { path: '/', privileges: ['Sys.Audit'], below: false },
  { path: '/nodes', privileges: ['Sys.Audit'], below: true },
  { path: '/storage', privileges: ['Datastore.Audit', 'Datastore.AllocateSpace'], below: true },
  { path: '/vms', privileges: ['VM.Audit'], below: true },
];

/** Throws PermissionMissing, with every privilege that is missing and its path, if lists could be incomplete. */
export function requireFullView(privileges: PrivilegesByPath): void {
  refuse(needs.flatMap((need) => missing(privileges, need)));
}

/** Throws PermissionMissing if a guest that is to be moved may not be migrated. */
export function requireMigration(privileges: PrivilegesByPath, vmids: readonly number[]): void {
  const paths = vmids.map((vmid) => `/vms/${vmid}`).filter((path) => !has(privileges, path, 'VM.Migrate'));
  // A path with an entry of its own inherits nothing, the others get it from above.
  const lacking = new Set(paths.map((path) => (path in privileges ? path : '/vms')));
  refuse([...lacking].map((path) => ({ privileges: ['VM.Migrate'], path })));
}

/** `VM.Audit on /vms` for each path on which a need is not met; empty: it is met. */
export function missingPrivileges(privileges: PrivilegesByPath, need: Need): readonly string[] {
  return missing(privileges, need).map(missingPrivilegeText);
}

function missing(privileges: PrivilegesByPath, need: Need): readonly MissingPrivilege[] {
  const lacking = (path: string) => ({ privileges: need.privileges, path });
  const suffices = (path: string) => need.privileges.some((privilege) => has(privileges, path, privilege));
  if (!need.below) return suffices(need.path) ? [] : [lacking(need.path)];
  const inherited = need.privileges.some((privilege) => has(privileges, `${need.path}/x`, privilege));
  if (!inherited) return [lacking(need.path)];
  return Object.keys(privileges)
    .filter((path) => path.startsWith(`${need.path}/`) && !suffices(path))
    .map(lacking);
}

/** The deciding entry is the path's own, else the nearest one above it that reaches down (behaviour: 2.3). */
function has(privileges: PrivilegesByPath, path: string, privilege: string): boolean {
  const own = privileges[path];
  if (own !== undefined) return privilege in own;
  for (let above = parentOf(path); above !== undefined; above = parentOf(above)) {
    const entry = privileges[above];
    if (entry !== undefined) return entry[privilege] === true;
  }
  return false;
}

function parentOf(path: string): string | undefined {
  if (path === '/') return undefined;
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

function refuse(lacking: readonly MissingPrivilege[]): void {
  if (lacking.length === 0) return;
  const shown =
    lacking.slice(0, 5).map(missingPrivilegeText).join(', ') +
    (lacking.length > 5 ? ` and ${lacking.length - 5} more` : '');
  throw new ManagerError(
    problem('PermissionMissing', {
      attempted: 'GET /access/permissions',
      failed: `the token lacks ${shown}: what it is shown would be incomplete, or could not be moved`,
      remedy: privilegeRemedy(lacking, shown),
    }),
  );
}
