import { Machines, machinesScenario } from './machines';

let machines: Machines;
beforeEach(async () => {
  machines = await Machines.start();
  machines.control.addGuest({
    vmid: 102,
    node: 'pve01',
    name: 'tpl',
    config: {
      net0: 'virtio=BC:24:11:00:00:02,bridge=vmbr0',
      scsi0: 'shared:102/vm-102-disk-0.qcow2,size=4G',
      ide2: 'shared:102/vm-102-cloudinit.qcow2,media=cdrom',
      ide0: 'local:iso/debian.iso,media=cdrom,size=350K',
      onboot: '1',
    },
  });
});
afterEach(() => machines.simulator.close());

const path = (vmid: number, call: string): string => `/nodes/pve01/qemu/${vmid}/${call}`;
type Outcome = Promise<{ exitStatus: string | undefined; log: readonly string[] }>;
const clone = (vmid: number, form: Record<string, string>): Outcome =>
  machines.run({ path: path(vmid, 'clone'), form });
const convert = (vmid: number): Outcome => machines.run({ path: path(vmid, 'template') });

describe('clones', () => {
  test('a full clone is another machine with the same settings', async () => {
    expect((await clone(102, { newid: '200' })).exitStatus).toBe('OK');
    const [source, made] = [await machines.config(102), await machines.config(200)];
    expect(made).toMatchObject({
      name: 'Copy-of-VM-tpl',
      onboot: 1,
      scsi0: 'shared:200/vm-200-disk-0.qcow2,size=4G',
      ide2: 'shared:200/vm-200-cloudinit.qcow2,media=cdrom,size=4M',
      ide0: source['ide0'],
    });
    for (const key of ['net0', 'smbios1', 'vmgenid']) expect(made[key]).not.toBe(source[key]);
  });

  test('a clone of a template is linked to its base images, on LVM-thin without showing it', async () => {
    await convert(102);
    await convert(101);
    expect((await clone(102, { newid: '200' })).exitStatus).toBe('OK');
    expect((await clone(101, { newid: '201' })).exitStatus).toBe('OK');
    expect(await machines.config(200)).toMatchObject({
      scsi0: 'shared:102/base-102-disk-0.qcow2/200/vm-200-disk-0.qcow2,size=4G',
    });
    expect(await machines.config(201)).toMatchObject({ scsi0: 'local-lvm:vm-201-disk-0,size=8G' });
    expect((await machines.run({ method: 'DELETE', path: '/nodes/pve01/qemu/102' })).exitStatus).toBe(
      "base volume 'shared:102/base-102-disk-0.qcow2' is still in use by linked cloned",
    );
  });

  test('with shared disks the clone can be on another node', async () => {
    await clone(102, { newid: '200', target: 'pve02', name: 'there' });
    expect(machines.control.guest(200)).toMatchObject({ node: 'pve02' });
    const form = { newid: '201', target: 'pve02' };
    expect(await machines.ask({ method: 'POST', path: path(101, 'clone'), form })).toBe(
      "can't clone VM to node 'pve02' (VM uses local storage)",
    );
  });

  test.each([
    [{ newid: '100' }, 'unable to create VM 100: config file already exists'],
    [
      { newid: '200', full: '0' },
      "Linked clone feature is not supported for 'local-lvm:vm-101-disk-0' (scsi0)",
    ],
    [{ newid: '200', full: '0', storage: 'files' }, "parameter 'storage' not allowed for linked clones"],
    [{ newid: '200', target: 'pve99' }, "no such cluster node 'pve99'"],
    [{ newid: '200', snapname: 'nope' }, "snapshot 'nope' does not exist"],
    [{ newid: '200', storage: 'nosuch' }, "storage 'nosuch' does not exist"],
  ])('%j is refused', async (form, reason) => {
    expect(await machines.ask({ method: 'POST', path: path(101, 'clone'), form })).toBe(reason);
  });

  test('while a clone is made its configuration is a lock; when that fails nothing is left', async () => {
    machines.control.cluster.clock.setSpeed(10);
    const task = await machines.begin({ path: path(101, 'clone'), form: { newid: '200' } });
    await machines.control.waitFor(() => machines.control.cluster.guests.has(200), 'the new configuration');
    expect(await machines.config(200)).toMatchObject({
      lock: 'clone',
      description: ' qmclone temporary file',
    });
    await machines.ask({ method: 'DELETE', path: `/nodes/pve01/tasks/${task.upid}` });
    expect(task.exitStatus).toMatch(/^clone failed: /);
    expect(machines.control.cluster.guests.has(200)).toBe(false);
    expect(await machines.volumes('local-lvm')).toEqual(['local-lvm:vm-101-disk-0']);
  });
});

test('a full clone onto a full storage fails in the middle and leaves nothing', async () => {
  machines.control.fillStorage('files', 'pve01', 1024 ** 3);
  const { exitStatus, log } = await clone(102, { newid: '200', storage: 'files' });
  expect(exitStatus).toMatch(
    /^clone failed: copy failed: command '.*qemu-img convert .* failed: exit code 1$/,
  );
  expect(log).toContain('qemu-img: error while writing at byte 0: No space left on device');
  expect(await machines.volumes('files')).toEqual([]);
  expect(machines.control.cluster.guests.has(200)).toBe(false);
});

