import { like, Machines, machinesScenario } from './machines';

let machines: Machines;
beforeEach(async () => {
  machines = await Machines.start();
});
afterEach(() => machines.simulator.close());

const nodePath = '/nodes/pve01/qemu';
const create = (
  form: Record<string, string>,
): Promise<{ exitStatus: string | undefined; log: readonly string[] }> =>
  machines.run({ path: nodePath, form });

test('a machine of only an id gets what Proxmox makes up', async () => {
  expect(await create({ vmid: '200' })).toEqual({ exitStatus: 'OK', log: ['TASK OK'] });
  expect(await machines.config(200)).toEqual({
    boot: ' ',
    digest: like(/^[0-9a-f]{40}$/),
    meta: like(/^creation-qemu=10\.0\.2,ctime=\d{10}$/),
    smbios1: like(/^uuid=[0-9a-f-]{36}$/),
    vmgenid: like(/^[0-9a-f-]{36}$/),
  });
});

test.each([
  [
    'local-lvm',
    { efidisk0: 'vm-200-disk-0', scsi0: 'vm-200-disk-1', ide2: 'vm-200-cloudinit', tpm: 'vm-200-disk-2' },
    '4M',
  ],
  [
    'files',
    {
      efidisk0: '200/vm-200-disk-0.raw',
      scsi0: '200/vm-200-disk-1.raw',
      ide2: '200/vm-200-cloudinit.qcow2',
      tpm: '200/vm-200-disk-2.raw',
    },
    '528K',
  ],
])('volumes on %s are named as there, in the order of the drives', async (storage, names, firmwareSize) => {
  const form = {
    vmid: '200',
    bios: 'ovmf',
    efidisk0: `${storage}:1,efitype=4m,pre-enrolled-keys=1`,
    scsi0: `${storage}:32,iothread=1,discard=on`,
    ide2: `${storage}:cloudinit`,
    tpmstate0: `${storage}:1,version=v2.0`,
  };
  expect((await create(form)).exitStatus).toBe('OK');
  expect(await machines.config(200)).toMatchObject({
    efidisk0: `${storage}:${names.efidisk0},efitype=4m,pre-enrolled-keys=1,size=${firmwareSize}`,
    scsi0: `${storage}:${names.scsi0},discard=on,iothread=1,size=32G`,
    ide2: `${storage}:${names.ide2},media=cdrom`,
    tpmstate0: `${storage}:${names.tpm},size=4M,version=v2.0`,
    boot: 'order=scsi0;ide2',
  });
});

test('a disk gets the lowest number that no volume of its machine has, attached or not', async () => {
  await machines.ask({
    method: 'POST',
    path: '/nodes/pve01/storage/local-lvm/content',
    form: { vmid: '200', filename: 'vm-200-disk-0', size: '1G' },
  });
  await create({ vmid: '200', scsi0: 'local-lvm:1' });
  expect(await machines.config(200)).toMatchObject({ scsi0: 'local-lvm:vm-200-disk-1,size=1G' });
});

test('an imported image is as large as the disk inside of the file', async () => {
  const { log } = await create({
    vmid: '200',
    scsi0: 'files:0,import-from=local:import/cloud.qcow2,format=qcow2',
  });
  expect(log).toContain('create full clone of drive (local:import/cloud.qcow2)');
  expect(await machines.config(200)).toMatchObject({ scsi0: 'files:200/vm-200-disk-0.qcow2,size=2G' });
});

test('what was made of a machine that fails is removed, its id is free again', async () => {
  const form = { vmid: '200', scsi0: 'local-lvm:1', scsi1: 'local:iso/missing.iso,media=cdrom' };
  expect((await create(form)).exitStatus).toBe(
    "unable to create VM 200 - volume 'local:iso/missing.iso' does not exist",
  );
  expect(await machines.volumes('local-lvm')).toEqual(['local-lvm:vm-101-disk-0']);
  expect((await create({ vmid: '200' })).exitStatus).toBe('OK');
});

