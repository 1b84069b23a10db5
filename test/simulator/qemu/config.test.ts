import { like, Machines, machinesScenario } from './machines';

let machines: Machines;
beforeEach(async () => {
  machines = await Machines.start();
});
afterEach(() => machines.simulator.close());

const config = (vmid: number): string => `/nodes/pve01/qemu/${vmid}/config`;

describe('reading', () => {
  test('the digest is the one that Proxmox computes for this configuration', async () => {
    machines.control.addGuest({
      vmid: 9000,
      node: 'pve01',
      verbatim: true,
      config: {
        boot: ' ',
        memory: '64',
        meta: 'creation-qemu=10.0.2,ctime=1795388613',
        name: 'noos',
        smbios1: 'uuid=3fc93896-a807-4723-8c7e-dbb684fdddfd',
        vmgenid: 'e897839b-dd44-4c67-baf7-4dd130f38991',
      },
    });
    // Recorded of a machine whose file had an empty `boot`, which reads as a blank.
    machines.control.setGuest(9000, { config: { boot: '' } });
    expect(await machines.config(9000)).toMatchObject({
      boot: ' ',
      digest: 'b2dba43656df2f42448676aaa66d784b4d486b87',
    });
  });

  test('numbers are numbers, memory is a text, passwords are hidden', async () => {
    await machines.put(config(101), { cores: '4', memory: '2048', onboot: '1', cipassword: 'geheim' });
    expect(await machines.config(101)).toMatchObject({
      cores: 4,
      memory: '2048',
      onboot: 1,
      cipassword: '**********',
    });
  });

  test('a machine of another node is not here', async () => {
    expect(await machines.get('/nodes/pve02/qemu/100/config')).toBe(
      "Configuration file 'nodes/pve02/qemu-server/100.conf' does not exist",
    );
  });
});

