import fc from 'fast-check';
import { firstDowntimeLimitSeconds, type FlowSpec } from '../../../simulator/network/flow';
import { FluidNetwork, type FluidLinks } from '../../../simulator/network/fluid';

const wide: FluidLinks = { capacityOf: () => 1e12, connected: () => true };

function disk(bytes: number, cap: number, source = 'a', target = 'b'): FlowSpec {
  return {
    source,
    target,
    bytes,
    capBytesPerSecond: cap,
    dirtyBytesPerSecond: 0,
    downtimeLimitSeconds: undefined,
  };
}

function memory(bytes: number, cap: number, dirty: number): FlowSpec {
  return {
    ...disk(bytes, cap),
    dirtyBytesPerSecond: dirty,
    downtimeLimitSeconds: firstDowntimeLimitSeconds,
  };
}

/** Lets everything run out; the times in the order of completion. */
function runOut(network: FluidNetwork): number[] {
  const times: number[] = [];
  for (let next = network.nextEvent(); Number.isFinite(next); next = network.nextEvent()) {
    times.push(...network.advance(next).map(({ at }) => at));
  }
  return times;
}

function timeOf(spec: FlowSpec, links = wide): number {
  const network = new FluidNetwork(links);
  network.start(spec);
  return runOut(network)[0] ?? Infinity;
}

test('a disk takes its bytes divided by the rate', () => {
  expect(timeOf(disk(1000, 100))).toBeCloseTo(10, 9);
});

test('memory takes M / (b - d), less what the allowed downtime saves', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e6, max: 1e11, noNaN: true }),
      fc.double({ min: 1e6, max: 1e9, noNaN: true }),
      fc.double({ min: 0, max: 0.95, noNaN: true }),
      (bytes, rate, dirtyShare) => {
        const dirty = rate * dirtyShare;
        const time = timeOf(memory(bytes, rate, dirty));
        const saved = (firstDowntimeLimitSeconds * dirty) / (rate - dirty);
        const formula = bytes / (rate - dirty);
        expect(time).toBeLessThanOrEqual(formula * (1 + 1e-9));
        expect(time).toBeGreaterThanOrEqual(formula - saved - formula * 1e-9);
      },
    ),
  );
});

test('a guest that dirties faster than the link ends all the same: the allowed downtime doubles every six seconds', () => {
  const network = new FluidNetwork(wide);
  const flow = network.start(memory(1000, 100, 100));
  const [at] = runOut(network);
  // 0.1 s doubles seven times until 12.8 s are enough for the 10 s that all of the memory takes.
  expect(at).toBeCloseTo(7 * 6 + 10, 9);
  expect(flow.downtimeLimitSeconds).toBeCloseTo(12.8, 9);
  expect(flow.downtimeSeconds).toBeCloseTo(10, 9);
});

test('flows share the link of their source, and each gets what another leaves', () => {
  const network = new FluidNetwork({ capacityOf: () => 100, connected: () => true });
  const slow = network.start(disk(1000, 20, 'a', 'b'));
  const one = network.start(disk(1000, 500, 'a', 'c'));
  const two = network.start(disk(1000, 500, 'a', 'd'));
  network.nextEvent();
  expect([slow, one, two].map(({ rateBytesPerSecond }) => rateBytesPerSecond)).toEqual([20, 40, 40]);
  expect(runOut(network)).toEqual([25, 25, 50]);
});

test('in and out of a node do not take from each other', () => {
  const network = new FluidNetwork({ capacityOf: () => 100, connected: () => true });
  network.start(disk(1000, 500, 'a', 'b'));
  network.start(disk(1000, 500, 'b', 'a'));
  expect(runOut(network)).toEqual([10, 10]);
});

test('nothing is carried to a node that is cut off, and it goes on when the node is back', () => {
  let connected = true;
  const network = new FluidNetwork({ capacityOf: () => 1e9, connected: () => connected });
  const flow = network.start(disk(1000, 100));
  network.advance(4);
  connected = false;
  network.linksChanged();
  network.advance(100);
  expect(flow.transferredBytes).toBeCloseTo(400, 9);
  expect(network.nextEvent()).toBe(Infinity);
  connected = true;
  network.linksChanged();
  expect(runOut(network)[0]).toBeCloseTo(106, 9);
});

test('a flow that is stopped leaves its share to the others', () => {
  const network = new FluidNetwork({ capacityOf: () => 100, connected: () => true });
  const stopped = network.start(disk(1000, 100, 'a', 'b'));
  network.start(disk(1000, 100, 'a', 'c'));
  network.advance(10);
  network.stop(stopped);
  expect(runOut(network)).toEqual([15]);
});

test('how often one looks does not change when anything ends', () => {
  const specs = fc.array(
    fc.record({
      bytes: fc.integer({ min: 1, max: 1_000_000 }),
      cap: fc.integer({ min: 1, max: 5_000 }),
      dirtyShare: fc.double({ min: 0, max: 1.5, noNaN: true }),
      target: fc.constantFrom('b', 'c', 'd'),
    }),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(
      specs,
      fc.array(fc.double({ min: 0, max: 2_000, noNaN: true }), { maxLength: 30 }),
      (flows, looks) => {
        const once = new FluidNetwork({ capacityOf: () => 4_000, connected: () => true });
        const often = new FluidNetwork({ capacityOf: () => 4_000, connected: () => true });
        for (const { bytes, cap, dirtyShare, target } of flows) {
          const spec = { ...memory(bytes, cap, cap * dirtyShare), target };
          once.start(spec);
          often.start(spec);
        }
        const seen: number[] = [];
        for (const at of [...looks].sort((a, b) => a - b)) {
          seen.push(...often.advance(at).map((completion) => completion.at));
        }
        seen.push(...runOut(often));
        const expected = runOut(once);
        expect(seen).toHaveLength(flows.length);
        for (const [index, at] of seen.entries()) {
          expect(at).toBeCloseTo(expected[index] ?? NaN, 3);
        }
      },
    ),
  );
});
