import { endProcess } from '../../../simulator/cluster/guest-processes';
import { guest, Lab, labScenario, textsOf } from './lab';

/** Slow enough that a test can act in the middle of a copy. */
const slow = { online: '1', 'with-local-disks': '1', bwlimit: '20480' };
const copying = /drive-scsi0: transferred .* in [1-9]/;

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.start(
    labScenario({
      guests: [
        guest(100, { config: { scsi0: 'local-lvm:vm-100-disk-0,size=1G' } }),
        guest(101),
        guest(102, { status: 'stopped', config: { scsi0: 'local-lvm:vm-102-disk-0,size=1G' } }),
      ],
    }),
    40,
  );
});
afterEach(() => lab.simulator.close());

test('an abort in the middle of a live copy: killed while cleaning up, runs on, half a copy stays on the target', async () => {
  const task = await lab.begin(100, { target: 'pve02', ...slow });
  await lab.untilLogged(task, copying);
  await lab.abort(task);
  expect(task.exitStatus).toBe('unexpected status');
  expect(textsOf(task).slice(-5)).toEqual([
    'drive-scsi0: Cancelling block job',
    'drive-scsi0: Done.',
    'ERROR: online migrate failure - block job (mirror) error: interrupted by signal',
    'aborting phase 2 - cleanup resources',
    'migrate_cancel',
  ]);
  expect(lab.control.guest(100)).toMatchObject({
    node: 'pve01',
    lock: undefined,
    executesOn: ['pve01'],
    processesOn: ['pve01'],
    volumes: [{ node: 'pve01' }, { node: 'pve02' }],
  });
  const again = await lab.migrate(100, { target: 'pve02', online: '1', 'with-local-disks': '1' });
  expect(again.exitStatus).toBe('OK');
  expect(lab.control.guest(100).config['scsi0']).toBe('local-lvm:vm-100-disk-1,format=raw,size=1G');
});

test('an abort while a stopped machine is copied: aborted, nothing is left', async () => {
  const task = await lab.begin(102, { target: 'pve02', bwlimit: '20480' });
  await lab.untilLogged(task, /bytes .* copied/);
  await lab.abort(task);
  expect(task.exitStatus).toBe('migration aborted');
  expect(task.lines.at(-2)).toContain(': interrupted by signal');
  expect(lab.control.guest(102)).toMatchObject({
    node: 'pve01',
    lock: undefined,
    volumes: [{ node: 'pve01' }],
  });
});

test.each([
  ['while the target is prepared', /^\S+ \S+ starting VM 101 on remote node/],
  ['while the memory is copied', /migration active/],
])('an abort %s: the machine runs on, nothing of it stays on the target', async (_when, line) => {
  const task = await lab.begin(101, { target: 'pve02', online: '1', bwlimit: '20480' });
  await lab.untilLogged(task, line);
  await lab.abort(task);
  expect(task.exitStatus).toBe('unexpected status');
  await lab.control.waitFor(
    () => lab.control.runningTasks().length === 0,
    'the end of the start on the target',
  );
  expect(lab.control.guest(101)).toMatchObject({
    node: 'pve01',
    lock: undefined,
    executesOn: ['pve01'],
    processesOn: ['pve01'],
  });
});

test('an abort before anything was done: aborted at once', async () => {
  lab.cluster.clock.setSpeed(1);
  const task = await lab.begin(101, { target: 'pve02', online: '1' });
  await lab.abort(task);
  expect(task.exitStatus).toBe('migration aborted');
  expect(textsOf(task)).toEqual([
    expect.stringMatching(/^ERROR: migration aborted \(duration .*\): interrupted by signal$/),
    'TASK ERROR: migration aborted',
  ]);
  expect(lab.control.guest(101)).toMatchObject({ node: 'pve01', lock: undefined, executesOn: ['pve01'] });
});

test('an abort after the machine has moved: unexpected status, and yet it is on the target', async () => {
  const task = await lab.begin(101, { target: 'pve02', online: '1' });
  await lab.untilLogged(task, /migration status: completed/);
  lab.cluster.clock.setSpeed(4);
  await lab.abort(task);
  expect(task.exitStatus).toBe('unexpected status');
  expect(textsOf(task).at(-1)).toBe('ERROR: received interrupt - delayed');
  expect(lab.control.guest(101)).toMatchObject({
    node: 'pve02',
    lock: undefined,
    executesOn: ['pve02'],
    processesOn: ['pve02'],
  });
});

