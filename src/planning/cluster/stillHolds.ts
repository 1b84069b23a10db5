import { storagePlace } from '../../domain/buildLease';
import type { ClusterMember } from '../../domain/cluster/member';
import type {
  ClusterPlan,
  PlannedAddress,
  PlannedAdoption,
  PlannedMachine,
  PlannedRemoval,
} from '../../domain/cluster/plan';
import { noRoomText } from '../rules/storageLeases';
import { formatBytes } from '../../domain/rendering/sizes';
import { isMarked, mismatchOf } from '../rules/clusterIdentity';
import { reservedByOthers } from '../targets';
import type { ClusterLook, MarkedMember } from './facts';
import { givenBack } from './givenBack';
import { makesMachines } from './hash';
import { placeRefusal } from './placing';
import { ownAddresses, typeIfKnown } from './ownAddresses';
import type { ClusterPlanningSettings } from './planInput';
import { memoryRoom, storageRoom } from './reservations';
import { newestSnapshot } from './seen';

/**
 * What speaks against an approved plan, from fresh facts, in words; empty: it holds. Nodes and copies of the template are
 * there, VMIDs are free or ours, the room is there, members are who they were, as they were. A load that moved without
 * taking the room away is no reason. `profileSha256`: of the file as it is now, undefined where it is gone; it counts only
 * where machines are made.
 */
export function clusterPlanStillHolds(
  plan: ClusterPlan,
  look: ClusterLook,
  profileSha256: string | undefined,
  settings: Pick<ClusterPlanningSettings, 'targetMemoryShare'>,
): readonly string[] {
  const machines = plan.phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
  const going = new Set(
    plan.phases.flatMap((phase) =>
      'removals' in phase ? phase.removals.map(({ member }) => member.vmid) : [],
    ),
  );
  return [
    ...(makesMachines(plan.phases) && plan.profileSha256 !== profileSha256
      ? [`The file of the profile ${plan.profile} has changed.`]
      : []),
    ...nodeReasons(machines, look),
    ...machines.flatMap((machine) => machineReasons(plan, machine, look, going)),
    ...machines.flatMap((machine) => addressReasons(machine, look, going)),
    ...plan.phases.flatMap((phase) => {
      switch (phase.kind) {
        case 'make':
          return [];
        case 'adopt':
          return phase.adoptions.flatMap((adoption) => adoptionReasons(adoption, look));
        default:
          return phase.removals.flatMap((removal) => [
            ...removalReasons(plan, removal, look),
            ...(phase.kind === 'revive'
              ? [
                  ...nameReasons(removal.nameThen, removal.member.vmid, look, going),
                  ...revivedAddressReasons(plan, removal, look),
                ]
              : []),
          ]);
      }
    }),
    ...(plan.talos?.gone ?? []).flatMap((member) => returnReasons(plan, member, look)),
    ...memoryReasons(plan, look, settings),
    ...storageReasons(plan, look),
  ];
}

/** A restore brings back a machine with all of its identity: then it is no dead member of etcd. */
function returnReasons(
  plan: ClusterPlan,
  member: ClusterMember,
  { members }: ClusterLook,
): readonly string[] {
  const seen = members.find(({ vmid }) => vmid === member.vmid);
  if (seen === undefined || mismatchOf(seen, member, plan) !== undefined) return [];
  return [`${member.name} (VM ${member.vmid}), which was gone, is there again.`];
}

function nodeReasons(machines: readonly PlannedMachine[], look: ClusterLook): readonly string[] {
  const names = [...new Set(machines.map(({ node }) => node))].sort();
  return names.flatMap((name) => {
    const node = look.nodes.find((it) => it.name === name);
    const because = node === undefined ? 'it is not in the cluster any more' : placeRefusal(node, look);
    return because === undefined ? [] : [`${name} can't take machines any more: ${because}.`];
  });
}

function machineReasons(
  plan: ClusterPlan,
  { name, vmid, source, begun }: PlannedMachine,
  look: ClusterLook,
  going: ReadonlySet<number>,
): readonly string[] {
  if (begun !== undefined) {
    const seen = look.members.find((it) => it.vmid === vmid);
    const because = seen === undefined ? 'it is not there any more' : mismatchOf(seen, begun, plan);
    return because === undefined ? [] : [`${name} (VM ${vmid}) is not what was begun any more: ${because}.`];
  }
  const copy = look.copies.find((it) => it.vmid === source.vmid && it.node === source.node);
  const copyReasons =
    copy === undefined
      ? [`VM ${source.vmid} on ${source.node}, which ${name} is cloned from, is not in force there any more.`]
      : copy.generation !== source.generation || copy.template !== source.template
        ? [`VM ${source.vmid} on ${source.node} is version ${copy.generation} of ${copy.template} now.`]
        : [];
  const other = look.guests.find((it) => it.vmid === vmid);
  const seen = [...look.members, ...look.marked].find((it) => it.vmid === vmid);
  const isOurs = seen !== undefined && isMarked(seen, plan);
  const taken =
    other === undefined || isOurs
      ? []
      : [`VMID ${vmid}, meant for ${name}, was taken meanwhile, by a guest on ${other.node}.`];
  return [...copyReasons, ...taken, ...(isOurs ? [] : nameReasons(name, vmid, look, going))];
}

/** What comes back has its addresses in its configuration. */
function revivedAddressReasons(
  plan: ClusterPlan,
  { member, nameThen = member.name }: PlannedRemoval,
  look: ClusterLook,
): readonly string[] {
  const { vmid } = member;
  const keys = look.members.find((it) => it.vmid === vmid)?.keys;
  const own = keys === undefined ? [] : ownAddresses(typeIfKnown(plan), member, keys);
  return own.flatMap((address) =>
    addressReasons({ name: nameThen, vmid, address: { address } }, look, new Set()),
  );
}