test.each([
  [{ vmid: '100' }, "unable to create VM 100 - VM 100 already exists on node 'pve01'"],
  [{ vmid: '200', scsi0: 'nosuch:1' }, "storage 'nosuch' does not exist"],
  [{ vmid: '200', pool: 'none' }, "Permission check failed (pool 'none' does not exist)"],
  [{ vmid: '200', archive: 'local:backup/x.vma' }, "volume 'local:backup/x.vma' does not exist"],
])('%j is refused', async (form, reason) => {
  expect(await machines.ask({ method: 'POST', path: nodePath, form })).toBe(reason);
});

test('an id that another node has is taken, and nobody creates without quorum', async () => {
  expect(await machines.ask({ method: 'POST', path: '/nodes/pve02/qemu', form: { vmid: '100' } })).toBe(
    "unable to create VM 100 - VM 100 already exists on node 'pve01'",
  );
  machines.control.loseQuorum();
  expect(await machines.ask({ method: 'POST', path: nodePath, form: { vmid: '200' } })).toBe(
    'cluster not ready - no quorum?',
  );
});

test('start=1 starts it in a task of its own', async () => {
  expect((await create({ vmid: '200', start: '1' })).log).toEqual(['Execute autostart', 'TASK OK']);
  await machines.control.waitFor(
    () => machines.control.guest(200).executesOn.length === 1,
    'the machine to run',
  );
});

test('a machine in an HA service that 9 makes is managed at once', async () => {
  const nine = await Machines.start(machinesScenario({ version: '9' }));
  const { log } = await nine.run({ path: nodePath, form: { vmid: '200', 'ha-managed': '1' } });
  expect(log).toContain('Add as HA resource');
  expect(await nine.get('/nodes/pve01/qemu/200/status/current')).toMatchObject({
    ha: { managed: 1, state: 'stopped' },
  });
  await nine.simulator.close();
});

describe('destroying', () => {
  const destroy = (
    vmid: number,
    query = '',
  ): Promise<{ exitStatus: string | undefined; log: readonly string[] }> =>
    machines.run({ method: 'DELETE', path: `${nodePath}/${vmid}${query}` });

  test('the machine goes with its volumes; purge is logged', async () => {
    expect(await destroy(101, '?purge=1')).toEqual({
      exitStatus: 'OK',
      log: [
        '  Logical volume "vm-101-disk-0" successfully removed.',
        'purging VM 101 from related configurations..',
        'TASK OK',
      ],
    });
    expect(await machines.volumes('local-lvm')).toEqual([]);
    expect(machines.control.cluster.guests.has(101)).toBe(false);
  });

  test('a running, a protected and a missing machine stay', async () => {
    const refused = (vmid: number): Promise<unknown> =>
      machines.ask({ method: 'DELETE', path: `${nodePath}/${vmid}` });
    expect(await refused(100)).toBe('VM 100 is running - destroy failed');
    expect(await refused(999)).toBe("Configuration file 'nodes/pve01/qemu-server/999.conf' does not exist");
    machines.control.setGuest(101, { config: { protection: '1' } });
    expect(await refused(101)).toBe("can't remove VM 101 - protection mode enabled");
  });

  test('a locked machine stays: the task fails', async () => {
    machines.control.setLock(101, 'backup');
    expect((await destroy(101)).exitStatus).toBe('VM is locked (backup)');
    expect(await machines.volumes('local-lvm')).toEqual(['local-lvm:vm-101-disk-0']);
  });

  test('volumes that no configuration names go only when that is asked for', async () => {
    const form = { vmid: '101', filename: 'vm-101-disk-7.raw', size: '1G' };
    await machines.ask({ method: 'POST', path: '/nodes/pve01/storage/files/content', form });
    await destroy(101);
    expect(await machines.volumes('files')).toEqual(['files:101/vm-101-disk-7.raw']);
    await create({ vmid: '101' });
    await destroy(101, '?destroy-unreferenced-disks=1');
    expect(await machines.volumes('files')).toEqual([]);
  });
});
