import type { Simulator } from '../../simulator';
import type { TaskProgress } from '../../src/domain/progress';
import { parseUpid, type Upid } from '../../src/domain/upid';
import {
  createTaskPoller,
  type TaskPollerOptions,
  type TaskWatchRequest,
} from '../../src/proxmox/tasks/poller';
import { managerErrorOf, startLab, storeOf, useCleanUp, waitFor } from './support';

const clean = useCleanUp();
const plan = { ramBytes: 1000 * 2 ** 20, diskBytes: 0, setupSeconds: 1 };
/** Most tests poll faster than the product does. */
const pollEveryMs = 150;
const wait: TaskWatchRequest = { vmid: 100, plan, stallAfterMs: 60_000, until: 'ended' };

type Script = Parameters<Simulator['control']['cluster']['tasks']['start']>[0]['run'];

/** A task on pve01 that writes what the script says. */
function startTask(simulator: Simulator, run: Script): Upid {
  const task = simulator.control.cluster.tasks.start({
    node: 'pve01',
    type: 'qmigrate',
    id: '100',
    authId: 'admin@pve!test',
    run,
  });
  return parseUpid(task.upid);
}

/** A copy of 1000 MiB of memory, a line every simulated second. */
function copying({
  steps,
  stepSeconds = 1,
}: {
  readonly steps: number;
  readonly stepSeconds?: number;
}): Script {
  return async (worker) => {
    for (let step = 1; step <= steps; step += 1) {
      await worker.sleep(stepSeconds);
      const copied = (1000 * step) / steps;
      worker.logWithTime(`migration active, transferred ${copied} MiB of 1000.0 MiB VM-state, 1.0 MiB/s`);
    }
    worker.logWithTime('average migration speed: 100.0 MiB/s - downtime 45 ms');
    worker.logWithTime('migration completed, transferred 1000.0 MiB VM-state');
    worker.logWithTime('migration status: completed');
    await worker.sleep(stepSeconds);
  };
}

/** A simulator at ten times the speed, its client and a poller. */
async function start(options: Parameters<typeof startLab>[1] & TaskPollerOptions = {}) {
  const { simulator, client } = await startLab(clean, { speed: 10, ...options });
  const poller = createTaskPoller(client, { pollEveryMs, ...options });
  clean(() => poller.close());
  return { simulator, client, poller };
}

test('a migration that ends well is told with its log, downtime and bytes', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, copying({ steps: 20 }));
  const result = await poller.watch(upid, wait);
  expect(result).toMatchObject({
    kind: 'ended',
    exit: { kind: 'ok' },
    downtimeMs: 45,
    copiedBytes: 1000 * 2 ** 20,
  });
  expect(result).toHaveProperty('logTail.0');
  // 1000 MiB in 20 lines of a tenth of a second: 500 MiB/s of real time.
  expect(result.kind === 'ended' ? (result.bytesPerSecond ?? 0) / 2 ** 20 : 0).toBeGreaterThan(250);
  expect(result.kind === 'ended' ? (result.bytesPerSecond ?? 0) / 2 ** 20 : 0).toBeLessThan(1000);
});

test('a migration that fails is told with the exit status and the lines that say why', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, async (worker) => {
    worker.logWithTime('ERROR: migration aborted (duration 00:00:00): the cause');
    await worker.sleep(1);
    throw new Error('migration aborted');
  });
  const result = await poller.watch(upid, wait);
  expect(result).toMatchObject({ kind: 'ended', exit: { kind: 'aborted', text: 'migration aborted' } });
  expect(result.kind === 'ended' && result.logTail.join()).toContain('the cause');
});

test('a task whose worker was killed has ended, though its log has no last line', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, copying({ steps: 1000 }));
  const watching = poller.watch(upid, wait);
  await waitFor(() => simulator.control.requests().length > 0);
  simulator.control.killWorker({ upid: upid.text });
  expect(await watching).toMatchObject({ kind: 'ended', exit: { kind: 'unexpectedStatus' } });
});

test('a task that has ended long before is told at once, with one request', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, async () => Promise.resolve());
  await simulator.control.waitFor(() => simulator.control.runningTasks().length === 0, 'the end');
  expect(await poller.watch(upid, wait)).toMatchObject({ kind: 'ended', exit: { kind: 'ok' } });
  expect(simulator.control.requests()).toHaveLength(1);
});

