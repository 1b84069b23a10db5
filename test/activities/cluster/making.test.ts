import type { ClusterMember } from '../../../src/domain/cluster/member';
import { parseMemberMarker } from '../../../src/planning/cluster/marker';
import { tagsOf } from '../../../src/planning/cluster/seen';
import { beginGuestTask } from '../../../src/proxmox/api/build';
import { useCleanUp } from '../../proxmox/support';
import { machine as foreign } from '../inspection/lab';
import { attempt } from '../template/stepStage';
import { frame, holderOf, instance, maker, plannedMachine, templateCopy } from './given';
import { clusterStage, endOf, memberMade, removalOf, upidsOf } from './stage';

const clean = useCleanUp();
const stage = (more: Parameters<typeof clusterStage>[1] = {}) => clusterStage(clean, more);
const key = (type: string, name: string) => {
  const length = (text: Buffer) => Buffer.from([0, 0, 0, text.length]);
  const [kind, data] = [Buffer.from(type), Buffer.alloc(32, 7)];
  return `${type} ${Buffer.concat([length(kind), kind, length(data), data]).toString('base64')} ${name}`;
};

test('a machine is cloned with its marker, identified, configured, grown, started, ready, protected', async () => {
  const it = await stage();
  const address = { address: '192.0.2.11', prefixLength: 24, gateway: '192.0.2.1' };
  const machine = plannedMachine({
    address,
    grow: { disk: 'scsi0', toBytes: 8 * 2 ** 30 },
    moreDisks: [{ key: 'scsi1', sizeBytes: 2 ** 30, storage: 'local-lvm' }],
    networkCards: [
      { key: 'net0', bridge: 'vmbr0', vlan: 42, macAddress: 'BC:24:11:AB:CD:EF' },
      { key: 'net1', bridge: 'vmbr0' },
    ],
    startOrder: 2,
    tags: ['k3s', 'server'],
  });
  const sshKeys = [key('ssh-ed25519', 'ada@desk'), key('ssh-ed25519', 'bob@desk')];
  const cloudinit = { user: 'ada', sshKeys };
  const plan = frame({ pool: 'k3s', cloudinit, dns: { servers: ['192.0.2.1'], searchDomain: 'lab.test' } });
  const input = { machine, frame: plan };
  expect(await endOf(it, await it.making.clone(input))).toBe('OK');
  const { uuid, node } = await it.making.read(input);
  expect(node).toBe('pve01');
  const cloned = it.simulator.control.guest(1000).config;
  expect(cloned['smbios1']).toContain(uuid);
  await it.making.configure({ ...input, uuid });
  expect(await endOf(it, await it.making.grow({ ...input, uuid }))).toBe('OK');
  expect(await endOf(it, await it.making.start({ ...input, uuid }))).toBe('OK');
  expect(await it.making.ready({ ...input, uuid })).toMatchObject({ ready: true, address: '192.0.2.11' });
  await it.making.protect({ ...input, uuid });

  const { config, name, status } = it.simulator.control.guest(1000);
  expect({ name, status }).toEqual({ name: 'k3s-server-1', status: 'running' });
  expect(config).toMatchObject({
    ...{ cores: '2', memory: '2048', protection: '1', startup: 'order=2', onboot: '1', ciuser: 'ada' },
    ...{ ipconfig0: 'ip=192.0.2.11/24,gw=192.0.2.1', nameserver: '192.0.2.1', searchdomain: 'lab.test' },
    net0: 'virtio=BC:24:11:AB:CD:EF,bridge=vmbr0,firewall=1,tag=42',
    net1: expect.stringMatching(/^virtio=BC:24:11:[0-9A-F:]+,bridge=vmbr0$/) as string,
    scsi0: expect.stringContaining('size=8G') as string,
    scsi1: 'local-lvm:vm-1000-disk-1,size=1G',
  });
  expect(decodeURIComponent(config['sshkeys'] ?? '').split('\n')).toEqual(sshKeys);
  expect(tagsOf(config['tags'])).toEqual(['k3s', 'server']);
  expect(it.simulator.control.cluster.guests.get(1000)?.pool).toBe('k3s');
  expect(parseMemberMarker(config['description'])).toMatchObject({
    ...{ cluster: 'k3s', instance, role: 'server', ordinal: 1, vmid: 1000 },
    ...{ operation: maker.workflowId, run: maker.firstExecutionRunId },
  });
  expect(it.slots).toEqual(['linked clone 1000 on local-lvm@pve01']);
});

