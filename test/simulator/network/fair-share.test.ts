import fc from 'fast-check';
import { maxMinRates, type Stream } from '../../../simulator/network/fair-share';
import { processorMs } from '../../support/processorTime';

const node = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const stream: fc.Arbitrary<Stream> = fc
  .record({ source: node, target: node, capBytesPerSecond: fc.integer({ min: 1, max: 2_000 }) })
  .filter(({ source, target }) => source !== target);
const capacities = fc.record({
  a: fc.integer({ min: 1, max: 5_000 }),
  b: fc.integer({ min: 1, max: 5_000 }),
  c: fc.integer({ min: 1, max: 5_000 }),
  d: fc.integer({ min: 1, max: 5_000 }),
  e: fc.integer({ min: 1, max: 5_000 }),
});

const tolerance = 1 + 1e-6;

function load(
  streams: readonly Stream[],
  rates: readonly number[],
  end: 'source' | 'target',
  of: string,
): number {
  return streams.reduce((sum, one, index) => sum + (one[end] === of ? (rates[index] ?? 0) : 0), 0);
}

test('no link and no stream carries more than it can', () => {
  fc.assert(
    fc.property(fc.array(stream, { maxLength: 40 }), capacities, (streams, capacity) => {
      const rates = maxMinRates(streams, (name) => new Map(Object.entries(capacity)).get(name) ?? 0);
      for (const [name, carries] of Object.entries(capacity)) {
        expect(load(streams, rates, 'source', name)).toBeLessThanOrEqual(carries * tolerance);
        expect(load(streams, rates, 'target', name)).toBeLessThanOrEqual(carries * tolerance);
      }
      for (const [index, { capBytesPerSecond }] of streams.entries()) {
        expect(rates[index]).toBeLessThanOrEqual(capBytesPerSecond * tolerance);
        expect(rates[index]).toBeGreaterThan(0);
      }
    }),
  );
});

test('a stream below its cap is on a full link where no other stream gets more than it', () => {
  fc.assert(
    fc.property(fc.array(stream, { minLength: 1, maxLength: 40 }), capacities, (streams, capacity) => {
      const capacityOf = (name: string): number => new Map(Object.entries(capacity)).get(name) ?? 0;
      const rates = maxMinRates(streams, capacityOf);
      for (const [index, one] of streams.entries()) {
        const rate = rates[index] ?? 0;
        if (rate * tolerance >= one.capBytesPerSecond) continue;
        const heldBack = (['source', 'target'] as const).some((end) => {
          const full = load(streams, rates, end, one[end]) * tolerance >= capacityOf(one[end]);
          const others = streams.filter((other) => other[end] === one[end]);
          const most = Math.max(...others.map((other) => rates[streams.indexOf(other)] ?? 0));
          return full && most <= rate * tolerance;
        });
        expect(heldBack).toBe(true);
      }
    }),
  );
});

test('a thousand streams are shared out in well under a second', () => {
  const streams = Array.from({ length: 1000 }, (_, index) => ({
    source: `n${index % 30}`,
    target: `n${(index * 7 + 1) % 30}`,
    capBytesPerSecond: 100 + index,
  }));
  expect(processorMs(() => maxMinRates(streams, () => 2_000))).toBeLessThan(500);
});