test('four tasks share one request a second, and all are told', async () => {
  const { simulator, poller } = await start({ pollEveryMs: 1_000 });
  const upids = [10, 15, 20, 25].map((steps) => startTask(simulator, copying({ steps })));
  const fromMs = performance.now();
  const results = await Promise.all(upids.map((upid) => poller.watch(upid, wait)));
  const spanSeconds = (performance.now() - fromMs) / 1000;
  expect(results.map(({ kind }) => kind)).toEqual(['ended', 'ended', 'ended', 'ended']);
  // Not when they arrive, which a busy machine decides, but how many there are in all.
  expect(simulator.control.requests().length).toBeLessThanOrEqual(Math.floor(spanSeconds) + 1);
});

test('short tasks of one node are asked for together; why one failed is in its log', async () => {
  const { simulator, poller } = await start({ pollEveryMs: 300 });
  const short = { ...wait, plan: { ...plan, ramBytes: 0 } };
  const upids = Array.from({ length: 12 }, (_, at) =>
    startTask(simulator, async (worker) => {
      worker.log('a line');
      await worker.sleep(8);
      if (at === 5) throw new Error('out of tea');
    }),
  );
  const results = await Promise.all(upids.map(async (upid) => poller.watch(upid, short)));
  const exits = results.map((result) => (result.kind === 'ended' ? result.exit.text : result.kind));
  expect(exits).toEqual(upids.map((_, at) => (at === 5 ? 'out of tea' : 'OK')));
  expect(results[5]).toMatchObject({ logTail: ['a line', 'TASK ERROR: out of tea'] });
  const [lists, logs] = ['/tasks', '/log'].map((end) =>
    simulator.control.requests().filter(({ path }) => path.endsWith(end)),
  );
  expect(lists?.length).toBeGreaterThan(0);
  expect(logs).toHaveLength(1);
});

test('a task that others wait for is asked for more often than one that only its own step waits for', async () => {
  const { simulator, poller } = await start();
  const begin = () => startTask(simulator, (worker) => worker.sleep(600));
  const [awaited, ...others] = [begin(), begin(), begin()] as const;
  const stop = new AbortController();
  const waits = [awaited, ...others].map((upid) =>
    poller.watch(upid, { ...wait, othersWait: upid === awaited, signal: stop.signal }),
  );
  const asked = (upids: readonly Upid[]) =>
    simulator.control.requests().filter(({ path }) => upids.some(({ text }) => path.includes(text))).length;
  await waitFor(() => asked([awaited, ...others]) >= 24);
  const mostOfOthers = Math.max(...others.map((upid) => asked([upid])));
  expect(asked([awaited])).toBeGreaterThanOrEqual(mostOfOthers + 3);
  stop.abort();
  await Promise.allSettled(waits);
});

test('several waits on one task share its polls', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, async (worker) => {
    worker.logWithTime('starting migration of VM 100');
    await copying({ steps: 20 })(worker);
  });
  const [ended, ending] = await Promise.all([
    poller.watch(upid, wait),
    poller.watch(upid, { ...wait, until: 'copyEnding' }),
  ]);
  expect([ended.kind, ending.kind]).toEqual(['ended', 'copyEnding']);
  // Each reading of the log begins where the last one ended: with two pollers there would be two beginnings.
  const beginnings = simulator.control.requests().filter(({ parameters }) => parameters['start'] === '0');
  expect(beginnings).toHaveLength(1);
});

test('the end of a copy is told about one setup time before it comes', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, copying({ steps: 60 }));
  const startedAtMs = performance.now();
  const result = await poller.watch(upid, { ...wait, until: 'copyEnding' });
  expect(result).toMatchObject({ kind: 'copyEnding' });
  // The copy takes 6 s: with a setup time of 1 s, 5 s is exact; half a second of log and polls is allowed for.
  const seconds = (performance.now() - startedAtMs) / 1000;
  expect(seconds).toBeGreaterThan(4);
  expect(seconds).toBeLessThan(6.2);
});

test('waiting for the end of the copy also returns when the task ends', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, async (worker) => {
    await worker.sleep(1);
    throw new Error('migration aborted');
  });
  expect(await poller.watch(upid, { ...wait, until: 'copyEnding' })).toMatchObject({ kind: 'ended' });
});

test('progress goes on between polls, never backwards, with a predicted end', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, copying({ steps: 60 }));
  const seen: TaskProgress[] = [];
  await poller.watch(upid, { ...wait, onProgress: (progress) => seen.push(progress) });
  const bytes = seen.map(({ copiedBytes }) => copiedBytes);
  expect(bytes).toEqual(bytes.toSorted((left, right) => left - right));
  expect(new Set(bytes).size).toBeGreaterThanOrEqual(5);
  expect(seen.some(({ secondsLeft }) => secondsLeft !== undefined && secondsLeft > 0.5)).toBe(true);
  expect(seen.at(-1)).toMatchObject({ vmid: 100, upid: upid.text, totalBytes: 1000 * 2 ** 20 });
});

