import { evacuationBound } from '../../bench/bound';
import { figureTable, keepsLimit } from '../../bench/figures';
import { benchGuests, GiB, physics } from '../../bench/guests';
import { classify, mostPollsPerSecond, requestsByGuest } from '../../bench/requests';
import { virtualTimes } from '../../bench/virtual';
import type { RequestRecord } from '../../simulator';

function request(
  path: string,
  receivedAtMs = 0,
  parameters: RequestRecord['parameters'] = {},
): RequestRecord {
  return {
    ...{ id: 1, node: 'pve01', method: 'GET', path, parameters, receivedAt: 0, receivedAtMs },
    ...{ answeredAt: 0, status: 200, reason: 'OK', outcome: 'answered', notes: {} },
  };
}

const poll = (receivedAtMs: number) =>
  request('/nodes/pve01/tasks/UPID:pve01:00000CBC:00076956:6B03769F:qmigrate:100:a@pve:/log', receivedAtMs);

test('a request about one guest is told from polls and from reads of nodes and the cluster', () => {
  expect(classify(request('/nodes/pve01/qemu/101/migrate'))).toEqual({ kind: 'guest', vmid: 101 });
  expect(classify(request('/nodes/pve01/tasks', 0, { vmid: '101' }))).toEqual({ kind: 'guest', vmid: 101 });
  expect(classify(request('/nodes/pve01/storage/a/content', 0, { vmid: 101 }))).toMatchObject({ vmid: 101 });
  expect(classify(poll(0))).toEqual({ kind: 'poll' });
  expect(classify(request('/nodes/pve01/tasks', 0, { limit: '250' }))).toEqual({ kind: 'poll' });
  for (const path of ['/nodes/pve01/qemu', '/nodes/pve01/tasks', '/cluster/status']) {
    expect(classify(request(path))).toEqual({ kind: 'wide' });
  }
});

test('requests are counted by guest, polls are not', () => {
  const counts = requestsByGuest([
    request('/nodes/pve01/qemu/101/config'),
    request('/nodes/pve01/qemu/101/migrate'),
    request('/nodes/pve01/qemu/102/config'),
    poll(0),
  ]);
  expect(Object.fromEntries(counts)).toEqual({ 101: 2, 102: 1 });
});

test('polls that come too often in any ten seconds are seen', () => {
  const every = (ms: number) => Array.from({ length: 40 }, (_, at) => poll(at * ms));
  expect(mostPollsPerSecond(every(1000))).toBeLessThanOrEqual(1);
  expect(mostPollsPerSecond(every(500))).toBeGreaterThan(1.5);
  expect(mostPollsPerSecond([...every(2000), ...every(500)])).toBeGreaterThan(1.5);
});

test('the bound counts the pages that a guest writes at the best rate, and the fullest link', () => {
  const guest = { vmid: 1, memoryBytes: 11 * GiB, dirtyBytesPerSecond: 0.1 * GiB };
  // 11 GiB * 0.5 / (0.5 - 0.1) = 13.75 GiB: alone limited by its stream, three of them by the source's link.
  expect(evacuationBound([guest], () => 'pve02')).toBeCloseTo(13.75 / 0.5 + 6);
  const three = [1, 2, 3].map((vmid) => ({ ...guest, vmid }));
  expect(evacuationBound(three, (vmid) => `pve${vmid}`)).toBeCloseTo((3 * 13.75) / 1.1 + 6);
});

test('the guests are the same every time, within the limits', () => {
  const guests = benchGuests(40, 1);
  expect(guests).toEqual(benchGuests(40, 1));
  for (const { memoryBytes, dirtyBytesPerSecond } of guests) {
    expect(memoryBytes).toBeGreaterThanOrEqual(0.5 * GiB);
    expect(memoryBytes).toBeLessThanOrEqual(256 * GiB);
    expect(dirtyBytesPerSecond).toBeLessThan(physics.streamBytesPerSecond);
  }
});

test('no schedule in virtual time beats the bound, and foresight beats four at a time', () => {
  const guests = benchGuests(40, 1);
  const moves = guests
    .toSorted((left, right) => right.memoryBytes - left.memoryBytes)
    .map(({ vmid }, at) => ({ vmid, target: `pve0${2 + (at % 3)}` }));
  const bound = evacuationBound(guests, () => undefined);
  const { oneAtATime, fourAtATime, perfectPrediction } = virtualTimes('pve01', moves, guests);
  expect(perfectPrediction).toBeGreaterThanOrEqual(bound);
  expect(fourAtATime).toBeGreaterThan(perfectPrediction);
  expect(oneAtATime).toBeGreaterThan(2 * fourAtATime);
});

test('a figure above its limit fails, also one that is no number; one without limit never does', () => {
  const figure = { name: 'it', measured: '2 s', against: '1 s', ratio: 2 };
  expect(keepsLimit({ ...figure, limit: 1.15 })).toBe(false);
  expect(keepsLimit({ ...figure, ratio: Number.NaN, limit: 1.15 })).toBe(false);
  expect(keepsLimit({ ...figure, limit: 2 })).toBe(true);
  expect(keepsLimit(figure)).toBe(true);
  expect(figureTable([{ ...figure, limit: 1.15 }])).toContain('FAILED');
});
