import { Machines, machinesScenario } from './machines';

let machines: Machines;
beforeEach(async () => {
  machines = await Machines.start();
});
afterEach(() => machines.simulator.close());

type Outcome = Promise<{ exitStatus: string | undefined; log: readonly string[] }>;

const power = (vmid: number, action: string, form: Record<string, string> = {}): Outcome =>
  machines.run({ path: `/nodes/pve01/qemu/${vmid}/status/${action}`, form });
const begin = (
  vmid: number,
  action: string,
  form: Record<string, string> = {},
): ReturnType<Machines['begin']> =>
  machines.begin({ path: `/nodes/pve01/qemu/${vmid}/status/${action}`, form });
const refused = (vmid: number, action: string): Promise<unknown> =>
  machines.ask({ method: 'POST', path: `/nodes/pve01/qemu/${vmid}/status/${action}` });

test('a stopped machine starts once; a second start fails', async () => {
  machines.control.setSpeed(1);
  const [first, second] = [await begin(101, 'start'), await begin(101, 'start')];
  machines.control.setSpeed(100);
  await Promise.all([first.finished, second.finished]);
  expect(first.exitStatus).toBe('OK');
  expect(second.exitStatus).toBe('VM 101 already running');
  expect(second.lines.slice(0, 2)).toEqual(['trying to acquire lock...', ' OK']);
  expect(machines.control.guest(101).executesOn).toEqual(['pve01']);
});