test('a log that repeats the same figures is a stall; waiting on is possible', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, async (worker) => {
    for (;;) {
      worker.logWithTime('migration active, transferred 7.0 MiB of 1000.0 MiB VM-state, 0.0 B/s');
      await worker.sleep(1);
    }
  });
  const result = await poller.watch(upid, { ...wait, stallAfterMs: 1_500 });
  expect(result).toMatchObject({ kind: 'stalled' });
  expect(result.kind === 'stalled' && result.lastLine).toContain('transferred 7.0 MiB');
  expect(result.kind === 'stalled' && result.silentForMs).toBeGreaterThanOrEqual(1_500);
  const again = poller.watch(upid, wait);
  simulator.control.killWorker({ upid: upid.text });
  expect(await again).toMatchObject({ kind: 'ended', exit: { kind: 'unexpectedStatus' } });
});

test('an unreachable node is asked on through the others, then it is a stall that says so', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, copying({ steps: 10_000 }));
  const lines: string[] = [];
  const watching = poller.watch(upid, {
    ...wait,
    stallAfterMs: 2_000,
    onProgress: ({ lastLine }) => lines.push(lastLine),
  });
  await waitFor(() => lines.some((line) => line.includes('migration active')));
  await simulator.control.crashNode('pve01');
  const result = await watching;
  expect(result.kind).toBe('stalled');
  expect(result.kind === 'stalled' && result.lastLine).toContain('could not reach');
  expect(simulator.control.requests().some(({ node }) => node === 'pve02')).toBe(true);
});

test('a node that comes back in time is no stall', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, copying({ steps: 40 }));
  const watching = poller.watch(upid, wait);
  await waitFor(() => simulator.control.requests().length > 0);
  for (const { name } of simulator.nodes) await simulator.control.stopService(name, 'pveproxy');
  const polled = simulator.control.requests().length;
  await simulator.control.advance(20);
  for (const { name } of simulator.nodes) await simulator.control.startService(name, 'pveproxy');
  expect(await watching).toMatchObject({ kind: 'ended', exit: { kind: 'ok' } });
  expect(simulator.control.requests().length).toBeGreaterThan(polled);
});

test('a time in which this process was stopped is no stall', async () => {
  let jumpMs = 0;
  const { simulator, poller } = await start({ clock: () => performance.now() + jumpMs });
  const upid = startTask(simulator, async (worker) => {
    worker.logWithTime('migration active, transferred 7.0 MiB of 1000.0 MiB VM-state, 0.0 B/s');
    await worker.sleep(30);
  });
  const watching = poller.watch(upid, { ...wait, stallAfterMs: 20_000 });
  await waitFor(() => simulator.control.requests().length > 0);
  jumpMs = 3_600_000;
  expect(await watching).toMatchObject({ kind: 'ended', exit: { kind: 'ok' } });
});

test('a cancelled wait is Interrupted, and the task is not asked about any more', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, copying({ steps: 10_000 }));
  const abort = new AbortController();
  const watching = managerErrorOf(poller.watch(upid, { ...wait, signal: abort.signal }));
  await waitFor(() => simulator.control.requests().length > 0);
  abort.abort();
  expect((await watching).code).toBe('Interrupted');
  const aborted = AbortSignal.abort();
  expect((await managerErrorOf(poller.watch(upid, { ...wait, signal: aborted }))).code).toBe('Interrupted');
});

test('a task that the node does not know is NotFound', async () => {
  const { poller } = await start();
  const upid = parseUpid('UPID:pve01:00000CBC:00076956:6B03769F:qmigrate:100:admin@pve!test:');
  expect((await managerErrorOf(poller.watch(upid, wait))).code).toBe('NotFound');
});

test('a token that is revoked ends the wait with TokenRefused', async () => {
  const { simulator, poller } = await start({
    client: { credentials: storeOf(['admin@pve!test', 'right']) },
  });
  const upid = startTask(simulator, copying({ steps: 10_000 }));
  const watching = managerErrorOf(poller.watch(upid, wait));
  await waitFor(() => simulator.control.requests().length > 0);
  simulator.control.revokeToken('admin@pve!test');
  expect((await watching).code).toBe('TokenRefused');
});
