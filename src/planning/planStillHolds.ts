import type { EvacuationPlan, PlannedMove } from '../domain/evacuationPlan';
import type { MemoryReservation } from '../domain/lease';
import { formatBytes } from '../domain/rendering/sizes';
import { blockerOf, blockerOfList } from './blockers';
import type { ClusterFacts, GuestFacts, NodeView, PlanningSettings } from './facts';
import { guestRefusal, nodeRefusal, reservedByOthers } from './targets';
import { guestInWords } from './words';

/**
 * What speaks against an approved plan, from fresh facts, in words; empty: it holds. Same guests, same run
 * state, targets still possible, capacity still there, no new blocker. A load figure that moved without taking
 * the room away is no reason. Facts of depth `nodes` do: each guest's preconditions are asked again right
 * before its move (`moveStillHolds`).
 */
export function planStillHolds(
  plan: EvacuationPlan,
  facts: ClusterFacts,
  settings: Pick<PlanningSettings, 'targetMemoryShare'>,
): readonly string[] {
  const guests = new Map(facts.guests.map((guest) => [guest.vmid, guest]));
  const planned = new Set([...plan.moves, ...plan.stays].map((guest) => guest.vmid));
  const reasons = quorumReasons(facts);
  for (const guest of facts.guests) {
    if (!planned.has(guest.vmid))
      reasons.push(`${guestInWords(guest)} has come to ${plan.node} since the plan.`);
  }
  for (const stay of plan.stays) {
    if (!guests.has(stay.vmid)) reasons.push(`${guestInWords(stay)} is not on ${plan.node} any more.`);
  }
  for (const move of plan.moves) reasons.push(...guestReasons(move, guests.get(move.vmid), facts));
  const targets = [...new Set(plan.moves.map((move) => move.target))].sort();
  for (const target of targets) {
    const moves = plan.moves.filter((move) => move.target === target);
    reasons.push(...targetReasons(target, moves, facts, settings));
  }
  return reasons;
}

/**
 * What speaks against one move right before its changing request, in words; empty: it holds. `facts` are those
 * of `inspectMove`: the guest with its preconditions, its target, the quorum. `underWay` is what the moves that the
 * same operation has under way will take.
 */
export function moveStillHolds(
  move: PlannedMove,
  facts: ClusterFacts,
  settings: Pick<PlanningSettings, 'targetMemoryShare'>,
  underWay: readonly MemoryReservation[],
): readonly string[] {
  const guest = facts.guests.find((it) => it.vmid === move.vmid);
  return [
    ...quorumReasons(facts),
    ...guestReasons(move, guest, facts),
    ...targetReasons(move.target, [move], facts, settings, underWay),
  ];
}

function quorumReasons(facts: ClusterFacts): string[] {
  return facts.quorum.quorate ? [] : ['The cluster has no quorum.'];
}

function guestReasons(
  move: PlannedMove,
  guest: GuestFacts | undefined,
  facts: ClusterFacts,
): readonly string[] {
  const name = guestInWords(move);
  if (guest === undefined) return [`${name} is not on ${move.source} any more.`];
  const running = move.mode === 'live';
  if (guest.running !== running) {
    return [`${name} was ${running ? 'running' : 'stopped'} and is ${running ? 'stopped' : 'running'} now.`];
  }
  const source = facts.nodes.find((node) => node.name === move.source);
  const blocker = guest.preconditions === undefined ? listBlocker(guest) : blockerOf(guest, source);
  if (blocker !== undefined) return [`${name} can't move any more: ${blocker.reason}.`];
  if (running && guest.memoryBytes > move.reservedMemoryBytes) {
    return [
      `${name} has ${formatBytes(guest.memoryBytes)} of memory now, ${formatBytes(move.reservedMemoryBytes)} were planned.`,
    ];
  }
  return volumeReasons(move, guest);
}

/** Facts of depth `nodes` have no preconditions; a read that failed is a reason all the same. */
function listBlocker(guest: GuestFacts): { readonly reason: string } | undefined {
  return blockerOfList(guest) ?? (guest.unreadable === undefined ? undefined : blockerOf(guest, undefined));
}

