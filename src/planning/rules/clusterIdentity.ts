import type { ClusterMember, MemberMarker } from '../../domain/cluster/member';
import type { ClusterFrame } from '../../domain/cluster/plan';

/** What a machine shows of who it is. */
export interface SeenIdentity {
  readonly vmid: number;
  readonly name: string;
  /** SMBIOS uuid. */
  readonly uuid?: string;
  readonly marker?: MemberMarker;
}

/** The cluster whose members are meant: the marker's `cluster` is the profile. */
export type ClusterIdentity = Pick<ClusterFrame, 'profile' | 'instance'>;

/**
 * What does not fit between a machine and the member that it should be, in words; undefined: it is the member. Never by
 * name or tag alone: VMID, marker (on its own VMID, of this cluster and instance, with the member's role, ordinal and
 * run), SMBIOS uuid as recorded, and the name last recorded have to match, all of them. A member without a recorded uuid
 * (nobody has read it yet) is told by the rest. The node is no part of it: members may be moved.
 */
export function mismatchOf(
  seen: SeenIdentity,
  member: ClusterMember,
  cluster: ClusterIdentity,
): string | undefined {
  if (seen.vmid !== member.vmid) return `its VMID is ${seen.vmid}, not ${member.vmid}`;
  if (isOther(seen, member)) {
    return `its SMBIOS uuid is ${seen.uuid ?? 'missing'}, the member's is ${member.uuid ?? 'not known'}: it is another machine`;
  }
  if (member.uuid !== undefined && seen.uuid === undefined) {
    return `its SMBIOS uuid is missing, the member's is ${member.uuid}: nothing tells whether it is another machine`;
  }
  const marker = markerMismatch(seen, member, cluster);
  if (marker !== undefined) return marker;
  if (seen.name === member.name) return undefined;
  return `it is called ${seen.name || 'nothing'}, it was ${member.name} when it was last recorded`;
}

/** Whether a machine is the member, by all of {@link mismatchOf}. */
export function isMember(seen: SeenIdentity, member: ClusterMember, cluster: ClusterIdentity): boolean {
  return mismatchOf(seen, member, cluster) === undefined;
}

/**
 * Whether it is another machine for certain: the member itself is gone, whatever has its VMID now. Only a uuid that was
 * read and differs says so: one that is missing says nothing.
 */
export function isOther(seen: Pick<SeenIdentity, 'uuid'>, member: Pick<ClusterMember, 'uuid'>): boolean {
  if (member.uuid === undefined || seen.uuid === undefined) return false;
  return seen.uuid.toLowerCase() !== member.uuid.toLowerCase();
}

/** Whether its marker is the member's, on its own VMID: all of {@link mismatchOf} but uuid and name. */
export function hasMarkerOf(seen: SeenIdentity, member: ClusterMember, cluster: ClusterIdentity): boolean {
  return seen.vmid === member.vmid && markerMismatch(seen, member, cluster) === undefined;
}

/** Whether a machine's marker says that it is of this cluster and instance, on its own VMID. */
export function isMarked({ vmid, marker }: SeenIdentity, { profile, instance }: ClusterIdentity): boolean {
  return marker?.vmid === vmid && marker.cluster === profile && marker.instance === instance;
}

function markerMismatch(
  { vmid, marker }: SeenIdentity,
  member: ClusterMember,
  { profile, instance }: ClusterIdentity,
): string | undefined {
  if (marker === undefined) return 'its description has no marker of a member';
  if (marker.vmid !== vmid) return `its marker is that of VM ${marker.vmid}: it is a clone of it`;
  const facts: readonly (readonly [string, string | number, string | number])[] = [
    ['cluster', marker.cluster, profile],
    ['instance', marker.instance, instance],
    ['role', marker.role, member.role],
    ['ordinal', marker.ordinal, member.ordinal],
    ['run', marker.run, member.run],
  ];
  const other = facts.find(([, has, wanted]) => has !== wanted);
  if (other === undefined) return undefined;
  const [what, has, wanted] = other;
  return `its marker has the ${what} ${has}, not ${wanted}`;
}
