import { dataOf, guest, Lab, labScenario, textsOf } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start(
    labScenario({
      guests: [
        guest(100),
        guest(101, { status: 'stopped' }),
        guest(102, { config: { scsi0: 'local-lvm:vm-102-disk-0,size=4G' } }),
        guest(103, {
          status: 'stopped',
          config: {
            scsi0: 'local-lvm:vm-103-disk-0,size=1G',
            efidisk0: 'local-lvm:vm-103-disk-1,efitype=4m,size=4M',
            tpmstate0: 'local-lvm:vm-103-disk-2,size=4M,version=v2.0',
            ide2: 'local-lvm:vm-103-cloudinit,media=cdrom',
          },
        }),
        guest(104, {
          config: {
            scsi0: 'local-lvm:vm-104-disk-0,discard=on,size=1G',
            tpmstate0: 'local-lvm:vm-104-disk-1,size=4M,version=v2.0',
          },
        }),
        guest(105, { status: 'paused' }),
      ],
    }),
  );
});
afterAll(() => lab.simulator.close());

test('a live migration on shared storage logs what Proxmox logs, and the guest runs on the target', async () => {
  const task = await lab.migrate(100, { target: 'pve02', online: '1' });
  expect(task.exitStatus).toBe('OK');
  const texts = textsOf(task).filter((line) => !line.startsWith('migration active'));
  expect(texts).toEqual([
    "starting migration of VM 100 to node 'pve02' (10.0.0.12)",
    "starting VM 100 on remote node 'pve02'",
    'start remote tunnel',
    'ssh tunnel ver 1',
    'starting online/live migration on unix:/run/qemu-server/100.migrate',
    'set migration capabilities',
    'migration downtime limit: 100 ms',
    'migration cachesize: 1.0 GiB',
    'set migration parameters',
    'start migrate command to unix:/run/qemu-server/100.migrate',
    expect.stringMatching(/^average migration speed: .* - downtime \d+ ms$/),
    'migration completed, transferred 4.0 GiB VM-state',
    'migration status: completed',
    expect.stringMatching(/^migration finished successfully \(duration 00:00:[1-3]\d\)$/),
    'TASK OK',
  ]);
  expect(lab.control.guest(100)).toMatchObject({
    node: 'pve02',
    status: 'running',
    lock: undefined,
    executesOn: ['pve02'],
    processesOn: ['pve02'],
    wasInTwoPlaces: false,
    migrationsStarted: 1,
  });
});

test('the start on the target is a task of root@pam there', () => {
  const starts = lab.cluster.tasks.ofNode('pve02').filter(({ parts }) => parts.type === 'qmstart');
  expect(starts[0]?.parts).toMatchObject({ id: '100', authId: 'root@pam' });
});

test('a stopped machine on shared storage moves in a few lines', async () => {
  const task = await lab.migrate(101, { target: 'pve03' });
  expect(textsOf(task)).toEqual([
    "starting migration of VM 101 to node 'pve03' (10.0.0.13)",
    expect.stringMatching(/^migration finished successfully \(duration 00:00:\d\d\)$/),
    'TASK OK',
  ]);
  expect(lab.control.guest(101)).toMatchObject({ node: 'pve03', status: 'stopped', placements: [] });
});

test('local disks are mirrored while the machine runs, and the source keeps nothing', async () => {
  const task = await lab.migrate(102, { target: 'pve02', online: '1', 'with-local-disks': '1' });
  expect(task.exitStatus).toBe('OK');
  expect(textsOf(task)).toEqual(
    expect.arrayContaining([
      "found local disk 'local-lvm:vm-102-disk-0' (attached)",
      "volume 'local-lvm:vm-102-disk-0' is 'local-lvm:vm-102-disk-0' on the target",
      'scsi0: start migration to nbd:unix:/run/qemu-server/102_nbd.migrate:exportname=drive-scsi0',
      expect.stringMatching(/^drive-scsi0: transferred 4\.0 GiB of 4\.0 GiB \(100\.00%\) in \d+s, ready$/),
      'drive-scsi0: mirror-job finished',
      'stopping NBD storage migration server on target.',
    ]),
  );
  expect(lab.control.guest(102)).toMatchObject({
    config: { scsi0: 'local-lvm:vm-102-disk-0,format=raw,size=4G' },
    volumes: [{ volid: 'local-lvm:vm-102-disk-0', node: 'pve02' }],
  });
});

test('every local image of a stopped machine is copied: disk, EFI, TPM state, cloud-init', async () => {
  const task = await lab.migrate(103, { target: 'pve02' });
  const found = textsOf(task).filter((line) => line.startsWith('found'));
  expect(found).toEqual([
    "found generated disk 'local-lvm:vm-103-cloudinit' (in current VM config)",
    "found local disk 'local-lvm:vm-103-disk-0' (attached)",
    "found local disk 'local-lvm:vm-103-disk-1' (attached)",
    "found generated disk 'local-lvm:vm-103-disk-2' (in current VM config)",
  ]);
  expect(textsOf(task)).toContain(
    "drive 'ide2': size of disk 'local-lvm:vm-103-cloudinit' updated from 0T to 4M",
  );
  const { volumes, config } = lab.control.guest(103);
  expect(volumes.map(({ node }) => node)).toEqual(['pve02', 'pve02', 'pve02', 'pve02']);
  expect(config['ide2']).toBe('local-lvm:vm-103-cloudinit,media=cdrom,size=4M');
});

test('targetstorage moves disks to another storage under a name that is free there', async () => {
  const form = { target: 'pve02', online: '1', 'with-local-disks': '1', targetstorage: 'local-lvm:local' };
  lab.cluster.volumes.add({
    volid: 'local:104/vm-104-disk-0.raw',
    storage: 'local',
    node: 'pve02',
    vmid: 104,
    format: 'raw',
    content: 'images',
    sizeBytes: 1,
    usedBytes: 1,
    createdAt: 0,
    parent: undefined,
    notes: undefined,
  });
  const task = await lab.migrate(104, form);
  expect(task.exitStatus).toBe('OK');
  expect(lab.control.guest(104).config).toMatchObject({
    scsi0: 'local:104/vm-104-disk-2.raw,discard=on,format=raw,size=1G',
    tpmstate0: 'local:104/vm-104-disk-1.raw,size=4M,version=v2.0',
  });
});

test('a paused machine is paused on the target', async () => {
  await lab.migrate(105, { target: 'pve02', online: '1' });
  expect(lab.control.guest(105)).toMatchObject({ node: 'pve02', status: 'paused', executesOn: [] });
});

test('during the copy: locked, on the source, nothing on the target but an incoming process', async () => {
  const task = await lab.begin(100, { target: 'pve01', online: '1', bwlimit: '51200' }, 'pve02');
  await lab.untilLogged(task, /migration active/);
  expect(lab.control.guest(100)).toMatchObject({
    node: 'pve02',
    lock: 'migrate',
    executesOn: ['pve02'],
    processesOn: ['pve02', 'pve01'],
  });
  expect(dataOf(await lab.preconditions(100, 'pve02'))).toBe(null);
  const second = await lab.post(100, { target: 'pve03', online: '1' }, 'pve02');
  expect(second).toMatchObject({ status: 500, reason: 'VM is locked (migrate)' });
  await task.finished;
  expect(textsOf(task)).toContain('migration speed limit: 50.0 MiB/s');
  expect(lab.control.guest(100)).toMatchObject({
    node: 'pve01',
    executesOn: ['pve01'],
    migrationsStarted: 2,
  });
});
