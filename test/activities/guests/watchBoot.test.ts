import { setImmediate as settled } from 'node:timers/promises';
import { createNodeTurns } from '../../../src/activities/guests/nodeTurns';
import { watchBoot } from '../../../src/activities/guests/watchBoot';

const times = { patienceMs: 600_000, settleMs: 30_000, everyMs: 60_000, talosPort: 1 };

afterEach(() => {
  jest.restoreAllMocks();
});

test('a look that lasts as long as the pause is followed by the next one at once', async () => {
  let nowMs = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const begunAt: number[] = [];
  const told: unknown[] = [];
  const attempt = {
    signal: new AbortController().signal,
    tell: (details: unknown) => void told.push(details),
  };
  const report = await watchBoot(attempt, times, ({ hasSettled }) => {
    begunAt.push(nowMs);
    nowMs += times.everyMs;
    return Promise.resolve({ ready: begunAt.length === 3, hasSettled });
  });
  expect(begunAt).toEqual([0, 60_000, 120_000]);
  expect(report).toEqual({ ready: true, hasSettled: true });
  expect(told).toHaveLength(3);
});

test('on each node only so many take their turn at the same time, whatever goes on at others', async () => {
  const inTurn = createNodeTurns(2);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const act = (node: string, name: string) =>
    inTurn(node, () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  const all = [act('pve01', 'a'), act('pve01', 'b'), act('pve01', 'c'), act('pve02', 'd')];
  await settled();
  expect(begun).toEqual(['a', 'b', 'd']);
  ends[1]?.();
  await all[1];
  await settled();
  expect(begun).toEqual(['a', 'b', 'd', 'c']);
  for (const end of ends) end();
  await Promise.all(all);
});
