import type { Simulator } from '../../simulator';
import { parseUpid, type Upid } from '../../src/domain/upid';
import {
  createTaskPoller,
  type TaskPollerOptions,
  type TaskWatchRequest,
} from '../../src/proxmox/tasks/poller';
import { startLab, useCleanUp, waitFor } from './support';

const clean = useCleanUp();
const MiB = 2 ** 20;
const plan = { ramBytes: 1000 * MiB, diskBytes: 0, setupSeconds: 1 };
const wait: TaskWatchRequest = { vmid: 100, plan, stallAfterMs: 60_000, until: 'copyEnding' };

type Script = Parameters<Simulator['control']['cluster']['tasks']['start']>[0]['run'];

function startTask({ control }: Simulator, vmid: number, run: Script, type = 'qmigrate'): Upid {
  const task = control.cluster.tasks.start({
    node: 'pve01',
    type,
    id: String(vmid),
    authId: 'admin@pve!test',
    run,
  });
  return parseUpid(task.upid);
}

/** A copy of 1000 MiB in sixty lines, one in a tenth of a real second: 167 MiB/s. */
const slowCopy: Script = async (worker) => {
  for (let step = 1; step <= 60; step += 1) {
    await worker.sleep(1);
    worker.logWithTime(
      `migration active, transferred ${(1000 * step) / 60} MiB of 1000.0 MiB VM-state, 1 MiB/s`,
    );
  }
  await worker.sleep(1000);
};

/** A task that is in its setup for ever. */
const hanging: Script = (worker) => worker.sleep(100_000);

async function start(options: TaskPollerOptions = {}) {
  const { simulator, client } = await startLab(clean, { speed: 10 });
  const poller = createTaskPoller(client, { pollEveryMs: 150, ...options });
  clean(() => poller.close());
  const asked = (upid: Upid) => simulator.control.requests().filter(({ path }) => path.includes(upid.text));
  return { simulator, poller, asked };
}

/** A copy whose speed the poller has measured. */
async function measuredCopy(
  { simulator, poller }: Awaited<ReturnType<typeof start>>,
  type?: string,
): Promise<void> {
  const speeds: number[] = [];
  const upid = startTask(simulator, 100, slowCopy, type);
  const watching = poller.watch(upid, { ...wait, onProgress: (it) => speeds.push(it.bytesPerSecond) });
  watching.catch(() => undefined);
  await waitFor(() => speeds.some((speed) => speed > 0));
}

test('a task that was started here is not asked before its setup is over, any other at once', async () => {
  const { simulator, poller, asked } = await start();
  const setupSeconds = 3;
  const request = { ...wait, plan: { ...plan, setupSeconds } };
  const begunAtMs = Date.now();
  const ours = startTask(simulator, 101, hanging);
  const other = startTask(simulator, 102, hanging);
  poller.noteStart(ours);
  for (const upid of [ours, other]) poller.watch(upid, request).catch(() => undefined);
  await waitFor(() => asked(ours).length > 0);
  expect((asked(ours)[0]?.receivedAtMs ?? 0) - begunAtMs).toBeGreaterThan(1000 * setupSeconds);
  expect((asked(other)[0]?.receivedAtMs ?? 0) - begunAtMs).toBeLessThan(1000 * setupSeconds);
});

test('the speed of a task of another type tells nothing: it is looked at', async () => {
  const stage = await start();
  await measuredCopy(stage, 'imgdownload');
  const short = startTask(stage.simulator, 101, hanging);
  stage.poller.noteStart(short);
  const watching = stage.poller.watch(short, { ...wait, vmid: 101, plan: { ...plan, ramBytes: 50 * MiB } });
  watching.catch(() => undefined);
  await waitFor(() => stage.asked(short).length > 0);
});

test('the end of a copy that is too short to be seen is expected by the speed of others', async () => {
  const stage = await start();
  await measuredCopy(stage);
  const short = startTask(stage.simulator, 101, hanging);
  stage.poller.noteStart(short);
  const result = await stage.poller.watch(short, {
    ...wait,
    vmid: 101,
    plan: { ...plan, ramBytes: 50 * MiB },
  });
  expect(result).toMatchObject({ kind: 'copyEnding' });
  expect(result).not.toHaveProperty('bytesPerSecond');
  expect(stage.asked(short)).toHaveLength(0);
});

test('a longer copy must have been seen: one that hangs keeps its lane', async () => {
  let jumpMs = 0;
  const stage = await start({ clock: () => performance.now() + jumpMs });
  await measuredCopy(stage);
  const long = startTask(stage.simulator, 101, hanging);
  stage.poller.noteStart(long);
  const results: string[] = [];
  void stage.poller.watch(long, { ...wait, vmid: 101 }).then(
    ({ kind }) => results.push(kind),
    () => undefined,
  );
  jumpMs = 30_000;
  await waitFor(() => stage.asked(long).length > 2);
  expect(results).toEqual([]);
});

test('a sample tells how fast a copy is that goes on, and its end is told to who waits again', async () => {
  const { simulator, poller } = await start();
  const upid = startTask(simulator, 100, slowCopy);
  const request = { ...wait, plan: { ...plan, setupSeconds: 0.5 } };
  const sample = await poller.watch(upid, { ...request, sampleAfterMs: 1_500 });
  expect(sample.kind).toBe('sample');
  const speed = sample.kind === 'sample' ? sample.bytesPerSecond / MiB : 0;
  expect(speed).toBeGreaterThan(120);
  expect(speed).toBeLessThan(220);
  expect(await poller.watch(upid, request)).toMatchObject({ kind: 'copyEnding' });
});

test('what is read after the end of a copy says nothing of its speed', async () => {
  const { simulator, poller } = await start({ pollEveryMs: 1_500 });
  const upid = startTask(simulator, 100, async (worker) => {
    worker.logWithTime('migration active, transferred 400.0 MiB of 1000.0 MiB VM-state, 1.0 MiB/s');
    await worker.sleep(5);
    worker.logWithTime('migration completed, transferred 1000.0 MiB VM-state');
    await worker.sleep(50);
  });
  const result = await poller.watch(upid, { ...wait, until: 'ended' });
  expect(result).toMatchObject({ kind: 'ended', copiedBytes: 1000 * MiB });
  expect(result).not.toHaveProperty('bytesPerSecond');
});
