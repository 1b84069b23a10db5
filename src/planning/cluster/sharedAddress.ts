import type { ClusterPlan } from '../../domain/cluster/plan';
import type { ClusterProfile } from '../../domain/cluster/profile';
import type { ClusterAction } from '../../domain/cluster/request';
import type { AddressLease } from '../../domain/lease';
import { attemptOf, type ChangeContext } from './changes/context';
import type { ClusterLook, MarkedMember, SeenAddress } from './facts';
import type { PhaseOutline } from './outline';
import { isControlPlane } from './quorum';
import { refusal } from './refusal';

/** The address that control planes share among themselves (`virtual_address`); undefined: they share none. */
export function sharedAddressOf({ talos }: Pick<ClusterProfile, 'talos'>): string | undefined {
  return talos?.virtualAddress === true ? talos.endpoint : undefined;
}

/** The same of clusters that are there, by what is marked: no configuration of a machine shows it. */
export function sharedByOthers(
  profiles: readonly ClusterProfile[],
  marked: readonly MarkedMember[],
): readonly SeenAddress[] {
  const there = clustersThere(marked);
  return profiles.flatMap((profile) => {
    const address = sharedAddressOf(profile);
    const isThere = there.includes(profile.name);
    return address === undefined || !isThere ? [] : [{ address, by: `the cluster ${profile.name}` }];
  });
}

/** That nobody knows it of clusters that are there, but whose profiles are gone or have faults; `own` is none of them. */
export function unknownSharers(
  own: string,
  profiles: readonly ClusterProfile[],
  marked: readonly MarkedMember[],
): readonly string[] {
  const unknown = clustersThere(marked).filter(
    (it) => it !== own && !profiles.some(({ name }) => name === it),
  );
  return unknown.length === 0
    ? []
    : [
        `Machines are there of clusters whose profiles can't be read (${unknown.join(', ')}): whether their control planes share an address, and which, is not known.`,
      ];
}

/** Names of the clusters of which machines are there, sorted. */
function clustersThere(marked: readonly MarkedMember[]): readonly string[] {
  const names = marked.flatMap(({ vmid, marker }) => (marker?.vmid === vmid ? marker.cluster : []));
  return [...new Set(names)].sort();
}

/** The shared address of a plan that makes control planes, leased for the first of them; none else. */
export function sharedAddressIn({
  talos,
  phases,
}: Pick<ClusterPlan, 'talos' | 'phases'>): readonly Pick<AddressLease, 'address' | 'vmid'>[] {
  const address = talos === undefined ? undefined : sharedAddressOf({ talos: talos.cluster });
  const machines = phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
  const first = machines.find(({ kind }) => kind === 'controlPlane');
  return address === undefined || first === undefined ? [] : [{ address, vmid: first.vmid }];
}

/**
 * What a person should know of the shared address where control planes are made or come back: whoever has it beside them
 * loses its traffic. Throws InputInvalid for a cluster that begins or comes back; one that is there announces it already,
 * which is a warning.
 */
export function sharedAddressWarnings(
  context: ChangeContext,
  phases: readonly PhaseOutline[],
): readonly string[] {
  const { profile, change } = context.input;
  if (profile === undefined) return change.record?.talos === undefined ? [] : unknownOwn(phases);
  const address = sharedAddressOf(profile);
  if (address === undefined) return [];
  const roles = phases.flatMap((phase) => {
    if (phase.kind === 'make') return phase.wishes.map(({ role }) => role.name);
    return phase.kind === 'revive' ? phase.removals.map(({ removal }) => removal.member.role) : [];
  });
  if (!roles.some((role) => isControlPlane(profile, role))) return [];
  const going = phases.flatMap((phase) =>
    phase.kind === 'delete' ? phase.removals.map(({ removal }) => removal.member.vmid) : [],
  );
  const other = holderOf(address, context.look, going);
  if (other === undefined) return [];
  const isAnnounced =
    change.record?.talos?.bootstrapped === true && !announcesAnew.has(context.request.action);
  if (isAnnounced) {
    return [
      `${other.by} has the address ${address}, which the control planes share: one of them loses its traffic. Give ${other.by} another one.`,
    ];
  }
  throw refusal(
    attemptOf(context),
    `${other.by} has the address ${address}, which the control planes of ${profile.name} are to share`,
    `Give ${other.by} another address, or name another virtual_address in the profile.`,
  );
}

/** Without the profile machines of Talos can come back, and nobody knows what their control planes share. */
function unknownOwn(phases: readonly PhaseOutline[]): readonly string[] {
  return phases.some(({ kind }) => kind === 'revive')
    ? [
        'Without the profile nobody knows whether the control planes share an address, and which: nobody has looked whether anybody else has it by now.',
      ]
    : [];
}

/** After these nobody announced the address for a while. */
const announcesAnew: ReadonlySet<ClusterAction> = new Set(['rebuild', 'undo']);

/** The same of an approved plan, in words; of a cluster that is there its plan has warned. `profile`: as it is now. */
export function sharedAddressReasons(
  { talos, phases }: Pick<ClusterPlan, 'talos' | 'phases'>,
  profile: ClusterProfile | undefined,
  look: Pick<ClusterLook, 'addresses'>,
): readonly string[] {
  const comesBack = phases.some(
    (phase) =>
      phase.kind === 'revive' &&
      phase.removals.some(({ member }) => profile !== undefined && isControlPlane(profile, member.role)),
  );
  const begins = talos?.bootstrapOn === undefined ? undefined : { talos: talos.cluster };
  const shares = begins ?? (comesBack ? profile : undefined);
  const address = shares === undefined ? undefined : sharedAddressOf(shares);
  const going = phases.flatMap((phase) =>
    phase.kind === 'delete' ? phase.removals.map(({ member }) => member.vmid) : [],
  );
  const other = address === undefined ? undefined : holderOf(address, look, going);
  return other === undefined
    ? []
    : [`The address ${other.address}, which the control planes share, was taken meanwhile, by ${other.by}.`];
}

/** Who has an address beside the machines that go. */
function holderOf(
  address: string,
  { addresses }: Pick<ClusterLook, 'addresses'>,
  going: readonly number[],
): SeenAddress | undefined {
  return addresses.find(
    (it) => it.address === address && (it.vmid === undefined || !going.includes(it.vmid)),
  );
}