describe('templates', () => {
  test('disks become base images, the cloud-init drive does not, and it starts no more', async () => {
    expect(await convert(102)).toEqual({ exitStatus: 'OK', log: ['TASK OK'] });
    expect(await machines.config(102)).toMatchObject({
      template: 1,
      scsi0: 'shared:102/base-102-disk-0.qcow2,size=4G',
      ide2: 'shared:102/vm-102-cloudinit.qcow2,media=cdrom',
    });
    expect((await machines.run({ path: path(102, 'status/start') })).exitStatus).toBe(
      "you can't start a vm if it's a template",
    );
  });

  test('a running machine, a template and one with snapshots are not converted', async () => {
    const refused = (vmid: number): Promise<unknown> =>
      machines.ask({ method: 'POST', path: path(vmid, 'template') });
    expect(await refused(100)).toBe("you can't convert a VM to template if VM is running");
    await convert(102);
    expect(await refused(102)).toBe("you can't convert a template to a template");
    await machines.run({ path: path(101, 'snapshot'), form: { snapname: 'before' } });
    expect(await refused(101)).toBe('unable to create template, because VM contains snapshots');
  });
});

describe('snapshots', () => {
  const take = (vmid: number, snapname: string): Outcome =>
    machines.run({ path: path(vmid, 'snapshot'), form: { snapname } });

  test('they form a chain, which a removed one leaves', async () => {
    await take(101, 'first');
    await take(101, 'second');
    await take(101, 'third');
    await machines.run({ method: 'DELETE', path: path(101, 'snapshot/second') });
    expect(await machines.get(path(101, 'snapshot'))).toMatchObject([
      { name: 'first', vmstate: 0 },
      { name: 'third', parent: 'first' },
      { name: 'current', parent: 'third', running: 0 },
    ]);
  });

  test('a rollback brings the configuration back and leaves the machine stopped', async () => {
    await take(101, 'before');
    await machines.put(path(101, 'config'), { cores: '8' });
    await machines.run({ path: path(101, 'status/start') });
    expect((await machines.run({ path: path(101, 'snapshot/before/rollback') })).exitStatus).toBe('OK');
    expect(await machines.config(101)).not.toHaveProperty('cores');
    expect(machines.control.guest(101).executesOn).toEqual([]);
  });

  test('raw files, taken names and locked machines have none', async () => {
    await machines.put(path(101, 'config'), { scsi1: 'files:1' });
    expect((await take(101, 'before')).exitStatus).toBe('snapshot feature is not available');
    expect((await take(102, 'before')).exitStatus).toBe('OK');
    expect((await take(102, 'before')).exitStatus).toBe("snapshot name 'before' already used");
    machines.control.setLock(102, 'backup');
    expect((await take(102, 'later')).exitStatus).toBe('VM is locked (backup)');
  });
});

describe('resizing', () => {
  const resize = (size: string): Outcome =>
    machines.run({ method: 'PUT', path: path(102, 'resize'), form: { disk: 'scsi0', size } });

  test('a disk grows, by or to a size, and never shrinks', async () => {
    expect((await resize('+1G')).log).toEqual(['Image resized.', 'TASK OK']);
    expect((await resize('8G')).exitStatus).toBe('OK');
    expect((await resize('1G')).exitStatus).toBe('shrinking disks is not supported');
    expect(await machines.config(102)).toMatchObject({ scsi0: 'shared:102/vm-102-disk-0.qcow2,size=8G' });
  });

  test('without quorum the image has grown, but not the configuration', async () => {
    machines.control.loseQuorum();
    expect((await resize('+1G')).exitStatus).toMatch(/Permission denied$/);
    expect(await machines.config(102)).toMatchObject({ scsi0: 'shared:102/vm-102-disk-0.qcow2,size=4G' });
    const volume = machines.control.cluster.volumes.find('shared:102/vm-102-disk-0.qcow2', 'pve01');
    expect(volume?.sizeBytes).toBe(5 * 1024 ** 3);
  });
});

test('without quorum a disk on shared storage cannot be removed: nine tries, then the machine stays', async () => {
  machines.control.loseQuorum();
  const { exitStatus, log } = await machines.run({ method: 'DELETE', path: '/nodes/pve01/qemu/102' });
  expect(exitStatus).toMatch(/Permission denied$/);
  expect(log.filter((line) => line === "trying to acquire cfs lock 'storage-shared' ...")).toHaveLength(18);
  expect(log).toContain(
    "Could not remove disk 'shared:102/vm-102-disk-0.qcow2', check manually: cfs-lock 'storage-shared' error: no quorum!",
  );
  expect(await machines.volumes('shared')).toContain('shared:102/vm-102-disk-0.qcow2');
});

test('full clones share what their storage carries, where a scenario says what that is', async () => {
  await machines.simulator.close();
  const rate = 512 * 1024 ** 2;
  machines = await Machines.start(machinesScenario({ network: { disk: rate, storage: rate } }));
  const { clock } = machines.control.cluster;
  const lasted = async (...ids: readonly number[]) => {
    const from = clock.now();
    const tasks = await Promise.all(ids.map(async (id) => clone(101, { newid: String(id) })));
    expect(tasks.map(({ exitStatus }) => exitStatus)).toEqual(ids.map(() => 'OK'));
    expect(tasks[0]?.log.filter((line) => line.startsWith('transferred')).length).toBeGreaterThan(3);
    return clock.now() - from;
  };
  // 8 GiB each. What the machine is slower than the clock comes on top.
  const alone = await lasted(200);
  expect(alone).toBeGreaterThanOrEqual(16);
  expect(await lasted(201, 202)).toBeGreaterThanOrEqual(32);
});
