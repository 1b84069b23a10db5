import type { ClusterMember } from '../../domain/cluster/member';

const asideEnding = '-aside';
const longestName = 63;

/** Tag of what is set aside, for people: who it is the marker and the uuid tell. */
export const asideTag = 'pxm-aside';

/** What a machine of a cluster is called: `<profile>-<role>-<ordinal>`. Machines that were adopted keep their names. */
export function machineName(profile: string, role: string, ordinal: number): string {
  return `${profile}-${role}-${ordinal}`;
}

/** What a machine is called while it is set aside: at most 63 characters, as DNS allows. */
export function asideNameOf(name: string): string {
  return `${name.slice(0, longestName - asideEnding.length).replace(/[-.]+$/, '')}${asideEnding}`;
}

/** What a machine that is set aside is called once it is brought back. */
export function nameThenOf(
  profile: string,
  { name, role, ordinal }: Pick<ClusterMember, 'name' | 'role' | 'ordinal'>,
): string {
  const own = machineName(profile, role, ordinal);
  if (asideNameOf(own) === name) return own;
  return name.endsWith(asideEnding) ? name.slice(0, -asideEnding.length) : name;
}