/** A local volume that came or went changes what would be done. */
function volumeReasons(move: PlannedMove, guest: GuestFacts): readonly string[] {
  if (guest.preconditions === undefined) return [];
  const now = new Set(guest.preconditions.localVolumes.map((volume) => volume.volume));
  const planned = new Set(move.localDisks.map((disk) => disk.volume));
  const came = [...now].filter((volume) => !planned.has(volume)).map((volume) => `${volume} has come`);
  const went = [...planned].filter((volume) => !now.has(volume)).map((volume) => `${volume} has gone`);
  const changes = [...came, ...went].sort();
  return changes.length === 0
    ? []
    : [`The local disks of ${guestInWords(move)} have changed: ${changes.join(', ')}.`];
}

function targetReasons(
  name: string,
  moves: readonly PlannedMove[],
  facts: ClusterFacts,
  settings: Pick<PlanningSettings, 'targetMemoryShare'>,
  underWay: readonly MemoryReservation[] = [],
): readonly string[] {
  const target = facts.nodes.find((node) => node.name === name);
  if (target === undefined) return [`The target ${name} is not in the cluster any more.`];
  const source = facts.nodes.find((node) => node.name === facts.node);
  const refused = nodeRefusal(target, source, facts.othersLeases);
  if (refused !== undefined) return [`${name} is no target any more: ${refused}.`];
  return [
    ...memoryReasons(target, moves, facts, settings, underWay),
    ...storageReasons(target, moves),
    ...moves.flatMap((move) => refusalReasons(target, move, facts)),
  ];
}

function memoryReasons(
  target: NodeView,
  moves: readonly PlannedMove[],
  facts: ClusterFacts,
  settings: Pick<PlanningSettings, 'targetMemoryShare'>,
  underWay: readonly MemoryReservation[],
): readonly string[] {
  const limitBytes = Math.floor(target.memoryTotalBytes * settings.targetMemoryShare);
  const comingBytes = comingTo(target, underWay);
  const takenBytes =
    Math.max(target.memoryTakenBytes, configuredBytes(target) + comingBytes) +
    reservedByOthers(target.name, facts.othersLeases);
  const neededBytes = moves.reduce((sum, move) => sum + move.reservedMemoryBytes, 0);
  if (neededBytes === 0 || takenBytes + neededBytes <= limitBytes) return [];
  const leftBytes = Math.max(0, limitBytes - takenBytes);
  const beside = comingBytes === 0 ? '' : ` beside ${formatBytes(comingBytes)} that are on their way there`;
  return [
    `${target.name} has only ${formatBytes(leftBytes)} of memory left below the limit${beside}, ${formatBytes(neededBytes)} are needed.`,
  ];
}

/** The configured memory of the guests that run on a node. */
function configuredBytes({ guests }: NodeView): number {
  return guests.filter((guest) => guest.running).reduce((sum, guest) => sum + guest.memoryBytes, 0);
}

/**
 * What is under way to a target and not among its running guests yet. What was copied of it is in the node's used
 * memory already, so it is added to the configured memory only.
 */
function comingTo(target: NodeView, underWay: readonly MemoryReservation[]): number {
  const there = new Set(target.guests.filter((guest) => guest.running).map((guest) => guest.vmid));
  return underWay
    .filter((coming) => coming.target === target.name && !there.has(coming.vmid))
    .reduce((sum, coming) => sum + coming.memoryBytes, 0);
}

function storageReasons(target: NodeView, moves: readonly PlannedMove[]): readonly string[] {
  const needed = new Map<string, number>();
  for (const disk of moves.flatMap((move) => move.localDisks)) {
    needed.set(disk.storage, (needed.get(disk.storage) ?? 0) + disk.sizeBytes);
  }
  const reasons: string[] = [];
  for (const [storage, bytes] of [...needed].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const row = target.storages.find((it) => it.storage === storage && it.usable && it.takesImages);
    if (row === undefined) reasons.push(`Storage ${storage} is not usable on ${target.name} any more.`);
    else if (row.availableBytes < bytes) {
      reasons.push(
        `Storage ${storage} of ${target.name} has only ${formatBytes(row.availableBytes)} left, ${formatBytes(bytes)} are needed.`,
      );
    }
  }
  return reasons;
}

function refusalReasons(target: NodeView, move: PlannedMove, facts: ClusterFacts): readonly string[] {
  const guest = facts.guests.find((it) => it.vmid === move.vmid);
  if (guest?.preconditions === undefined || blockerOf(guest, undefined) !== undefined) return [];
  const refusal = guestRefusal(guest, target);
  return refusal === undefined
    ? []
    : [`${guestInWords(move)} can't go to ${target.name} any more: ${refusal.text}.`];
}
