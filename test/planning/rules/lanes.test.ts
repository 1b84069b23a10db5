import { bound, fortyGuests, makespan } from './fluid';
import type { LaneRule } from '../../../src/domain/evacuationPlan';
import {
  beginLook,
  emptyLanes,
  laneCopyEnding,
  laneEnded,
  laneObserved,
  lanesNow,
  laneStarted,
  mayStartNext,
  sampleTimeMs,
  type LaneState,
  type ObservedRate,
} from '../../../src/planning/rules/lanes';

const bandwidth: LaneRule = { kind: 'bandwidth', lanes: 2, setupSeconds: 3 };
const learning: LaneRule = { kind: 'learning', maximumLanes: 4, setupSeconds: 3 };

/** A rate seen since the lanes last changed, as in `state`; without it, as at the beginning. */
function rate(bytesPerSecond: number, state = emptyLanes()): ObservedRate {
  return { ...beginLook(state), bytesPerSecond };
}

function started(...vmids: number[]): LaneState {
  return vmids.reduce(laneStarted, emptyLanes());
}

test('the next migration starts while fewer than the rule allows are in setup or copying', () => {
  expect(mayStartNext(bandwidth, started(101))).toBe(true);
  expect(mayStartNext(bandwidth, started(101, 102))).toBe(false);
});

test('a copy that is about to end no longer counts, so setup overlaps it', () => {
  expect(mayStartNext(bandwidth, laneCopyEnding(started(101, 102), 101))).toBe(true);
});

test('a fixed number of migrations is never exceeded, not even while one ends', () => {
  const one: LaneRule = { kind: 'fixed', lanes: 1 };
  const ending = laneCopyEnding(started(101), 101);
  expect(mayStartNext(one, ending)).toBe(false);
  expect(mayStartNext(one, laneEnded(ending, 101))).toBe(true);
});

test('telling the same thing twice changes nothing', () => {
  const once = laneCopyEnding(started(101), 101, rate(100));
  expect(laneCopyEnding(once, 101, rate(100))).toEqual(once);
  expect(laneStarted(once, 101)).toEqual(once);
  expect(laneEnded(laneEnded(once, 101), 101)).toEqual(laneEnded(once, 101));
});

test('the learning rule adds a lane while streams keep their rate', () => {
  const two = laneCopyEnding(started(101), 101, rate(100));
  expect(lanesNow(learning, two)).toBe(2);
  const full = [102, 103].reduce(laneStarted, two);
  expect(lanesNow(learning, laneObserved(full, rate(89, full)))).toBe(3);
  expect(lanesNow(learning, laneObserved(full, rate(87, full)))).toBe(2);
});

test('the learning rule takes a lane back when a lane fewer fills the link, and does not try again', () => {
  const ended = laneEnded(laneCopyEnding(started(101), 101, rate(100)), 101);
  const full = [102, 103].reduce(laneStarted, ended);
  const back = laneObserved(full, rate(50, full));
  expect(lanesNow(learning, back)).toBe(1);
  expect(lanesNow(learning, laneObserved(back, rate(100, back)))).toBe(1);
});

test('the learning rule does not blame its lanes for those that are ending and may copy still', () => {
  const two = [102, 103].reduce(laneStarted, laneCopyEnding(started(101), 101, rate(100)));
  expect(lanesNow(learning, laneObserved(two, rate(50, two)))).toBe(2);
  // Nor for one that was still there when looking began.
  const later = laneEnded(two, 101);
  expect(lanesNow(learning, laneObserved(later, rate(50, two)))).toBe(2);
  expect(lanesNow(learning, laneObserved(later, rate(50, later)))).toBe(1);
});

test('a rate that was seen across a change of the lanes is not judged', () => {
  const two = [102, 103].reduce(laneStarted, laneCopyEnding(started(101), 101, rate(100)));
  const three = laneObserved(two, rate(100, two));
  expect(lanesNow(learning, three)).toBe(3);
  const full = laneStarted(three, 104);
  expect(lanesNow(learning, laneObserved(full, rate(100, two)))).toBe(3);
  expect(lanesNow(learning, laneObserved(full, rate(100, three)))).toBe(4);
});

test('only the learning rule wants to be told rates while copies run, after about 12 s each', () => {
  expect(sampleTimeMs(learning)).toBe(12_000);
  expect(sampleTimeMs(bandwidth)).toBeUndefined();
  expect(sampleTimeMs({ kind: 'fixed', lanes: 2 })).toBeUndefined();
});

test('the learning rule judges only full lanes and never exceeds its maximum', () => {
  const three: LaneState = { ...started(101), learnedLanes: 3, bestBytesPerSecond: 100 };
  expect(laneObserved(three, rate(100, three)).learnedLanes).toBe(3);
  expect(lanesNow(learning, { ...three, learnedLanes: 9 })).toBe(4);
});

test('lanes survive continue-as-new: they are plain data', () => {
  const state = laneCopyEnding(started(101, 102), 101, rate(100));
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});

describe('in a fluid model of 40 guests on 10 GbE with 0.5 GiB/s a stream', () => {
  const network = { link: 1.1, cap: 0.5, guests: fortyGuests(1) };
  const ratio = (rule: LaneRule, sampleSeconds?: number) =>
    makespan(rule, network, sampleSeconds).seconds / bound(network);

  test('the bandwidth rule with prediction ends within 6 % of the hard bound', () => {
    expect(ratio({ kind: 'bandwidth', lanes: 3, setupSeconds: 3 })).toBeLessThan(1.06);
  });

  test('the learning rule, told rates every 12 s, ends within 12 % of it', () => {
    expect(ratio({ kind: 'learning', maximumLanes: 8, setupSeconds: 3 }, 12)).toBeLessThan(1.12);
  });

  test('one at a time takes more than twice the bound', () => {
    expect(ratio({ kind: 'fixed', lanes: 1 })).toBeGreaterThan(2);
  });
});