test('a killed worker leaves lock, job, incoming QEMU and volume; after unlocking the next one fails on each', async () => {
  const task = await lab.begin(100, { target: 'pve02', ...slow });
  await lab.untilLogged(task, copying);
  lab.control.killWorker({ upid: task.upid });
  expect(task.exitStatus).toBe('unexpected status');
  expect(lab.control.guest(100)).toMatchObject({
    node: 'pve01',
    lock: 'migrate',
    executesOn: ['pve01'],
    processesOn: ['pve01', 'pve02'],
    volumes: [{ node: 'pve01' }, { node: 'pve02' }],
  });
  expect(await lab.post(100, { target: 'pve02', online: '1' })).toMatchObject({
    reason: 'VM is locked (migrate)',
  });
  lab.control.setLock(100, undefined);
  const same = await lab.migrate(100, { target: 'pve02', online: '1', 'with-local-disks': '1' });
  expect(same.exitStatus).toBe('migration problems');
  expect(textsOf(same)).toContain('[pve02] VM 100 already running');
  expect(textsOf(same)).toContain('ERROR: online migrate failure - remote command failed with exit code 255');
  expect(lab.control.guest(100)).toMatchObject({ lock: undefined, processesOn: ['pve01', 'pve02'] });
});

test('a mirror job that a killed worker left makes the next migration fail', async () => {
  const task = await lab.begin(100, { target: 'pve02', ...slow });
  await lab.untilLogged(task, copying);
  lab.control.killWorker({ upid: task.upid });
  lab.control.setLock(100, undefined);
  const other = await lab.migrate(100, { target: 'pve03', online: '1', 'with-local-disks': '1' });
  expect(other.exitStatus).toBe('migration problems');
  expect(other.lines.join('\n')).toContain("'drive-mirror' failed - Need a root block node");
});

test('the source QEMU dies: problems, unlocked, stopped, nothing left on the target', async () => {
  const task = await lab.begin(100, { target: 'pve02', ...slow });
  await lab.untilLogged(task, copying);
  const state = lab.cluster.guests.get(100);
  if (state !== undefined) endProcess(state, 'pve01', lab.cluster.clock.now());
  await task.finished;
  expect(task.exitStatus).toBe('migration problems');
  expect(lab.control.guest(100)).toMatchObject({
    node: 'pve01',
    status: 'stopped',
    lock: undefined,
    processesOn: [],
    volumes: [{ node: 'pve01' }],
  });
});

test('a target that vanishes: the same line each second, and it goes on when the node is back', async () => {
  const task = await lab.begin(100, { target: 'pve02', ...slow });
  await lab.untilLogged(task, copying);
  await lab.control.cutLink('pve02');
  const lines = task.lines.length;
  await lab.control.waitFor(() => task.lines.length > lines + 20, 'twenty more lines');
  const carried = task.lines.slice(-20).map((line) => /transferred (\S+ \S+)/.exec(line)?.[1]);
  expect(new Set(carried).size).toBe(1);
  expect(task.running).toBe(true);
  await lab.control.restoreLink('pve02');
  lab.cluster.clock.setSpeed(400);
  await task.finished;
  expect(task.exitStatus).toBe('OK');
  expect(lab.control.guest(100)).toMatchObject({
    node: 'pve02',
    executesOn: ['pve02'],
    wasInTwoPlaces: false,
  });
});

test('a target that stays away: after a quarter of an hour the connection breaks, the machine runs on', async () => {
  const task = await lab.begin(100, { target: 'pve02', ...slow });
  await lab.untilLogged(task, copying);
  await lab.control.cutLink('pve02');
  lab.cluster.clock.setSpeed(1000);
  await task.finished;
  expect(task.exitStatus).toBe('migration problems');
  expect(task.lines.join('\n')).toContain(
    'online migrate failure - client_loop: send disconnect: Broken pipe',
  );
  expect(lab.control.guest(100)).toMatchObject({
    node: 'pve01',
    executesOn: ['pve01'],
    lock: undefined,
    processesOn: ['pve01', 'pve02'],
  });
});

