import type { AccessSettings } from '../../config/clusterConfig';
import type { AclEntry } from '../../domain/access';
import type { AccessItem } from '../../domain/accessPlan';
import { desiredAccess, profiles } from './desired';
import type { AccessFacts, PoolFact, RoleFact } from './facts';
import { isMarked } from './marks';
import type { AccessOutline } from './outline';
import { entryInWords, step } from './words';

/** Something that a step takes away; `why` only where the operation itself does not say it. */
export function removal(
  what: string,
  planned: ReturnType<typeof step>,
  why: readonly string[] = [],
): Partial<AccessOutline> {
  return { items: [{ what, state: 'remove', details: why }], steps: [planned] };
}

/** Something that is not touched, and why. */
export function leaving(what: string, why: string): Partial<AccessOutline> {
  const item: AccessItem = { what, state: 'leave', details: [why] };
  return { items: [item] };
}

/** Whether a role has exactly the privileges of any profile: the configuration may have changed since bootstrap ran. */
export function isExactlyOurs(role: RoleFact, { major }: AccessFacts, settings: AccessSettings): boolean {
  const text = role.privileges.toSorted().join();
  return profiles.some((profile) =>
    desiredAccess({ ...settings, profile }, major).roles.some(
      (wanted) => wanted.name === role.name && wanted.privileges.join() === text,
    ),
  );
}

/** Away with a role, if it is exactly ours and none of the entries that are `left` uses it. */
export function roleRemoval(
  facts: AccessFacts,
  role: RoleFact,
  settings: AccessSettings,
  left: readonly AclEntry[],
  why: readonly string[] = [],
): Partial<AccessOutline> {
  const what = `role ${role.name}`;
  if (!isExactlyOurs(role, facts, settings)) return leaving(what, 'its privileges are not exactly ours');
  const user = left.find((entry) => entry.role === role.name);
  if (user !== undefined) return leaving(what, `it is in use: ${entryInWords(user)}`);
  const privileges = role.privileges.toSorted();
  return removal(what, step({ kind: 'removeRole', role: role.name, privileges }), why);
}

/** Away with a pool, if it is ours and nothing is in it: Proxmox refuses to remove any other. */
export function poolRemoval(
  { pool, comment, members = 0 }: PoolFact,
  why: readonly string[] = [],
): Partial<AccessOutline> {
  const what = `pool ${pool}`;
  if (!isMarked({ comment })) return leaving(what, 'made by somebody else');
  if (members > 0) return leaving(what, `it is not empty (members: ${members})`);
  return removal(what, step({ kind: 'removePool', pool }), why);
}
