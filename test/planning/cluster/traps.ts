import type { ClusterMember } from '../../../src/domain/cluster/member';
import type { MarkedMember } from '../../../src/planning/cluster/facts';
import { printMemberMarker } from '../../../src/planning/cluster/marker';
import { printMarker } from '../../../src/planning/template/marker';
import { marker as templateMarker } from '../template/given';
import { markerOf, seen, uuidOf } from './given';

/** Ways in which a machine can look like a member and be none. */
export interface Trap {
  readonly title: string;
  /** What has the member's VMID. */
  readonly stranger: (of: ClusterMember) => MarkedMember;
  /** Further machines beside it. */
  readonly others?: readonly ((of: ClusterMember) => MarkedMember)[];
  /** What the plan says of it. */
  readonly says: RegExp;
}

const otherUuid = `uuid=${uuidOf(777)}`;
const description = (of: ClusterMember, more: Parameters<typeof markerOf>[1]) =>
  printMemberMarker(markerOf(of, more));

/** Each of them lives. */
export const lackingTrust: readonly Trap[] = [
  {
    title: 'another uuid, all else the same',
    stranger: (of) => seen(of, { smbios1: otherUuid }),
    says: /SMBIOS uuid is .*777/,
  },
  {
    title: 'a clone of another member, which copied its marker',
    stranger: (of) => seen(of, { description: description(of, { vmid: 1001 }), smbios1: otherUuid }),
    says: /another machine/,
  },
  {
    title: 'the marker of another member, under the right uuid',
    stranger: (of) => seen(of, { description: description(of, { vmid: 1001 }) }),
    says: /its marker is that of VM 1001: it is a clone of it/,
  },
  {
    title: 'on another node, made anew under the VMID',
    stranger: (of) => seen(of, { smbios1: otherUuid }, { node: 'pve03' }),
    says: /another machine/,
  },
  {
    title: 'a clone of the template, with its description',
    stranger: (of) => seen(of, { description: printMarker(templateMarker()) }),
    says: /no marker of a member/,
  },
  {
    title: 'renamed by somebody',
    stranger: (of) => seen(of, { name: 'database' }),
    says: /it is called database/,
  },
  {
    title: 'without a readable uuid, all else the same',
    stranger: (of) => seen(of, { smbios1: undefined }),
    says: /its SMBIOS uuid is missing/,
  },
  {
    title: 'of a former cluster of this name',
    stranger: (of) => seen(of, { description: description(of, { instance: 'instance-0' }) }),
    says: /instance instance-0, not instance-1/,
  },
  {
    title: 'of another run',
    stranger: (of) => seen(of, { description: description(of, { run: 'run-0' }) }),
    says: /run run-0, not run-1/,
  },
  {
    title: 'without a marker',
    stranger: (of) => seen(of, { description: undefined }),
    says: /no marker of a member/,
  },
  {
    title: 'with the same tags and name, and nothing else',
    stranger: (of) => seen(of, { description: undefined, smbios1: otherUuid }),
    says: /another machine/,
  },
  {
    title: 'one of two machines with the same marker',
    stranger: (of) => seen(of, { smbios1: otherUuid }),
    others: [
      (of) =>
        seen(
          { ...of, vmid: 1009 },
          { description: description(of, { vmid: 1009 }), smbios1: `uuid=${of.uuid ?? ''}`, name: of.name },
        ),
    ],
    says: /not among its members/,
  },
];