test('a target that crashes and boots again has lost the incoming QEMU: problems, the machine runs on', async () => {
  const task = await lab.begin(101, { target: 'pve02', online: '1', bwlimit: '20480' });
  await lab.untilLogged(task, /migration active/);
  await lab.control.crashNode('pve02');
  await lab.control.bootNode('pve02');
  await task.finished;
  expect(task.exitStatus).toBe('migration problems');
  expect(lab.control.guest(101)).toMatchObject({ node: 'pve01', executesOn: ['pve01'], lock: undefined });
});

test('an offline target: accepted, then aborted after three seconds, untouched', async () => {
  await lab.control.cutLink('pve03');
  const started = lab.cluster.clock.now();
  const task = await lab.migrate(102, { target: 'pve03' });
  const [command, refusal, aborted] = textsOf(task);
  expect(task.exitStatus).toBe('migration aborted');
  expect(command).toContain("# /usr/bin/ssh -e none -o 'BatchMode=yes' -o 'HostKeyAlias=pve03'");
  expect(refusal).toBe('ssh: connect to host 10.0.0.13 port 22: No route to host');
  expect(aborted).toContain("Can't connect to destination address using public key");
  expect(lab.cluster.clock.now() - started).toBeGreaterThanOrEqual(3);
  expect(lab.control.guest(102)).toMatchObject({ node: 'pve01', lock: undefined });
});

test('a full storage on the target: the copy of a stopped machine is aborted, the room is given back', async () => {
  lab.control.fillStorage('local-lvm', 'pve02', 256 * 1024 ** 2);
  const task = await lab.migrate(102, { target: 'pve02' });
  expect(task.exitStatus).toBe('migration aborted');
  expect(task.lines.join('\n')).toContain('No space left on device');
  expect(lab.control.guest(102)).toMatchObject({
    node: 'pve01',
    lock: undefined,
    volumes: [{ node: 'pve01' }],
  });
});

test('a full storage on the target: a running machine has problems and runs on at the source', async () => {
  lab.control.fillStorage('local-lvm', 'pve02', 256 * 1024 ** 2);
  const task = await lab.migrate(100, { target: 'pve02', online: '1', 'with-local-disks': '1' });
  expect(task.exitStatus).toBe('migration problems');
  expect(task.lines.join('\n')).toContain("'mirror' has been cancelled");
  expect(lab.control.guest(100)).toMatchObject({
    node: 'pve01',
    executesOn: ['pve01'],
    lock: undefined,
    volumes: [{ node: 'pve01' }],
  });
});

test('without quorum nothing starts: preconditions and migration fail at once', async () => {
  lab.control.loseQuorum();
  const reason = 'cluster not ready - no quorum?';
  expect(await lab.preconditions(101)).toMatchObject({ status: 500, reason });
  expect(await lab.post(101, { target: 'pve02', online: '1' })).toMatchObject({ status: 500, reason });
});

test('quorum lost during the copy: the configuration cannot move, the machine runs on at the source', async () => {
  const task = await lab.begin(101, { target: 'pve02', online: '1', bwlimit: '204800' });
  await lab.untilLogged(task, /migration active/);
  lab.control.loseQuorum();
  await task.finished;
  expect(task.exitStatus).toBe('migration problems');
  expect(task.lines.join('\n')).toContain('Permission denied');
  expect(lab.control.guest(101)).toMatchObject({
    node: 'pve01',
    lock: 'migrate',
    executesOn: ['pve01'],
    processesOn: ['pve01'],
  });
});

test('two requests at once: the second task waits for the lock and then finds the machine gone', async () => {
  const [first, second] = await Promise.all([
    lab.begin(102, { target: 'pve02' }),
    lab.begin(102, { target: 'pve03' }),
  ]);
  await Promise.all([first.finished, second.finished]);
  expect([first.exitStatus, second.exitStatus].filter((status) => status === 'OK')).toHaveLength(1);
  expect(lab.control.guest(102).volumes).toHaveLength(1);
});
