import { atMostAtATime, runMigrations, type VirtualMigration } from '../../../simulator/network/virtual';

const links = { capacityOf: () => 1000, connected: () => true };

function migration(id: string, changes: Partial<VirtualMigration> = {}): VirtualMigration {
  return {
    id,
    source: 'pve01',
    target: 'pve02',
    memoryBytes: 5000,
    dirtyBytesPerSecond: 0,
    diskBytes: [],
    setupSeconds: 3,
    teardownSeconds: 3,
    streamBytesPerSecond: 500,
    diskBytesPerSecond: 500,
    ...changes,
  };
}

test('one migration takes setup, each disk, the memory, teardown', () => {
  const result = runMigrations([migration('1', { diskBytes: [1000, 500] })], links, atMostAtATime(1));
  expect(result.makespanSeconds).toBeCloseTo(3 + 2 + 1 + 10 + 3, 9);
  expect(result.guestSeconds).toBeCloseTo(19, 9);
});

test('one at a time adds up; at most so many at a time share the link', () => {
  const four = ['1', '2', '3', '4'].map((id) => migration(id));
  expect(runMigrations(four, links, atMostAtATime(1)).makespanSeconds).toBeCloseTo(4 * 16, 9);
  expect(runMigrations(four, links, atMostAtATime(2)).makespanSeconds).toBeCloseTo(2 * 16, 9);
  expect(runMigrations(four, links, atMostAtATime(4)).makespanSeconds).toBeCloseTo(3 + 20 + 3, 9);
});

test('a policy may ask to be called again, and sees when a copy will end', () => {
  const starts: number[] = [];
  const result = runMigrations([migration('1'), migration('2')], links, ({ now, waiting, underWay }) => {
    const ends = underWay.map(({ phase, phaseEndsAt }) => (phase === 'copy' ? phaseEndsAt : Infinity));
    const copying = underWay.filter(
      ({ phase }, index) => phase === 'setup' || (ends[index] ?? 0) - now > 3 + 1e-9,
    );
    const start = waiting.slice(0, phasesFree(copying.filter(({ phase }) => phase !== 'teardown').length));
    if (start.length > 0) starts.push(now);
    return { start, lookAgainAt: Math.min(...ends) - 3 };
  });
  expect(starts[1]).toBeCloseTo(10, 6);
  expect(result.makespanSeconds).toBeCloseTo(3 + 10 + 10 + 3, 6);
});

function phasesFree(taken: number): number {
  return Math.max(1 - taken, 0);
}

test('a policy that starts nothing is an error, not an endless loop', () => {
  expect(() => runMigrations([migration('1')], links, () => ({ start: [] }))).toThrow(
    'policy starts nothing',
  );
});