/** A machine and the address that it is to have. */
type Addressed = Pick<PlannedMachine, 'name' | 'vmid'> & {
  readonly address?: Pick<PlannedAddress, 'address'>;
};

/** What goes has its address until then: its successor may be given it. */
function addressReasons(
  { name, vmid, address }: Addressed,
  { addresses }: ClusterLook,
  going: ReadonlySet<number>,
): readonly string[] {
  const other = addresses.find(
    (it) =>
      it.address === address?.address && (it.vmid === undefined || (it.vmid !== vmid && !going.has(it.vmid))),
  );
  return other === undefined
    ? []
    : [`The address ${other.address}, meant for ${name}, was taken meanwhile, by ${other.by}.`];
}

function nameReasons(
  name: string | undefined,
  vmid: number,
  { guests }: ClusterLook,
  going: ReadonlySet<number>,
): readonly string[] {
  const other = guests.find(
    (it) => it.name.toLowerCase() === name?.toLowerCase() && it.vmid !== vmid && !going.has(it.vmid),
  );
  return other === undefined
    ? []
    : [`The name ${name ?? ''} was taken meanwhile, by guest ${other.vmid} on ${other.node}.`];
}

function removalReasons(
  plan: ClusterPlan,
  { member, running, volumes, protection, snapshot }: PlannedRemoval,
  look: ClusterLook,
): readonly string[] {
  const { name, vmid, node } = member;
  const who = `${name} (VM ${vmid})`;
  const seen = look.members.find((it) => it.vmid === vmid);
  if (seen === undefined) return [`${who} can't be seen on ${node} any more.`];
  const because = mismatchOf(seen, member, plan);
  if (because !== undefined) return [`${who} is not the member any more: ${because}.`];
  const snapshotNow = newestSnapshot(seen.keys);
  const changed = [...volumes].sort().join() !== [...seen.volumes].sort().join();
  return [
    ...(seen.node === node ? [] : [`${who} is on ${seen.node} now, not on ${node}.`]),
    ...(seen.running === running ? [] : [`${who} is ${seen.running ? 'running' : 'stopped'} now.`]),
    ...(changed ? [`The volumes of ${who} are ${seen.volumes.join(', ') || 'none'} now.`] : []),
    ...(snapshotNow === snapshot
      ? []
      : [`The newest snapshot of ${who} is ${snapshotNow ?? 'none'} now, not ${snapshot ?? 'none'}.`]),
    ...(protection === false && seen.protection ? [`${who} is protected against removal now.`] : []),
    ...(seen.lock === undefined ? [] : [`${who} is locked (${seen.lock}).`]),
    ...(look.haManaged.includes(vmid) ? [`${who} is managed by HA now.`] : []),
  ];
}

function adoptionReasons({ name, vmid, node, uuid, nameNow }: PlannedAdoption, look: ClusterLook): string[] {
  const seen: MarkedMember | undefined = look.members.find((it) => it.vmid === vmid);
  if (seen === undefined) return [`VM ${vmid}, which is to be ${name}, is not there any more.`];
  return [
    ...(seen.node === node ? [] : [`VM ${vmid} is on ${seen.node} now, not on ${node}.`]),
    ...(seen.uuid === uuid ? [] : [`VM ${vmid} is another machine now: its SMBIOS uuid has changed.`]),
    ...(seen.name === nameNow ? [] : [`VM ${vmid} is called ${seen.name} now, not ${nameNow}.`]),
    ...(seen.lock === undefined ? [] : [`VM ${vmid} is locked (${seen.lock}).`]),
    ...(seen.template ? [`VM ${vmid} is a template now.`] : []),
  ];
}

/** Removals that are still to come give their memory back before it is needed. */
function memoryReasons(
  plan: ClusterPlan,
  look: ClusterLook,
  { targetMemoryShare }: Pick<ClusterPlanningSettings, 'targetMemoryShare'>,
): readonly string[] {
  const freed = new Map<string, number>();
  for (const phase of plan.phases) {
    if (phase.kind !== 'delete') continue;
    for (const { member, running } of phase.removals) {
      const bytes = look.guests.find((it) => it.vmid === member.vmid)?.memoryBytes ?? 0;
      if (running) freed.set(member.node, (freed.get(member.node) ?? 0) + bytes);
    }
  }
  const rooms = memoryRoom(look, plan.reservations, targetMemoryShare, freed);
  return Object.entries(rooms).flatMap(([node, room]) => {
    const needed = plan.reservations
      .filter(({ target }) => target === node)
      .reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
    const left = Math.max(0, room - reservedByOthers(node, look.othersLeases));
    return needed <= left
      ? []
      : [
          `${node} has only ${formatBytes(left)} of memory left below the limit, ${formatBytes(needed)} are needed.`,
        ];
  });
}

function storageReasons({ storageReservations, phases }: ClusterPlan, look: ClusterLook): readonly string[] {
  const freed = phases
    .flatMap((phase) => (phase.kind === 'delete' ? phase.removals : []))
    .flatMap(({ member }) => look.members.filter(({ vmid }) => vmid === member.vmid))
    .flatMap((seen) => givenBack(look, seen));
  const bytesAt = (all: ClusterPlan['storageReservations'], place: string) =>
    all.filter((it) => storagePlace(it) === place).reduce((sum, { bytes }) => sum + bytes, 0);
  return Object.entries(storageRoom(look, storageReservations, freed)).flatMap(([place, room]) => {
    const needed = bytesAt(storageReservations, place);
    const left = Math.max(0, room - bytesAt(look.othersLeases.storage, place));
    return needed <= left ? [] : [`${noRoomText(place, needed, left)}.`];
  });
}