test('making a machine takes at most 13 requests beside polling', async () => {
  const it = await stage();
  const first = { isFirst: true as const };
  const machine = plannedMachine({ grow: { disk: 'scsi0', toBytes: 8 * 2 ** 30 } });
  const before = it.simulator.control.requests().length;
  const cloned = await it.making.clone({ machine, ...first });
  const sent = [it.simulator.control.requests().length - before];
  await endOf(it, cloned);
  const counted = async (step: () => Promise<unknown>) => {
    const at = it.simulator.control.requests().length;
    const begun = await step();
    sent.push(it.simulator.control.requests().length - at);
    return begun;
  };
  await counted(() => it.making.read({ machine }));
  await counted(() => it.making.configure({ machine }));
  let upid: readonly string[] = [];
  await counted(async () => {
    const begun = await it.making.grow({ machine, ...first });
    upid = upidsOf(begun);
  });
  await it.simulator.control.waitFor(
    () => it.simulator.control.runningTasks({ type: 'resize' }).length === 0 && upid.length === 1,
    'the end of the resize',
  );
  await counted(() => it.making.start({ machine, ...first }));
  await counted(() => it.making.protect({ machine }));
  expect(sent.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(13);
});

test('each step that is repeated adopts its task or finds its goal reached, and nothing is sent twice', async () => {
  const it = await stage();
  const machine = plannedMachine({ grow: { disk: 'scsi0', toBytes: 8 * 2 ** 30 } });
  const begun = await it.making.clone();
  expect(await it.making.clone()).toEqual({ ...begun, kind: 'adopted' });
  await endOf(it, begun);
  expect(await it.making.clone({ settledTasks: upidsOf(begun) })).toEqual({ kind: 'done' });
  for (let times = 0; times < 2; times += 1) await it.making.configure({ machine });
  const grown = await it.making.grow({ machine });
  await endOf(it, grown);
  expect(await it.making.grow({ machine, settledTasks: upidsOf(grown) })).toEqual({ kind: 'done' });
  const started = await it.making.start();
  await endOf(it, started);
  expect(await it.making.start({ settledTasks: upidsOf(started) })).toEqual({ kind: 'done' });
  for (let times = 0; times < 2; times += 1) await it.making.protect();
  const changes = it.simulator.control.requests().filter(({ method }) => method !== 'GET');
  expect(changes.map(({ method, path }) => `${method} ${path.replace('/nodes/pve01/qemu/', '')}`)).toEqual([
    'POST 900/clone',
    'PUT 1000/config',
    'PUT 1000/resize',
    'POST 1000/status/start',
    'PUT 1000/config',
  ]);
  expect(it.slots).toEqual(['linked clone 1000 on local-lvm@pve01', 'back clone 1000']);
});

test('a machine that was begun and is locked by now is said to be locked, not gone', async () => {
  const it = await stage();
  const begun: ClusterMember = { ...(await memberMade(it)), state: 'made' };
  it.simulator.control.setLock(1000, 'backup');
  await expect(it.making.clone({ machine: plannedMachine({ begun }) })).rejects.toMatchObject({
    code: 'GuestLocked',
    message: expect.stringContaining('VM 1000 on pve01 is locked (backup)') as string,
  });
});

test('answers that are lost are looked for: one clone, one change, one growth, one start', async () => {
  const it = await stage();
  const machine = plannedMachine({ grow: { disk: 'scsi0', toBytes: 8 * 2 ** 30 } });
  for (const path of ['900/clone', '1000/config', '1000/resize', '1000/status/start']) {
    const matcher = { path: `/nodes/pve01/qemu/${path}` };
    for (const method of ['POST', 'PUT']) {
      it.simulator.control.faultRequest({ ...matcher, method }, { moment: 'before answering', then: 'drop' });
    }
  }
  const steps = [it.making.clone, it.making.configure, it.making.grow, it.making.start];
  for (const step of steps) {
    const begun = await step({ machine });
    if (begun !== undefined) expect(await endOf(it, begun)).toBe('OK');
  }
  expect(it.simulator.control.guest(1000)).toMatchObject({ status: 'running', config: { cores: '2' } });
  const changes = it.simulator.control.requests().filter(({ method }) => ['POST', 'PUT'].includes(method));
  expect(changes).toHaveLength(4);
});

test.each(['8.4', '9'] as const)(
  'of several clones of one copy at once each machine finds its own (%s)',
  async (version) => {
    const it = await stage({ version });
    const machines = [1, 2, 3].map((ordinal) =>
      plannedMachine({ name: `k3s-server-${ordinal}`, ordinal, vmid: 999 + ordinal }),
    );
    it.simulator.control.faultRequest(
      { method: 'POST', path: '/nodes/pve01/qemu/900/clone', times: 3 },
      { moment: 'before answering', then: 'drop' },
    );
    const begun = await Promise.all(machines.map((machine) => it.making.clone({ machine })));
    expect(new Set(begun.flatMap(upidsOf)).size).toBe(3);
    for (const [index, each] of begun.entries()) {
      await endOf(it, each);
      expect((await it.making.read({ machine: machines[index] ?? plannedMachine() })).node).toBe('pve01');
    }
  },
  60_000,
);

test('what took the leased VMID between the lease and the clone keeps it, on whatever node', async () => {
  const it = await stage();
  it.simulator.control.addGuest({ ...foreign(1000), name: 'k3s-server-1' });
  it.simulator.control.addGuest({ ...foreign(1001), node: 'pve03' });
  const before = [1000, 1001].map((vmid) => it.simulator.control.guest(vmid));
  await expect(it.making.clone()).rejects.toMatchObject({ code: 'PlanDrifted' });
  const elsewhere = plannedMachine({ name: 'k3s-server-2', ordinal: 2, vmid: 1001 });
  const begun = await it.making.clone({ machine: elsewhere, isFirst: true });
  expect(await endOf(it, begun)).toContain('already exists');
  await expect(it.making.clone({ machine: elsewhere, settledTasks: upidsOf(begun) })).rejects.toMatchObject({
    code: 'PlanDrifted',
    problem: { node: 'pve03' },
  });
  for (const step of [
    it.making.read,
    it.making.configure,
    it.making.grow,
    it.making.start,
    it.making.ready,
  ]) {
    const machine = plannedMachine({ grow: { disk: 'scsi0', toBytes: 2 ** 40 } });
    await expect(step({ machine })).rejects.toMatchObject({ code: 'PlanDrifted' });
  }
  await expect(it.making.protect()).rejects.toMatchObject({ code: 'PlanDrifted' });
  expect([1000, 1001].map((vmid) => it.simulator.control.guest(vmid))).toEqual(before);
});

test("somebody else's clone under way to the same VMID is waited for by a person, not taken for ours", async () => {
  const it = await stage({ version: '9' });
  it.simulator.control.setSpeed(1);
  const source = { node: 'pve01', vmid: 900 };
  const parameters = { newid: 1000, name: 'of-somebody', full: true };
  await beginGuestTask(it.client, source, 'clone', parameters, { signal: attempt.signal });
  const isBegun = () => it.simulator.control.guests().some(({ lock }) => lock === 'clone');
  await it.simulator.control.waitFor(isBegun, 'the clone to have begun');
  const known = it.simulator.control.runningTasks({ type: 'qmclone' }).map(({ upid }) => upid);
  await expect(it.making.clone({ settledTasks: known })).rejects.toMatchObject({ code: 'GuestLocked' });
  await expect(it.making.read()).rejects.toMatchObject({ code: 'GuestLocked' });
});

test.each([
  ['another version', { generation: 2 }],
  ['another template', { name: 'rocky-9' }],
  ['a marker copied from another VMID', { vmid: 905 }],
])('a copy that has become %s since the approval is not cloned', async (_title, more) => {
  const it = await stage({ guests: [templateCopy(900, 'pve01', more)] });
  await expect(it.making.clone({ isFirst: true })).rejects.toMatchObject({ code: 'PlanDrifted' });
  expect(it.simulator.control.requests().filter(({ method }) => method === 'POST')).toEqual([]);
  expect(it.slots).toEqual(['linked clone 1000 on local-lvm@pve01', 'back clone 1000']);
});

test('what an operation before has begun is gone on with, by exactly its identity', async () => {
  const it = await stage();
  const begun = { ...(await memberMade(it)), state: 'made' as const };
  const holder = holderOf('another-run');
  const machine = plannedMachine({ begun });
  expect(await it.making.clone({ machine, holder })).toEqual({ kind: 'done' });
  expect(await it.making.read({ machine, holder })).toEqual({ uuid: begun.uuid, node: 'pve01' });
  const other = { ...begun, uuid: '00000000-0000-4000-8000-000000000000' };
  const stranger = plannedMachine({ begun: other });
  await expect(it.making.clone({ machine: stranger, holder })).rejects.toMatchObject({ code: 'PlanDrifted' });
});

test('a machine that was begun and runs is configured only once all that it was given is in force', async () => {
  const it = await stage();
  const begun: ClusterMember = { ...(await memberMade(it, undefined, { running: true })), state: 'made' };
  await it.making.configure({ machine: plannedMachine({ begun }) });
  const machine = plannedMachine({ begun, memoryBytes: 4 * 2 ** 30 });
  for (let times = 0; times < 2; times += 1) {
    await expect(it.making.configure({ machine })).rejects.toMatchObject({
      code: 'NotAsExpected',
      message: expect.stringContaining('waits for its next start: memory') as string,
    });
  }
  await endOf(it, await it.removing.stop(removalOf(it, begun)));
  await it.making.configure({ machine });
  expect(await endOf(it, await it.making.start({ machine, isFirst: true }))).toBe('OK');
  expect(it.simulator.control.guest(1000)).toMatchObject({ status: 'running', config: { memory: '4096' } });
});

test('settings that somebody changed in between are made again; what they changed besides stays', async () => {
  const it = await stage();
  await endOf(it, await it.making.clone());
  const path = '/nodes/pve01/qemu/1000/config';
  const hold = it.simulator.control.holdRequest({ method: 'PUT', path }, 'before handling');
  const configured = it.making.configure();
  await hold.arrived;
  it.simulator.control.setGuest(1000, { config: { onboot: '1', cores: '7' } });
  hold.release();
  await configured;
  expect(it.simulator.control.guest(1000).config).toMatchObject({ onboot: '1', cores: '2' });
});

test('a machine is not ready with another address than it was given, nor when it stops', async () => {
  const it = await stage();
  const machine = plannedMachine({ address: { address: '192.0.2.11', prefixLength: 24 } });
  const input = { machine, frame: frame({ readyWithinMs: 200 }) };
  await endOf(it, await it.making.clone(input));
  await endOf(it, await it.making.start(input));
  const { ready, seen } = await it.making.ready(input);
  expect(ready).toBe(false);
  expect(seen.join()).toContain('not the address 192.0.2.11');
  it.simulator.control.setGuest(1000, { status: 'stopped' });
  expect(await it.making.ready(input)).toMatchObject({
    ready: false,
    isFinal: true,
    seen: ['it is stopped'],
  });
});

test('of a Talos machine only its address is looked for here; without one it is of no use', async () => {
  const it = await stage();
  const plan = frame({ type: 'talos', readiness: 'talosApi', readyWithinMs: 200 });
  const machine = plannedMachine({ address: { address: '192.0.2.7', prefixLength: 24 } });
  await endOf(it, await it.making.clone());
  await endOf(it, await it.making.start());
  expect(await it.making.ready({ machine, frame: plan })).toMatchObject({
    ...{ ready: true, address: '192.0.2.7', seen: ['it runs, and has the address 192.0.2.7'] },
  });
  it.simulator.control.setBoot({ agent: false });
  const { ready, seen } = await it.making.ready({ frame: plan });
  expect({ ready, why: seen.join() }).toEqual({
    ready: false,
    why: expect.stringContaining('nothing tells its address') as string,
  });
});

test('a machine whose files may not be read is ready by its agent and its address, and that is said', async () => {
  const it = await stage();
  await endOf(it, await it.making.clone());
  await endOf(it, await it.making.start());
  it.simulator.control.faultRequest(
    { path: '/nodes/pve01/qemu/1000/agent/file-read', times: 100 },
    {
      moment: 'before handling',
      then: { status: 403, reason: 'Permission check failed (/vms/1000, VM.GuestAgent.FileRead)' },
    },
  );
  const { ready, seen } = await it.making.ready();
  expect(ready).toBe(true);
  expect(seen.at(-1)).toContain('cloud-init, machine id and SSH host key were not looked at');
});

test('a machine is protected from where it was seen to be ready; after any change it is looked at first', async () => {
  const it = await stage();
  const { control } = it.simulator;
  await endOf(it, await it.making.clone());
  await endOf(it, await it.making.start());
  const { digest = '' } = await it.making.ready();
  const asked = async () => {
    const before = control.requests().length;
    await it.making.protect({ digest });
    expect(control.guest(1000).config['protection']).toBe('1');
    const requests = control.requests().slice(before);
    return requests.map(({ method, status }) => `${method} ${status === 200 ? 'done' : 'refused'}`);
  };
  expect(await asked()).toEqual(['PUT done']);
  control.setGuest(1000, { config: { protection: null, onboot: '1' } });
  expect(await asked()).toEqual(['PUT refused', 'GET done', 'PUT done']);
  control.setGuest(1000, { config: { protection: null, description: 'of somebody else' } });
  await expect(it.making.protect({ digest })).rejects.toMatchObject({ code: 'PlanDrifted' });
  expect(control.guest(1000).config).not.toHaveProperty('protection');
});

test('what was reserved for a machine is given back once it runs', async () => {
  const it = await stage();
  const plan = frame();
  const reservations = [{ vmid: 1000, target: 'pve01', memoryBytes: 2 ** 31 }];
  await it.ledger.reserve({ holder: maker, reservations, roomBytes: { pve01: 2 ** 40 } });
  const { storageReservations } = plan;
  await it.ledger.reserveStorage({
    ...{ holder: maker, reservations: storageReservations, roomBytes: { 'local-lvm@pve01': 2 ** 40 } },
  });
  await endOf(it, await it.making.clone());
  await endOf(it, await it.making.start());
  expect(it.view()).toMatchObject({ memory: [{ vmid: 1000 }], storage: [{ purpose: 'disk/k3s-server-1' }] });
  await it.making.ready();
  expect(it.view()).toMatchObject({ memory: [], storage: [] });
});

test('the turn of a clone that was passed over is given back, wherever the machine is', async () => {
  const it = await stage();
  await expect(it.making.read({ clonePassedOver: true })).rejects.toMatchObject({ code: 'GuestNotFound' });
  expect(it.slots).toEqual(['back clone 1000']);
});

test('a machine made by hand becomes a member by its marker alone, and only the one that was approved', async () => {
  const it = await stage();
  it.simulator.control.addGuest({ ...foreign(500, { description: 'Of Ada.' }), name: 'by-hand' });
  const { smbios1 = '' } = it.simulator.control.guest(500).config;
  const uuid = smbios1.replace('uuid=', '');
  const adoption = { name: 'k3s-server-1', role: 'server', ordinal: 1, vmid: 500, node: 'pve01', uuid };
  await expect(it.adopt({ ...adoption, nameNow: 'other' })).rejects.toMatchObject({ code: 'PlanDrifted' });
  await expect(
    it.adopt({ ...adoption, nameNow: 'by-hand', uuid: '00000000-0000-4000-8000-000000000000' }),
  ).rejects.toMatchObject({ code: 'PlanDrifted' });
  for (let times = 0; times < 2; times += 1) {
    expect(await it.adopt({ ...adoption, nameNow: 'by-hand' })).toEqual({ uuid, node: 'pve01' });
  }
  const { config, name } = it.simulator.control.guest(500);
  expect(name).toBe('by-hand');
  expect(config['description']).toMatch(/^Of Ada\./);
  expect(config['protection']).toBe('1');
  expect(parseMemberMarker(config['description'])).toMatchObject({
    vmid: 500,
    role: 'server',
    cluster: 'k3s',
  });
  const changes = it.simulator.control.requests().filter(({ method }) => method === 'PUT');
  expect(changes).toHaveLength(1);
});
