import type { ScenarioInput } from '../../../simulator';
import { parseUpid } from '../../../src/domain/upid';
import type { GuestIdentity, TaskBegun } from '../../../src/domain/template/step';
import { bootCheck } from '../../../src/activities/template/steps/bootCheck';
import { bringIntoForce } from '../../../src/activities/template/steps/bringIntoForce';
import { convertToTemplate, fetchImage, makeMachine } from '../../../src/activities/template/steps/build';
import { destroyGuest, stopGuest } from '../../../src/activities/template/steps/destroy';
import { retiredIdentity } from '../../../src/activities/template/steps/guest';
import { tasksBefore } from '../../../src/activities/template/steps/known';
import { removeImage } from '../../../src/activities/template/steps/removeImage';
import {
  buildsPool,
  cloneForTest,
  startTestClone,
  testIdentity,
} from '../../../src/activities/template/steps/testClone';
import type { ActivityAttempt } from '../../../src/activities/shared/attempt';
import { parseMarker } from '../../../src/planning/template/marker';
import { storageContent } from '../../../src/proxmox/api/node';
import { taskStatus } from '../../../src/proxmox/api/tasks';
import { useCleanUp } from '../../proxmox/support';
import { machine } from '../inspection/lab';
import { debian, imageDigest, templateLab, type TemplateLab } from './lab';

const clean = useCleanUp();

const pools: ScenarioInput['pools'] = [{ id: buildsPool }];

/** An attempt that is the only one. */
const attempt: ActivityAttempt = {
  signal: new AbortController().signal,
  remembered: undefined,
  tell: () => undefined,
  tellNow: () => undefined,
  requireAlive: () => undefined,
};

