import { once } from 'node:events';
import { createServer } from 'node:net';
import { z } from 'zod';
import type { ScenarioInput } from '../../../simulator';
import { tasksBefore } from '../../../src/activities/template/steps/known';
import { ownTest } from '../../../src/activities/template/steps/testClone';
import { retiredIdentity } from '../../../src/planning/rules/templateIdentities';
import { parseMarker } from '../../../src/planning/template/marker';
import { beginGuestTask } from '../../../src/proxmox/api/build';
import { useCleanUp } from '../../proxmox/support';
import { machine } from '../inspection/lab';
import { debian, imageDigest } from './lab';
import { attempt, built, ended, stepStage } from './stepStage';

const clean = useCleanUp();
const stage = (more: Partial<ScenarioInput> = {}) => stepStage(clean, more);

test('a build is taken over, cloned, booted, brought into force; its test clone is destroyed', async () => {
  const it = await stage();
  await built(it);
  expect(it.simulator.control.guest(100).config).toMatchObject({ name: it.plan.buildName, template: '1' });
  expect(await ended(it, await it.steps.clone())).toBe('OK');
  expect(await ended(it, await it.steps.start())).toBe('OK');
  expect(it.slots).toEqual(['linked clone 1000', 'back clone 1000']);
  const identity = ownTest(it.input);
  expect(await ended(it, await it.steps.stop(identity))).toBe('OK');
  expect(await ended(it, await it.steps.destroy(identity))).toBe('OK');
  expect(it.quarantined).toEqual([1000]);
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

test('a machine that a step made without our marker gets it when the build is taken over', async () => {
  const it = await stage();
  it.make({ description: 'Of a script.' });
  await ended(it, await it.steps.finish());
  const { description } = it.simulator.control.guest(100).config;
  expect(description).toContain('Of a script.');
  expect(parseMarker(description)).toMatchObject({ kind: 'template', vmid: 100 });
  expect(parseMarker(description)?.generation).toBeUndefined();
});

test('a clone that is refused gives its turn back, since a person is asked next', async () => {
  const it = await stage();
  await built(it);
  const path = '/nodes/pve01/qemu/100/clone';
  const then = { status: 500, reason: 'got no worker upid - start worker failed' };
  it.simulator.control.faultRequest({ method: 'POST', path }, { moment: 'before handling', then });
  await expect(it.steps.clone()).rejects.toMatchObject({ code: 'ProxmoxFailed' });
  expect(it.slots).toEqual(['linked clone 1000', 'back clone 1000']);
});

test('a copy is cloned in full, moved offline, and made a template on its node', async () => {
  const it = await stage();
  await built(it);
  const cloned = await it.steps.copy();
  expect(await ended(it, cloned)).toBe('OK');
  const settled = cloned.kind === 'done' ? [] : [cloned.upid];
  expect(await it.steps.copy(settled)).toEqual({ kind: 'done' });
  expect(await ended(it, await it.steps.move())).toBe('OK');
  expect(await ended(it, await it.steps.finishMoved())).toBe('OK');
  expect(it.slots).toEqual(['full clone 101', 'back clone 101']);
  const guest = it.simulator.control.guest(101);
  expect(guest).toMatchObject({ node: 'pve02', config: { template: '1', name: it.plan.buildName } });
  expect(parseMarker(guest.config['description'])).toMatchObject({ vmid: 101 });
});

test('every step that is repeated adopts its task, and finds its goal reached once that is judged', async () => {
  const it = await stage();
  it.make();
  const begun = await it.steps.finish();
  expect(await it.steps.finish()).toEqual({ ...begun, kind: 'adopted' });
  await ended(it, begun);
  const before = await tasksBefore(it.client, it.plan, attempt.signal);
  expect(await it.steps.finish(before)).toEqual({ kind: 'done' });
  const sent = it.simulator.control
    .requests()
    .filter(({ method, path }) => method === 'POST' && path === '/nodes/pve01/qemu/100/template');
  expect(sent).toHaveLength(1);
});

test('a request whose answer was lost is not sent again: its task is found', async () => {
  const it = await stage();
  it.make();
  it.simulator.control.faultRequest(
    { method: 'POST', path: '/nodes/pve01/qemu/100/template' },
    { moment: 'before answering', then: 'drop' },
  );
  const begun = await it.steps.finish();
  expect(begun.kind).toBe('adopted');
  expect(await ended(it, begun)).toBe('OK');
});

test('a guest of somebody else under the leased VMID is never taken for ours, nor changed', async () => {
  const it = await stage();
  it.simulator.control.addGuest(machine(100, {}, false));
  const before = it.simulator.control.guest(100).config;
  for (const step of [it.steps.finish, it.steps.force]) {
    await expect(step()).rejects.toMatchObject({ code: 'PlanDrifted' });
  }
  it.simulator.control.addGuest(machine(1000, {}, false));
  await expect(it.steps.destroy(ownTest(it.input))).rejects.toMatchObject({ code: 'PlanDrifted' });
  expect(it.simulator.control.guest(100).config).toEqual(before);
  expect(it.quarantined).toEqual([]);
});

test('a conversion that was killed in between goes on disk by disk', async () => {
  const it = await stage();
  it.make();
  it.simulator.control.setSpeed(1);
  const first = await it.steps.finish();
  await it.simulator.control.waitFor(
    () => it.simulator.control.guest(100).volumes.find(({ volid }) => volid.includes('base-100-')),
    'the first base image',
  );
  if (first.kind !== 'done') it.simulator.control.killWorker({ upid: first.upid });
  it.simulator.control.setSpeed(100);
  const settled: string[] = first.kind === 'done' ? [] : [first.upid];
  for (let rounds = 0; rounds < 5; rounds += 1) {
    const begun = await it.steps.finish(settled);
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
  expect(await it.steps.finish(settled)).toEqual({ kind: 'done' });
});

test('destroying takes protection off, and is done where the guest is gone', async () => {
  const it = await stage();
  await built(it);
  await ended(it, await it.steps.clone());
  it.simulator.control.setGuest(1000, { config: { protection: '1' } });
  const identity = ownTest(it.input);
  expect(await it.steps.lookFor(identity)).toEqual({ kind: 'nothing' });
  const begun = await it.steps.destroy(identity);
  expect(await it.steps.lookFor(identity)).toEqual({ ...begun, kind: 'adopted' });
  expect(await ended(it, begun)).toBe('OK');
  expect(await it.steps.destroy(identity, begun.kind === 'done' ? [] : [begun.upid])).toEqual({
    kind: 'done',
  });
});

test.each([true, false])(
  'a test clone that somebody changes between the last look and the deletion lives (protected: %s)',
  async (isProtected) => {
    const it = await stage();
    await built(it);
    await ended(it, await it.steps.clone());
    const { control } = it.simulator;
    const protection = isProtected ? '1' : null;
    control.setGuest(1000, { config: { protection } });
    const path = '/nodes/pve01/qemu/1000/config';
    const hold = control.holdRequest({ method: 'PUT', path }, 'before handling');
    const destroyed = it.steps.destroy(ownTest(it.input));
    await hold.arrived;
    control.setGuest(1000, { config: { description: 'I want to keep this' } });
    hold.release();
    await expect(destroyed).rejects.toMatchObject({ code: 'ProxmoxFailed' });
    expect(control.guest(1000).config).toMatchObject({ description: 'I want to keep this' });
    expect(control.guest(1000).config['protection']).toBe(protection ?? undefined);
    expect(control.requests().filter(({ method }) => method === 'DELETE')).toEqual([]);
  },
);

const firstCopy = { vmid: 100, node: 'pve01', name: 'debian-13', generation: 1 };

test('an older version that was moved is not called deleted: it is named where it is', async () => {
  const it = await stage();
  it.simulator.control.addGuest({ ...machine(100, {}, false), node: 'pve02' });
  const moved = { code: 'PlanDrifted', problem: { node: 'pve02' } };
  await expect(it.steps.destroyFirst(retiredIdentity('debian-13', firstCopy))).rejects.toMatchObject(moved);
});

test('a DELETE whose answer is lost together with its node is a question, not sent again by itself', async () => {
  const it = await stage();
  await built(it);
  await it.steps.force();
  const identity = retiredIdentity('debian-13', firstCopy);
  const path = '/nodes/pve01/qemu/100';
  const hold = it.simulator.control.holdRequest({ method: 'DELETE', path }, 'before handling');
  const destroyed = it.steps.destroyFirst(identity);
  await hold.arrived;
  for (const unseen of ['/nodes/pve01/tasks', `${path}/config`]) {
    it.simulator.control.faultRequest(
      { method: 'GET', path: unseen, times: 100 },
      { moment: 'before handling', then: 'drop' },
    );
  }
  hold.release('drop');
  await expect(destroyed).rejects.toMatchObject({ code: 'OutcomeUnknown' });
});

test('a clone of the same template that somebody else makes is not taken for ours', async () => {
  for (const version of ['8.4', '9'] as const) {
    const it = await stage({ version });
    await built(it);
    const parameters = { newid: 555, name: 'of-somebody', full: true };
    const options = { signal: attempt.signal };
    await ended(it, {
      kind: 'started',
      upid: await beginGuestTask(it.client, { node: 'pve01', vmid: 100 }, 'clone', parameters, options),
    });
    it.simulator.control.faultRequest(
      { method: 'POST', path: '/nodes/pve01/qemu/100/clone' },
      {
        moment: 'before handling',
        then: { status: 500, reason: 'got no worker upid - start worker failed' },
      },
    );
    await expect(it.steps.clone()).rejects.toMatchObject({ code: 'ProxmoxFailed' });
  }
});

test('what was never there is told apart from what was destroyed', async () => {
  const it = await stage();
  const identity = ownTest(it.input);
  expect(await it.steps.destroyFirst(identity)).toEqual({ kind: 'done', isAbsent: true });
  // Asked again it could have been destroyed meanwhile.
  expect(await it.steps.destroy(identity)).toEqual({ kind: 'done' });
});

test('an older version is destroyed by its generation, never the one that is in force meanwhile', async () => {
  const it = await stage();
  await built(it);
  await it.steps.force();
  const newer = retiredIdentity('debian-13', { ...firstCopy, generation: 2 });
  await expect(it.steps.destroy(newer)).rejects.toMatchObject({ code: 'PlanDrifted' });
  expect(await ended(it, await it.steps.destroy(retiredIdentity('debian-13', firstCopy)))).toBe('OK');
  expect(it.simulator.control.guests()).toEqual([]);
});

test('a renamed guest is not destroyed: somebody has made it theirs', async () => {
  const it = await stage();
  await built(it);
  await ended(it, await it.steps.clone());
  it.simulator.control.setGuest(1000, { config: { name: 'mine-now' } });
  await expect(it.steps.destroy(ownTest(it.input))).rejects.toMatchObject({ code: 'PlanDrifted' });
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

test('a Talos clone is ready once its API takes connections on the address that it was given', async () => {
  const it = await stage();
  const server = createServer().listen(0, '127.0.0.1');
  clean(() => server.close());
  await once(server, 'listening');
  it.make({ ipconfig0: 'ip=127.0.0.1/8' });
  await ended(it, await it.steps.finish());
  await ended(it, await it.steps.clone());
  await ended(it, await it.steps.start());
  expect(
    await it.steps.boot('talosApi', z.object({ port: z.number() }).parse(server.address()).port),
  ).toEqual({
    ready: true,
    seen: ['its API answers on 127.0.0.1'],
  });
  expect(await it.steps.boot('talosApi', 1)).toEqual({
    ready: false,
    seen: ['it runs and goes on running', 'its API does not answer on 127.0.0.1'],
  });
});

test('a clone without an agent is ready when it runs and goes on running; that no address is known is said', async () => {
  const it = await stage();
  await built(it);
  await ended(it, await it.steps.clone());
  await ended(it, await it.steps.start());
  expect(await it.steps.boot('running')).toEqual({ ready: true, seen: ['it runs and goes on running'] });
  const { ready, seen } = await it.steps.boot('talosApi');
  expect(ready).toBe(true);
  expect(seen.at(-1)).toContain('its API was not asked');
});

test('a clone that stops by itself is not waited for', async () => {
  const it = await stage();
  await built(it);
  await ended(it, await it.steps.clone());
  expect(await it.steps.boot('running')).toEqual({ ready: false, isFinal: true, seen: ['it is stopped'] });
});

test('an agent that lets nobody read files is judged by its address, and what was not looked at is said', async () => {
  const it = await stage();
  it.simulator.control.setBoot({ agent: true });
  it.simulator.control.faultRequest(
    { path: '/nodes/pve01/qemu/1000/agent/file-read' },
    {
      moment: 'before handling',
      then: { status: 500, reason: 'Agent error: Command guest-file-open has been disabled' },
    },
  );
  await built(it, { agent: 'enabled=1', net0: 'virtio,bridge=vmbr0' });
  await ended(it, await it.steps.clone());
  await ended(it, await it.steps.start());
  const { ready, seen } = await it.steps.boot();
  expect(ready).toBe(true);
  expect(seen.at(-1)).toContain('its agent lets nobody read files');
});