test.each([
  [{ template: '1' }, "you can't start a vm if it's a template"],
  [{ lock: 'backup' }, 'VM is locked (backup)'],
  [{ net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr9' }, "bridge 'vmbr9' does not exist"],
  [{ ide2: 'local:iso/gone.iso,media=cdrom' }, "volume 'local:iso/gone.iso' does not exist"],
])('a machine with %j does not start', async (config, exitStatus) => {
  machines.control.setGuest(101, { config });
  expect((await power(101, 'start')).exitStatus).toBe(exitStatus);
  expect(machines.control.guest(101).executesOn).toEqual([]);
});

test('a bridge is there on the nodes that have it', async () => {
  machines.control.setGuest(101, { config: { net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr7' } });
  expect((await power(101, 'start')).exitStatus).toBe("bridge 'vmbr7' does not exist");
  machines.control.cluster.nodes.get('pve01')?.bridges.push('vmbr7');
  expect((await power(101, 'start')).exitStatus).toBe('OK');
});

test('starting with firmware but without its disk warns', async () => {
  machines.control.setGuest(101, { config: { bios: 'ovmf' } });
  expect(await power(101, 'start')).toEqual({
    exitStatus: 'WARNINGS: 1',
    log: ['WARN: no efidisk configured! Using temporary efivars disk.', 'TASK WARNINGS: 1'],
  });
});

test('a machine that was suspended to disk is resumed, and its lock is gone', async () => {
  machines.control.setLock(101, 'suspended');
  expect((await power(101, 'start')).log).toEqual([
    'Resuming suspended VM',
    'Resumed VM, removing state',
    'TASK OK',
  ]);
  expect(await machines.config(101)).not.toHaveProperty('lock');
});

test('nothing starts without quorum, but what runs can be stopped', async () => {
  machines.control.loseQuorum();
  expect(await refused(101, 'start')).toBe('cluster not ready - no quorum?');
  expect((await power(100, 'stop')).exitStatus).toBe('OK');
  expect(machines.control.guest(100).executesOn).toEqual([]);
});

test('a guest that listens shuts down by itself', async () => {
  expect(await power(100, 'shutdown')).toEqual({ exitStatus: 'OK', log: ['TASK OK'] });
  expect(machines.control.guest(100).executesOn).toEqual([]);
});

test('a guest that does not listen runs on when the time is up, unless it is forced', async () => {
  machines.control.setGuest(100, { behaviour: { respondsToAcpi: false } });
  expect((await power(100, 'shutdown', { timeout: '3' })).exitStatus).toBe(
    'VM quit/powerdown failed - got timeout',
  );
  expect(machines.control.guest(100).executesOn).toEqual(['pve01']);
  expect((await power(100, 'shutdown', { timeout: '3', forceStop: '1' })).log).toEqual([
    'VM still running - terminating now with SIGTERM',
    'TASK OK',
  ]);
  expect(machines.control.guest(100).executesOn).toEqual([]);
});

test('a shutdown holds the machine: a stop waits for ten seconds and fails, the configuration cannot be changed', async () => {
  machines.control.setGuest(100, { behaviour: { respondsToAcpi: false } });
  const shutdown = await begin(100, 'shutdown', { timeout: '600' });
  const timeout = "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout";
  expect((await power(100, 'stop')).exitStatus).toBe(timeout);
  expect(await machines.put('/nodes/pve01/qemu/100/config', { name: 'x' })).toBe(timeout);
  expect(shutdown.running).toBe(true);
});

test('a stop may end the shutdown that holds the machine', async () => {
  machines.control.setGuest(100, { behaviour: { respondsToAcpi: false } });
  const shutdown = await begin(100, 'shutdown', { timeout: '600' });
  expect((await power(100, 'stop', { 'overrule-shutdown': '1' })).exitStatus).toBe('OK');
  expect(shutdown.exitStatus).toBe('received interrupt');
  expect(machines.control.guest(100).executesOn).toEqual([]);
});

test('a locked machine is not stopped while it runs; when stopped the lock does not matter', async () => {
  machines.control.setLock(100, 'backup');
  machines.control.setLock(101, 'backup');
  expect((await power(100, 'stop')).exitStatus).toBe('VM is locked (backup)');
  expect((await power(101, 'stop')).exitStatus).toBe('OK');
});

test('after a reboot root starts the machine again, with what was pending', async () => {
  await machines.put('/nodes/pve01/qemu/100/config', { memory: '2048' });
  expect((await power(100, 'reboot')).exitStatus).toBe('OK');
  await machines.control.waitFor(
    () => machines.control.guest(100).executesOn.length === 1,
    'the machine to run',
  );
  const starts = machines.control.cluster.tasks
    .ofNode('pve01')
    .filter(({ parts }) => parts.type === 'qmstart');
  expect(starts.map(({ parts }) => parts.authId)).toEqual(['root@pam']);
  expect(await machines.config(100, '?current=1')).toMatchObject({ memory: '2048' });
});

test('a paused machine is running for lists, does not execute, and goes on', async () => {
  await power(100, 'suspend');
  expect(await machines.get('/nodes/pve01/qemu/100/status/current')).toMatchObject({
    status: 'running',
    qmpstatus: 'paused',
  });
  expect(machines.control.guest(100).executesOn).toEqual([]);
  expect(await refused(100, 'shutdown')).toBe('VM is paused - cannot shutdown');
  await power(100, 'resume');
  expect(machines.control.guest(100).executesOn).toEqual(['pve01']);
});

test.each(['reboot', 'reset', 'suspend', 'resume'])(
  '%s of a stopped machine is refused at once',
  async (action) => {
    expect(await refused(101, action)).toBe('VM 101 not running');
  },
);

test.each([
  ['start', "Configuration file 'nodes/pve01/qemu-server/999.conf' does not exist"],
  ['stop', "unable to find configuration file for VM 999 on node 'pve01'"],
])('%s of a machine that is not there fails in the task', async (action, exitStatus) => {
  expect((await power(999, action)).exitStatus).toBe(exitStatus);
});

test('a start whose worker is killed leaves the machine stopped and free', async () => {
  const start = await begin(101, 'start');
  machines.control.killWorker({ upid: start.upid });
  expect(start.exitStatus).toBe('unexpected status');
  expect((await power(101, 'start')).exitStatus).toBe('OK');
});

test('a start of a machine that HA manages is a wish: the task is OK at once, only the requested state changes', async () => {
  const ha = await Machines.start(
    machinesScenario({ ha: { resources: [{ sid: 'vm:101', state: 'stopped' }] } }),
  );
  const task = await ha.begin({ path: '/nodes/pve01/qemu/101/status/start' });
  await task.finished;
  expect(task.parts.type).toBe('hastart');
  expect(task.lines).toEqual(['Requesting HA start for VM 101', 'TASK OK']);
  expect(await ha.get('/nodes/pve01/qemu/101/status/current')).toMatchObject({
    status: 'stopped',
    ha: { managed: 1, state: 'started', group: null },
  });
  await ha.simulator.close();
});
