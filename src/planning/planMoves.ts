import type { EvacuationPlan, PlannedMove, StayingGuest } from '../domain/evacuationPlan';
import { blockerOf } from './blockers';
import type { ClusterFacts, GuestFacts, NodeView, PlanningRequest, PlanningSettings } from './facts';
import { forecastNodes } from './forecast';
import { totalSeconds } from './estimate';
import { Bin } from './placement/bin';
import { loadOf, type Load } from './placement/load';
import { place } from './placement/place';
import type { Placement } from './placement/placement';
import { planHash } from './planHash';
import { because, stayForNoTarget } from './reasons';
import { guestRefusal, possibleTargets, reservedByOthers } from './targets';
import {
  bandwidthLimitOf,
  copyBytesOf,
  laneRuleOf,
  moveSeconds,
  transferModel,
  type TransferModel,
} from './transfer';
import { planWarnings } from './warnings';
import { compareText } from './words';

/** What planning starts from. */
export interface PlanningInput {
  readonly facts: ClusterFacts;
  readonly request: PlanningRequest;
  readonly settings: PlanningSettings;
  /** Guests that an operator chose to leave. */
  readonly skipped?: readonly number[];
}

/**
 * Makes the plan of an evacuation. Pure and deterministic: the same facts, in whatever order their lists are,
 * give the same plan. Every guest of the node is in it once, as a move or as one that stays, with the reason.
 * No move exceeds a hard limit (docs/evacuation.md).
 */
export function planEvacuation(input: PlanningInput): EvacuationPlan {
  const { facts, request, settings } = input;
  const source = facts.nodes.find((node) => node.name === facts.node);
  const { targets, refused } = possibleTargets(facts, request.targets);
  const bins = targets.map(
    (node) => new Bin(node, reservedByOthers(node.name, facts.othersLeases), settings.targetMemoryShare),
  );
  const roomBytes = Object.fromEntries(
    targets.map((node) => [
      node.name,
      Math.max(0, Math.floor(node.memoryTotalBytes * settings.targetMemoryShare) - node.memoryTakenBytes),
    ]),
  );
  const model = transferModel(request, settings);
  const guests = [...facts.guests].sort((a, b) => a.vmid - b.vmid);
  const { loads, stays } = sortOut(guests, source, input);
  const allowed = new Map(
    loads.map((load) => [load, bins.filter((bin) => guestRefusal(load.guest, bin.node) === undefined)]),
  );
  const placement = place(allowed, bins);
  const homeless = loads
    .filter((load) => !placement.has(load))
    .map((load) => stayForNoTarget(load, bins, refused));
  const moves = movesOf(loads, placement, facts.node, settings, model, allowed);
  const lanes = laneRuleOf(request, settings);
  const limit = bandwidthLimitOf(request, settings);
  const plan = {
    operation: 'evacuateNode' as const,
    cluster: facts.cluster,
    node: facts.node,
    madeAt: facts.takenAt,
    moves,
    stays: [...stays, ...homeless].sort((a, b) => a.vmid - b.vmid),
    nodes: forecastNodes(facts, moves),
    totals: {
      guests: moves.length,
      ramBytes: sum(moves.map((move) => move.ramBytes)),
      diskBytes: sum(moves.map((move) => move.diskBytes)),
      estimatedSeconds: Math.round(totalSeconds(moves, lanes, model)),
    },
    lanes,
    ...(limit === undefined ? {} : { bandwidthLimitBytesPerSecond: limit }),
    reservations: moves
      .filter((move) => move.reservedMemoryBytes > 0)
      .map(({ vmid, target, reservedMemoryBytes }) => ({ vmid, target, memoryBytes: reservedMemoryBytes })),
    roomBytes,
    times: {
      approvalExpiresAfterMs: settings.approvalExpiresAfterMs,
      remindEveryMs: settings.remindEveryMs,
      stallAfterMs: settings.stallAfterMs,
    },
    warnings: planWarnings({ facts, moves, refused, model }),
  };
  return { ...plan, hash: planHash(plan) };
}

/** Separates guests that stay whatever the targets from those that are to be placed. */
function sortOut(
  guests: readonly GuestFacts[],
  source: NodeView | undefined,
  { facts, skipped = [] }: PlanningInput,
): { readonly loads: readonly Load[]; readonly stays: readonly StayingGuest[] } {
  const loads: Load[] = [];
  const stays: StayingGuest[] = [];
  for (const guest of guests) {
    const { vmid, name, kind } = guest;
    const blocker = skipped.includes(vmid)
      ? {
          code: 'skipped' as const,
          reason: 'an operator chose to leave it',
          remedy: 'Start a new evacuation.',
        }
      : (blockerOf(guest, source) ?? (facts.quorum.quorate ? undefined : noQuorum));
    if (blocker === undefined) loads.push(loadOf(guest));
    else stays.push({ vmid, name, kind, ...blocker });
  }
  return { loads, stays };
}

const noQuorum = {
  code: 'notChecked' as const,
  reason: 'the cluster has no quorum: nothing can be moved',
  remedy: 'Bring enough nodes back (pvecm status on a node shows who is missing), then make a new plan.',
};

function movesOf(
  loads: readonly Load[],
  placement: Placement,
  source: string,
  settings: PlanningSettings,
  model: TransferModel,
  allowed: ReadonlyMap<Load, readonly Bin[]>,
): readonly PlannedMove[] {
  const moves: PlannedMove[] = [];
  for (const load of loads) {
    const bin = placement.get(load);
    if (bin === undefined) continue;
    const { vmid, name, running, memoryBytes, preconditions } = load.guest;
    const localDisks = (preconditions?.localVolumes ?? [])
      .map(({ volume, storage, sizeBytes }) => ({ volume, storage, sizeBytes }))
      .sort((a, b) => compareText(a.volume, b.volume));
    const copied = {
      ramBytes: running ? memoryBytes : 0,
      diskBytes: sum(localDisks.map((disk) => disk.sizeBytes)),
    };
    moves.push({
      vmid,
      name,
      kind: 'qemu',
      source,
      target: bin.node.name,
      mode: running ? 'live' : 'offline',
      reservedMemoryBytes: load.memoryBytes,
      ...copied,
      localDisks,
      estimatedSeconds: Math.round(moveSeconds(copyBytesOf(copied), model)),
      because: because(load, bin, allowed.get(load)?.length ?? 0, settings.targetMemoryShare),
    });
  }
  return moves.sort((a, b) => copyBytesOf(b) - copyBytesOf(a) || a.vmid - b.vmid);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
