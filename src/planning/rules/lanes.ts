import type { LaneRule } from '../../domain/evacuationPlan';

/**
 * What an operation remembers of its lanes. Plain data: it travels through continue-as-new. All transitions are
 * pure and may be repeated: telling the same thing twice changes nothing.
 */
export interface LaneState {
  /** VMIDs of migrations in setup or copying. */
  readonly counting: readonly number[];
  /** VMIDs of migrations whose copy is about to end or that are in teardown: they count for a fixed rule only. */
  readonly ending: readonly number[];
  /** What the learning rule tries now. */
  readonly learnedLanes: number;
  /** The best rate that one stream was seen to have; 0 before the first. */
  readonly bestBytesPerSecond: number;
  /** How often `learnedLanes` has changed: a rate that was seen across a change says nothing. */
  readonly changes: number;
  /** So many were too many once: never tried again. */
  readonly tooMany?: number;
}

/** A stream that has more than this share of the best rate is not slowed by the others. */
const undisturbedShare = 0.88;

/** The lanes of an operation that has started nothing. */
export function emptyLanes(): LaneState {
  return { counting: [], ending: [], learnedLanes: 1, changes: 0, bestBytesPerSecond: 0 };
}

/** How many migrations may count at once now. */
export function lanesNow(rule: LaneRule, state: LaneState): number {
  switch (rule.kind) {
    case 'fixed':
    case 'bandwidth':
      return Math.max(1, rule.lanes);
    case 'learning':
      return Math.max(1, Math.min(rule.maximumLanes, state.learnedLanes));
  }
}

/**
 * Whether one more migration may start now. A fixed number is what a person asked for: there a migration counts
 * until it has ended. The other rules let setup overlap the end of a copy.
 */
export function mayStartNext(rule: LaneRule, state: LaneState): boolean {
  const taken = state.counting.length + (rule.kind === 'fixed' ? state.ending.length : 0);
  return taken < lanesNow(rule, state);
}

/** A migration was started (or found running): it counts. */
export function laneStarted(state: LaneState, vmid: number): LaneState {
  const known = state.counting.includes(vmid) || state.ending.includes(vmid);
  return known ? state : { ...state, counting: [...state.counting, vmid] };
}

/** How long copies are watched for one sample, as a multiple of the setup time: about 12 s. */
const setupsPerSample = 4;

/** Over which time (milliseconds) the rule wants to be told how fast copies are; undefined: it learns nothing. */
export function sampleTimeMs(rule: LaneRule): number | undefined {
  return rule.kind === 'learning' ? Math.round(rule.setupSeconds * setupsPerSample * 1000) : undefined;
}

/** From when on a copy is looked at. */
export interface LookBegin {
  /** `changes` of the state then. */
  readonly sinceChange: number;
  /** How many migrations were under way then. */
  readonly streams: number;
}

/** A rate that a copy was seen to have, in bytes per second. */
export interface ObservedRate extends LookBegin {
  readonly bytesPerSecond: number;
}

/** A look at a copy that begins now. */
export function beginLook(state: LaneState): LookBegin {
  return { sinceChange: state.changes, streams: streamsOf(state) };
}

/** Those that end may still copy: a guest that writes much takes long for its last pages. */
function streamsOf(state: LaneState): number {
  return state.counting.length + state.ending.length;
}

/**
 * A copy was seen to run at this rate. May be told at any time; the learning rule judges it only while its lanes
 * are full, and if their number is the same as when looking began: one step up while streams keep 88 % of the best
 * rate, one step down when a lane fewer would fill the link as well.
 */
export function laneObserved(state: LaneState, observed: ObservedRate): LaneState {
  const { bytesPerSecond, sinceChange } = observed;
  const bestBytesPerSecond = Math.max(state.bestBytesPerSecond, bytesPerSecond);
  const lanes = state.learnedLanes;
  const seen = { ...state, bestBytesPerSecond };
  const isJudged = bytesPerSecond > 0 && sinceChange === state.changes && state.counting.length >= lanes;
  if (!isJudged) return seen;
  if (bytesPerSecond >= undisturbedShare * bestBytesPerSecond) {
    return state.tooMany === lanes + 1 ? seen : withLanes(seen, lanes + 1);
  }
  const streams = Math.max(observed.streams, streamsOf(state));
  const fewerFillTheLink = (lanes - 1) * bestBytesPerSecond >= streams * bytesPerSecond;
  return fewerFillTheLink && lanes > 1 ? { ...withLanes(seen, lanes - 1), tooMany: lanes } : seen;
}

function withLanes(state: LaneState, learnedLanes: number): LaneState {
  return { ...state, learnedLanes, changes: state.changes + 1 };
}

/**
 * A copy will end within one setup time (the activity `copyEnding` returned). The rate is absent if none was seen
 * (offline, or too short).
 */
export function laneCopyEnding(state: LaneState, vmid: number, rate?: ObservedRate): LaneState {
  if (!state.counting.includes(vmid)) return state;
  const seen = rate === undefined ? state : laneObserved(state, rate);
  return { ...seen, counting: without(seen.counting, vmid), ending: [...seen.ending, vmid] };
}

/** A migration ended, however: its lane is free. */
export function laneEnded(state: LaneState, vmid: number): LaneState {
  return { ...state, counting: without(state.counting, vmid), ending: without(state.ending, vmid) };
}

function without(vmids: readonly number[], vmid: number): readonly number[] {
  return vmids.filter((other) => other !== vmid);
}