/** A lab with an approved plan for pve01, and the steps on it. */
async function stage(more: Partial<ScenarioInput> = {}) {
  const lab = await templateLab(clean, { pools, ...more });
  const { plan } = await lab.plan({ nodes: ['pve01'] });
  const input = { plan, holder: debian, node: 'pve01', vmid: 100, settledTasks: [] as readonly string[] };
  const quarantined: number[] = [];
  const ledger = {
    quarantineVmid: (_holder: object, vmid: number) => Promise.resolve(void quarantined.push(vmid)),
  };
  const { client } = lab;
  const steps = {
    fetch: () => fetchImage(client, attempt, input),
    make: () => makeMachine(client, attempt, input),
    convert: (settledTasks: readonly string[] = []) =>
      convertToTemplate(client, attempt, { ...input, settledTasks }),
    clone: () => cloneForTest(client, attempt, input),
    start: () => startTestClone(client, attempt, input),
    boot: () => bootCheck(client, attempt, input, { patienceMs: 3_000, settleMs: 500, everyMs: 20 }),
    removeImage: () => removeImage(client, attempt, input),
    force: () => bringIntoForce(client, attempt, input),
    stop: (identity: GuestIdentity) =>
      stopGuest(client, attempt, { holder: debian, identity, settledTasks: [] }),
    destroy: (identity: GuestIdentity, settledTasks: readonly string[] = []) =>
      destroyGuest(client, ledger, attempt, { holder: debian, identity, settledTasks }),
  };
  const replan = async () => (await lab.plan()).plan;
  return { ...lab, plan, input, steps, quarantined, replan };
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** Waits for the task of a step; its exit status. */
async function ended(
  { client, simulator }: Pick<TemplateLab, 'client' | 'simulator'>,
  begun: TaskBegun,
): Promise<string | undefined> {
  if (begun.kind === 'done') return 'done';
  const upid = parseUpid(begun.upid);
  const isOver = () => simulator.control.runningTasks({ upid: upid.text }).length === 0;
  await simulator.control.waitFor(() => (isOver() ? true : undefined), `the end of ${upid.text}`);
  return (await taskStatus(client, upid)).exitStatus;
}

/** What was downloaded to pve01. */
async function imagesOf({ client }: Pick<TemplateLab, 'client'>): Promise<string[]> {
  const rows = await storageContent(client, { node: 'pve01', storage: 'local' });
  return rows.filter(({ content }) => content === 'import').map(({ volid }) => volid);
}

/** Up to the template of the first copy. */
async function built(it: Stage): Promise<void> {
  for (const step of [it.steps.fetch, it.steps.make, it.steps.convert]) {
    expect(await ended(it, await step())).toBe('OK');
  }
}

test('a copy is downloaded, made, converted, cloned, booted, brought into force; its test clone is destroyed', async () => {
  const it = await stage();
  await built(it);
  expect(it.simulator.control.guest(100).config).toMatchObject({ name: it.plan.buildName, template: '1' });
  expect(await ended(it, await it.steps.clone())).toBe('OK');
  expect(await ended(it, await it.steps.start())).toBe('OK');
  expect(await it.steps.boot()).toEqual({
    ready: true,
    seen: [
      'the guest agent answers',
      'cloud-init has finished',
      expect.stringMatching(/^it has the address \d/) as string,
      'it has a machine id',
    ],
  });
  const identity = testIdentity(it.input);
  expect(await ended(it, await it.steps.stop(identity))).toBe('OK');
  expect(await ended(it, await it.steps.destroy(identity))).toBe('OK');
  expect(it.quarantined).toEqual([1000]);
  expect(await imagesOf(it)).toHaveLength(1);
  expect(await ended(it, await it.steps.removeImage())).toMatch(/^(done|OK)$/);
  expect(await imagesOf(it)).toEqual([]);
  await it.steps.force();
  const { config } = it.simulator.control.guest(100);
  expect(config['name']).toBe('debian-13');
  expect(parseMarker(config['description'])).toMatchObject({
    ...{ name: 'debian-13', generation: 1, vmid: 100, run: debian.firstExecutionRunId },
    digest: `sha512:${imageDigest}`,
  });
  const next = await it.replan();
  expect(next).toMatchObject({ todo: 'replicate', because: 'version 1 is not on pve02, pve03 yet' });
});

test('every step that is repeated adopts its task, and finds its goal reached once that is judged', async () => {
  const it = await stage();
  expect(await ended(it, await it.steps.fetch())).toBe('OK');
  const made = await it.steps.make();
  const again = await it.steps.make();
  expect(again).toEqual({ ...made, kind: 'adopted' });
  await ended(it, made);
  const settled = { ...it.input, settledTasks: made.kind === 'done' ? [] : [made.upid] };
  expect(await makeMachine(it.client, attempt, settled)).toEqual({ kind: 'done' });
  await ended(it, await it.steps.convert());
  const before = await tasksBefore(it.client, it.plan, attempt.signal);
  expect(await it.steps.convert(before)).toEqual({ kind: 'done' });
  const sent = it.simulator.control
    .requests()
    .filter(({ method, path }) => method === 'POST' && path === '/nodes/pve01/qemu');
  expect(sent).toHaveLength(1);
});

test('a request whose answer was lost is not sent again: its task is found', async () => {
  const it = await stage();
  await ended(it, await it.steps.fetch());
  it.simulator.control.faultRequest(
    { method: 'POST', path: '/nodes/pve01/qemu' },
    { moment: 'before answering', then: 'drop' },
  );
  const made = await it.steps.make();
  expect(made.kind).toBe('adopted');
  expect(await ended(it, made)).toBe('OK');
});

test('a guest of somebody else under the leased VMID is never taken for ours, nor changed', async () => {
  const it = await stage();
  it.simulator.control.addGuest(machine(100, {}, false));
  const before = it.simulator.control.guest(100).config;
  for (const step of [it.steps.make, it.steps.convert, it.steps.force]) {
    await expect(step()).rejects.toMatchObject({ code: 'PlanDrifted' });
  }
  it.simulator.control.addGuest(machine(1000, {}, false));
  await expect(it.steps.destroy(testIdentity(it.input))).rejects.toMatchObject({ code: 'PlanDrifted' });
  expect(it.simulator.control.guest(100).config).toEqual(before);
  expect(it.quarantined).toEqual([]);
});

test('a conversion that was killed in between goes on disk by disk', async () => {
  const it = await stage();
  await ended(it, await it.steps.fetch());
  await ended(it, await it.steps.make());
  it.simulator.control.setSpeed(1);
  const first = await it.steps.convert();
  await it.simulator.control.waitFor(
    () => it.simulator.control.guest(100).volumes.find(({ volid }) => volid.includes('base-100-')),
    'the first base image',
  );
  if (first.kind !== 'done') it.simulator.control.killWorker({ upid: first.upid });
  it.simulator.control.setSpeed(100);
  const settled: string[] = first.kind === 'done' ? [] : [first.upid];
  for (let rounds = 0; rounds < 5; rounds += 1) {
    const begun = await it.steps.convert(settled);
    if (begun.kind === 'done') break;
    expect(await ended(it, begun)).toBe('OK');
    settled.push(begun.upid);
  }
  expect(it.simulator.control.guest(100).volumes.map(({ volid }) => volid)).toEqual(
    expect.arrayContaining([
      expect.stringContaining('base-100-disk-0'),
      expect.stringContaining('base-100-disk-1'),
    ]),
  );
  expect(await it.steps.convert(settled)).toEqual({ kind: 'done' });
});

test('destroying takes protection off, and is done where the guest is gone', async () => {
  const it = await stage();
  await built(it);
  await ended(it, await it.steps.clone());
  it.simulator.control.setGuest(1000, { config: { protection: '1' } });
  const identity = testIdentity(it.input);
  const begun = await it.steps.destroy(identity);
  expect(await ended(it, begun)).toBe('OK');
  expect(await it.steps.destroy(identity, begun.kind === 'done' ? [] : [begun.upid])).toEqual({
    kind: 'done',
  });
});

test('an older version is destroyed by its generation, never the one that is in force meanwhile', async () => {
  const it = await stage();
  await built(it);
  await it.steps.force();
  const copy = { vmid: 100, node: 'pve01', name: 'debian-13', generation: 1 };
  const newer = retiredIdentity('debian-13', { ...copy, generation: 2 });
  await expect(it.steps.destroy(newer)).rejects.toMatchObject({ code: 'PlanDrifted' });
  expect(await ended(it, await it.steps.destroy(retiredIdentity('debian-13', copy)))).toBe('OK');
  expect(it.simulator.control.guests()).toEqual([]);
});

test('a renamed guest is not destroyed: somebody has made it theirs', async () => {
  const it = await stage();
  await built(it);
  await ended(it, await it.steps.clone());
  it.simulator.control.setGuest(1000, { config: { name: 'mine-now' } });
  await expect(it.steps.destroy(testIdentity(it.input))).rejects.toMatchObject({ code: 'PlanDrifted' });
});

test.each([
  ['has no agent that answers', { agent: false }, ['the guest agent does not answer']],
  ['never ends its boot', { seconds: 'never' as const }, ['the guest agent does not answer']],
])('a clone that %s is not ready, and that is said', async (_title, order, seen) => {
  const it = await stage();
  it.simulator.control.setBoot(order);
  await built(it);
  await ended(it, await it.steps.clone());
  await ended(it, await it.steps.start());
  expect(await it.steps.boot()).toEqual({ ready: false, seen });
});
