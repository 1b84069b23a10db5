import { send } from '../client';
import { dataOf, guest, Lab, labScenario, textsOf } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start(
    labScenario({
      storages: [
        { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
        { id: 'local', type: 'dir', content: ['images', 'iso'], path: '/var/lib/vz' },
        { id: 'shared', type: 'nfs', content: ['images', 'iso'] },
        { id: 'only1', type: 'dir', content: ['images'], path: '/mnt/only1', nodes: ['pve01'] },
      ],
      volumes: [{ volid: 'local:iso/small.iso', node: 'pve01', content: 'iso', size: '350K' }],
      guests: [
        guest(100),
        guest(101, { status: 'stopped', lock: 'backup' }),
        guest(102, { status: 'stopped', config: { scsi0: 'only1:102/vm-102-disk-0.qcow2,size=1G' } }),
        guest(103, { config: { ide2: 'local:iso/small.iso,media=cdrom,size=350K' } }),
        guest(104, { status: 'stopped', config: { hostpci0: '0000:01:00.0', usb0: 'host=1234:abcd' } }),
        guest(105, { config: { scsi0: 'local-lvm:vm-105-disk-0,size=1G' } }),
        guest(106, {
          config: { scsi0: 'local:106/vm-106-disk-0.qcow2,size=1G' },
          snapshots: [{ name: 's1' }],
        }),
        guest(107, {
          status: 'stopped',
          config: { scsi0: 'local-lvm:vm-107-disk-0,size=1G' },
          snapshots: [{ name: 's1' }],
        }),
        guest(108, {
          status: 'stopped',
          config: { scsi0: 'local:108/base-108-disk-0.qcow2,size=1G', template: '1' },
        }),
        guest(109, {
          status: 'stopped',
          config: { scsi0: 'local:108/base-108-disk-0.qcow2/109/vm-109-disk-0.qcow2,size=1G' },
        }),
        guest(110, { status: 'stopped', config: { ide2: 'cdrom,media=cdrom' } }),
        guest(111, { config: { hostpci0: 'mapping=gpu' } }),
      ],
      access: {
        root_password: 'secret',
        users: [
          { id: 'admin@pve', tokens: [{ id: 'test', secret: 'right' }] },
          { id: 'mover@pve', tokens: [{ id: 'test', secret: 'mover', privsep: false }] },
        ],
        roles: [{ id: 'Mover', privileges: ['VM.Migrate'] }],
        acl: [
          { path: '/', user: 'admin@pve', role: 'Administrator' },
          { path: '/vms', user: 'mover@pve', role: 'Mover' },
        ],
      },
    }),
  );
});
afterAll(() => lab.simulator.close());

describe('at once', () => {
  test.each([
    ['its own node', 100, { target: 'pve01' }, 400, 'Parameter verification failed.'],
    ['an unknown node', 100, { target: 'pve99' }, 500, "no such cluster node 'pve99'"],
    [
      'a running machine without online',
      100,
      { target: 'pve02' },
      500,
      "can't migrate running VM without --online",
    ],
    ['a locked machine', 101, { target: 'pve02' }, 500, 'VM is locked (backup)'],
    [
      'a storage that the target lacks',
      102,
      { target: 'pve02' },
      500,
      "storage 'only1' is not available on node 'pve02'",
    ],
    [
      'an unknown targetstorage',
      100,
      { target: 'pve02', online: '1', targetstorage: 'nosuch' },
      500,
      "storage 'nosuch' does not exist",
    ],
    [
      'an option of root',
      100,
      { target: 'pve02', online: '1', migration_type: 'insecure' },
      400,
      'Parameter verification failed.',
    ],
    [
      'a missing machine',
      999,
      { target: 'pve02' },
      500,
      "Configuration file 'nodes/pve01/qemu-server/999.conf' does not exist",
    ],
  ])('%s', async (_what, vmid, form, status, reason) => {
    expect(await lab.post(vmid, form)).toMatchObject({ status, reason });
  });

  test('another storage without the privilege to use it', async () => {
    const answer = await send(lab.simulator, {
      method: 'POST',
      path: '/nodes/pve01/qemu/105/migrate',
      form: { target: 'pve02', online: '1', 'with-local-disks': '1', targetstorage: 'shared' },
      authorization: 'PVEAPIToken=mover@pve!test=mover',
    });
    expect(answer).toMatchObject({
      status: 403,
      reason: 'Permission check failed (/vms/105, VM.Config.Disk)',
    });
  });
});

