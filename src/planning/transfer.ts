import type { LaneRule, PlannedMove } from '../domain/evacuationPlan';
import type { PlanningRequest, PlanningSettings } from './facts';

/** 1 Gbit/s: the slowest link that is usual. */
const assumedLinkBytesPerSecond = 125_000_000;
/** From the end of the copy to the end of the task (observed: Migration, 4-5 s; the model's overhead is about 6 s in all). */
const teardownSeconds = 3;
/** The learning rule never tries more. */
const mostLanesLearned = 8;

/** How fast guests can be copied. */
export interface TransferModel {
  /** Of the source's link, shared by all streams. */
  readonly linkBytesPerSecond: number;
  /** What one stream reaches at best. */
  readonly streamBytesPerSecond: number;
  readonly setupSeconds: number;
  readonly teardownSeconds: number;
  /** The link's speed is not configured: times are no more than an order of magnitude. */
  readonly assumed: boolean;
}

/** The limit for one migration: that of the request, else that of the configuration. */
export function bandwidthLimitOf(request: PlanningRequest, settings: PlanningSettings): number | undefined {
  return request.bandwidthLimitBytesPerSecond ?? settings.bandwidthLimitBytesPerSecond;
}

/** How fast copies are expected to be. */
export function transferModel(request: PlanningRequest, settings: PlanningSettings): TransferModel {
  const link = settings.networkSpeedBytesPerSecond ?? assumedLinkBytesPerSecond;
  const cap = settings.streamCapBytesPerSecond ?? link;
  return {
    linkBytesPerSecond: link,
    streamBytesPerSecond: Math.min(link, cap, bandwidthLimitOf(request, settings) ?? Infinity),
    setupSeconds: settings.setupTimeMs / 1000,
    teardownSeconds,
    assumed: settings.networkSpeedBytesPerSecond === undefined,
  };
}

/** How many copies may run at once: what was asked for, else from the link's speed, else learned. */
export function laneRuleOf(request: PlanningRequest, settings: PlanningSettings): LaneRule {
  const fixed = request.concurrency ?? settings.concurrency;
  if (fixed !== undefined) return { kind: 'fixed', lanes: fixed };
  const setupSeconds = settings.setupTimeMs / 1000;
  const link = settings.networkSpeedBytesPerSecond;
  const limits = [settings.streamCapBytesPerSecond, bandwidthLimitOf(request, settings)];
  const stream = Math.min(...limits.map((limit) => limit ?? Infinity));
  if (link === undefined || stream === Infinity) {
    return { kind: 'learning', maximumLanes: mostLanesLearned, setupSeconds };
  }
  return { kind: 'bandwidth', lanes: Math.max(1, Math.ceil(link / stream)), setupSeconds };
}

/** Time of one move alone: overhead + (RAM + disks) at the stream's rate. Pages dirtied meanwhile are not known. */
export function moveSeconds(copyBytes: number, model: TransferModel): number {
  return model.setupSeconds + copyBytes / model.streamBytesPerSecond + model.teardownSeconds;
}

/** How many lanes an estimate counts with. */
export function expectedLanes(rule: LaneRule, model: TransferModel): number {
  if (rule.kind !== 'learning') return rule.lanes;
  const useful = Math.ceil(model.linkBytesPerSecond / model.streamBytesPerSecond);
  return Math.max(1, Math.min(rule.maximumLanes, useful));
}

/** Bytes that a move copies. */
export function copyBytesOf(move: Pick<PlannedMove, 'ramBytes' | 'diskBytes'>): number {
  return move.ramBytes + move.diskBytes;
}