describe('changing a running machine', () => {
  test('memory waits for the next start: GET shows it already, current=1 does not', async () => {
    expect(await machines.put(config(100), { memory: '2048' })).toBeNull();
    expect(await machines.config(100)).toMatchObject({ memory: '2048' });
    expect(await machines.config(100, '?current=1')).toMatchObject({ memory: '1024' });
    expect(await machines.get('/nodes/pve01/qemu/100/pending')).toContainEqual({
      key: 'memory',
      value: '1024',
      pending: '2048',
    });
    await machines.run({ path: '/nodes/pve01/qemu/100/status/stop' });
    expect(await machines.config(100, '?current=1')).toMatchObject({ memory: '2048' });
  });

  test('a pending change can be reverted, a pending deletion shows', async () => {
    await machines.put(config(100), { memory: '2048', delete: 'cores' });
    expect(await machines.get('/nodes/pve01/qemu/100/pending')).toContainEqual({
      key: 'cores',
      value: 2,
      delete: 1,
    });
    await machines.put(config(100), { revert: 'memory,cores' });
    expect(await machines.config(100)).toMatchObject({ memory: '1024', cores: 2 });
    expect(machines.control.cluster.guests.get(100)?.pending.size).toBe(0);
  });

  test('name, tags and description change at once', async () => {
    await machines.put(config(100), { name: 'other', tags: 'Prod;web web', description: 'x' });
    expect(await machines.config(100, '?current=1')).toMatchObject({ name: 'other', tags: 'prod;web' });
  });

  test('disks are plugged in and out', async () => {
    await machines.put(config(100), { scsi1: 'local-lvm:4' });
    expect(await machines.config(100, '?current=1')).toMatchObject({
      scsi1: 'local-lvm:vm-100-disk-0,size=4G',
    });
    await machines.put(config(100), { delete: 'scsi1' });
    expect(await machines.config(100, '?current=1')).toMatchObject({ unused0: 'local-lvm:vm-100-disk-0' });
  });

  test('a card on a bridge that does not exist cannot be plugged in and stays pending', async () => {
    const form = { net0: 'virtio,bridge=vmbr7' };
    const errors = await machines.errorsOf({ method: 'PUT', path: config(100), form });
    expect(JSON.stringify(errors)).toMatch(
      /^{"net0":"hotplug problem - VM 100 qmp command 'netdev_add' failed/,
    );
    expect((await machines.config(100))['net0']).toMatch(/,bridge=vmbr7$/);
    expect(await machines.config(100, '?current=1')).not.toHaveProperty('net0');
  });
});

describe('changing a stopped machine', () => {
  test('a removed disk is kept as unused; removing that destroys its volume', async () => {
    await machines.put(config(101), { delete: 'scsi0' });
    expect(await machines.config(101)).toMatchObject({ unused0: 'local-lvm:vm-101-disk-0', boot: ' ' });
    expect(await machines.volumes('local-lvm')).toContain('local-lvm:vm-101-disk-0');
    await machines.put(config(101), { delete: 'unused0' });
    expect(await machines.config(101)).not.toHaveProperty('unused0');
    expect(await machines.volumes('local-lvm')).toEqual([]);
  });

  test('with force a removed disk is destroyed', async () => {
    await machines.put(config(101), { delete: 'scsi0', force: '1' });
    expect(await machines.config(101)).not.toHaveProperty('unused0');
    expect(await machines.volumes('local-lvm')).toEqual([]);
  });

  test('an unused volume can be attached again, and is not unused any more', async () => {
    await machines.put(config(101), { delete: 'scsi0' });
    await machines.put(config(101), { virtio0: 'local-lvm:vm-101-disk-0' });
    expect(await machines.config(101)).toMatchObject({ virtio0: 'local-lvm:vm-101-disk-0,size=8G' });
    expect(await machines.config(101)).not.toHaveProperty('unused0');
  });

  test('a disc is added to the boot order, a network card gets a MAC address', async () => {
    await machines.put(config(101), {
      ide2: 'local:iso/debian.iso,media=cdrom',
      net0: 'bridge=vmbr0,virtio',
    });
    expect(await machines.config(101)).toMatchObject({
      boot: 'order=scsi0;ide2',
      ide2: 'local:iso/debian.iso,media=cdrom,size=350K',
      net0: like(/^virtio=BC:24:11:[0-9A-F:]{8},bridge=vmbr0$/),
    });
  });

  test('protection keeps disks', async () => {
    await machines.put(config(101), { protection: '1' });
    expect(await machines.put(config(101), { delete: 'scsi0' })).toBe(
      "can't remove drive 'scsi0' - protection mode enabled",
    );
  });
});

test.each([
  [{ name: 'x', digest: '0'.repeat(40) }, 'checksum mismatch (file change by other user?)'],
  [{}, 'no options specified'],
  [{ boot: 'order=scsi7' }, "invalid bootorder: device 'scsi7' does not exist'"],
  [{ memory: '512', balloon: '1024' }, 'balloon value too large (must be smaller than assigned memory)'],
  [{ scsi3: 'nosuch:1' }, "storage 'nosuch' does not exist"],
  [{ sshkeys: 'nonsense' }, 'SSH public key validation error'],
  [{ args: '-S' }, "only root can set 'args' config"],
  [{ delete: 'lock' }, "only root can set 'lock' config"],
  [{ hostpci0: '0000:00:1f.0' }, "only root can set 'hostpci0' config for non-mapped devices"],
  [{ serial0: '/dev/ttyS0' }, "only root can set 'serial0' config for real devices"],
])('a change to %j is refused with Proxmox’s text', async (form, reason) => {
  expect(await machines.put(config(101), form)).toBe(reason);
});

test.each([
  [{ delete: 'nosuch' }, { delete: "unknown option 'nosuch'" }],
  [{ delete: 'name', name: 'x' }, { delete: "you can't use '-name' and -delete name' at the same time" }],
  [{ skiplock: '1', name: 'x' }, { skiplock: 'Only root may use this option.' }],
  [{ scsi3: 'local:snippets/x' }, { scsi3: "content type needs to be 'images' or 'iso'" }],
])('a change to %j is a parameter error', async (form, errors) => {
  expect(await machines.errorsOf({ method: 'PUT', path: config(101), form })).toEqual(errors);
});

test('a user of machines may not change what takes another privilege', async () => {
  const request = { method: 'PUT', path: config(101), authorization: 'PVEAPIToken=low@pve!test=low' };
  expect(await machines.ask({ ...request, form: { memory: '64' } })).toBe(
    'Permission check failed (/vms/101, VM.Config.Memory)',
  );
});

test('a locked machine is not changed, in the call or in a task', async () => {
  machines.control.setLock(101, 'backup');
  expect(await machines.put(config(101), { name: 'x' })).toBe('VM is locked (backup)');
  expect(await machines.ask({ method: 'POST', path: config(101), form: { name: 'x' } })).toBe(
    'VM is locked (backup)',
  );
});

test('root by ticket removes a stale lock; a token never can', async () => {
  machines.control.setLock(101, 'migrate');
  const form = { delete: 'lock', skiplock: '1' };
  const request = { method: 'PUT', path: config(101), form };
  expect(await machines.ask(request)).toBe('Parameter verification failed.');
  const headers = await machines.rootHeaders();
  expect(await machines.ask({ ...request, authorization: null, headers })).toBeNull();
  expect(await machines.config(101)).not.toHaveProperty('lock');
});

test('as a task the change is logged; with background_delay the answer waits for it', async () => {
  const form = { scsi1: 'files:1,format=qcow2' };
  expect(await machines.run({ path: config(101), form })).toEqual({
    exitStatus: 'OK',
    log: [
      'update VM 101: -scsi1 files:1,format=qcow2',
      like(/^Formatting '\/srv\/files\/images\/101\/vm-101-disk-0\.qcow2', fmt=qcow2 .*size=1073741824 /),
      "scsi1: successfully created disk 'files:101/vm-101-disk-0.qcow2,size=1G'",
      'TASK OK',
    ],
  });
  const delayed = { method: 'POST', path: config(101), form: { name: 'y', background_delay: '20' } };
  expect(await machines.ask(delayed)).toBeNull();
});

test('without quorum the file cannot be written: refused in the call, failed in the task', async () => {
  machines.control.loseQuorum();
  const refusal =
    /^unable to open file '\/etc\/pve\/nodes\/pve01\/qemu-server\/101\.conf\.tmp\.\d+' - Permission denied$/;
  expect(await machines.put(config(101), { name: 'x' })).toMatch(refusal);
  expect((await machines.run({ path: config(101), form: { name: 'x' } })).exitStatus).toMatch(refusal);
  expect(await machines.config(101)).toMatchObject({ name: 'db' });
});

test.each([
  ['8.4', "can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout"],
  ['9', 'VM is locked (migrate)'],
] as const)('while another works on a locked machine, %s says: %s', async (version, reason) => {
  const other = await Machines.start(machinesScenario({ version }));
  other.control.setLock(101, 'migrate');
  await other.control.cluster.locks.acquire('pve01', '/var/lock/qemu-server/lock-101.conf', {});
  expect(await other.put(config(101), { name: 'x' })).toBe(reason);
  await other.simulator.close();
});