describe('in the task, which then is "migration aborted" and leaves the machine as it was', () => {
  const scanning = "Problem found while scanning volumes - can't migrate VM - check log";
  const live = { online: '1', 'with-local-disks': '1' };
  test.each([
    ['a local ISO', 103, live, "can't migrate local disk 'local:iso/small.iso': local cdrom image", scanning],
    [
      'local disks of a running machine without the option',
      105,
      { online: '1' },
      "can't migrate local disk 'local-lvm:vm-105-disk-0': can't live migrate attached local disks without with-local-disks option",
      scanning,
    ],
    [
      'snapshots of a running machine on local storage',
      106,
      live,
      "can't migrate local disk 'local:106/vm-106-disk-0.qcow2': online storage migration not possible if non-replicated snapshot exists",
      scanning,
    ],
    [
      'snapshots that the storage cannot hand over',
      107,
      {},
      "can't migrate local disk 'local-lvm:vm-107-disk-0': non-migratable snapshot exists",
      scanning,
    ],
    [
      'a template with linked clones',
      108,
      {},
      "can't migrate local disk 'local:108/base-108-disk-0.qcow2': referenced by linked clone(s)",
      scanning,
    ],
    ["the node's own cdrom drive", 110, {}, "can't migrate local cdrom drive", scanning],
  ])('%s', async (_what, vmid, form, line, cause) => {
    const before = lab.control.guest(vmid);
    const task = await lab.migrate(vmid, { target: 'pve02', ...form });
    expect(task.exitStatus).toBe('migration aborted');
    expect(textsOf(task)).toContain(line);
    expect(textsOf(task).slice(-4)).toEqual([
      `ERROR: ${cause}`,
      'aborting phase 1 - cleanup resources',
      expect.stringContaining(`): ${cause}`),
      'TASK ERROR: migration aborted',
    ]);
    expect(lab.control.guest(vmid)).toEqual({ ...before, migrationsStarted: before.migrationsStarted + 1 });
  });

  test.each([
    ['local devices', 104, {}, "can't migrate VM which uses local devices: hostpci0, usb0"],
    [
      'a mapping that the target lacks',
      111,
      { online: '1' },
      "can't migrate to 'pve02': missing mapped devices hostpci0",
    ],
  ])('%s', async (_what, vmid, form, cause) => {
    const task = await lab.migrate(vmid, { target: 'pve02', ...form });
    expect(textsOf(task)).toEqual([
      expect.stringMatching(/^ERROR: migration aborted \(duration \d\d:\d\d:\d\d\): /),
      'TASK ERROR: migration aborted',
    ]);
    expect(textsOf(task)[0]).toContain(cause);
    expect(lab.control.guest(vmid)).toMatchObject({ node: 'pve01', lock: undefined });
  });

  test('a linked clone whose base stays behind', async () => {
    const task = await lab.migrate(109, { target: 'pve02' });
    expect(task.exitStatus).toBe('migration aborted');
    expect(task.lines.join('\n')).toContain(
      "can't migrate 'local:108/base-108-disk-0.qcow2/109/vm-109-disk-0.qcow2' as it's a clone of 'base-108-disk-0.qcow2'",
    );
  });
});

describe('preconditions', () => {
  test('name every local disk with its flags, and allow every node that has the storages', async () => {
    expect(dataOf(await lab.preconditions(106))).toEqual({
      running: 1,
      allowed_nodes: ['pve02', 'pve03'],
      not_allowed_nodes: { pve02: {}, pve03: {} },
      local_resources: [],
      'mapped-resources': [],
      'mapped-resource-info': {},
      local_disks: [
        {
          volid: 'local:106/vm-106-disk-0.qcow2',
          shared: 0,
          cdrom: 0,
          replicate: 1,
          is_attached: 1,
          is_unused: 0,
          is_tpmstate: 0,
          is_vmstate: 0,
          size: 1024 ** 3,
          drivename: 'scsi0',
          referenced_in_snapshot: { s1: 1 },
        },
      ],
    });
  });

  test('a stopped machine may not go where its storage is not', async () => {
    expect(dataOf(await lab.preconditions(102))).toMatchObject({
      allowed_nodes: [],
      not_allowed_nodes: {
        pve02: { unavailable_storages: ['only1'] },
        pve03: { unavailable_storages: ['only1'] },
      },
    });
  });

  test('local devices are named; a lock makes the call fail', async () => {
    expect(dataOf(await lab.preconditions(104))).toMatchObject({ local_resources: ['hostpci0', 'usb0'] });
    expect(await lab.preconditions(101)).toMatchObject({ status: 500, reason: 'VM is locked (backup)' });
  });
});
