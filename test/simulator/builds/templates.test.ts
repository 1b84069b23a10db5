import type { Machines } from '../qemu/machines';
import { connectRoot } from '../ssh/client';
import { qcow2Image } from './web-server';
import { cloudImage, createFrom, machineForm, machinesWithImage } from './images';

let machines: Machines;
beforeEach(async () => {
  machines = await machinesWithImage();
});
afterEach(() => machines.simulator.close());

const template = '/nodes/pve01/qemu/900/template';
const twoDisks = { ...machineForm, scsi2: 'files:1' };

describe('an import', () => {
  test("makes a disk of the image's size, and takes the time of its bytes", async () => {
    const started = machines.control.cluster.clock.now();
    await createFrom(machines);
    expect(await machines.config(900)).toMatchObject({ scsi0: 'files:900/vm-900-disk-0.raw,size=3G' });
    const seconds = (200 * 1024 ** 2) / machines.control.cluster.network.diskBytesPerSecond;
    expect(machines.control.cluster.clock.now() - started).toBeGreaterThan(seconds);
  });

  test('into a machine that is there is a task', async () => {
    await machines.run({ path: '/nodes/pve01/qemu', form: { vmid: '901', memory: '512' } });
    const form = { scsi0: machineForm.scsi0 };
    expect((await machines.run({ path: '/nodes/pve01/qemu/901/config', form })).exitStatus).toBe('OK');
    expect(await machines.config(901)).toMatchObject({ scsi0: 'files:901/vm-901-disk-0.raw,size=3G' });
  });

  test('of a damaged image leaves nothing', async () => {
    const url = 'http://images.example/damaged.qcow2';
    machines.control.setUrl({ ...cloudImage, url, damaged: true });
    const form = { url, filename: 'damaged.qcow2', content: 'import' };
    await machines.run({ path: '/nodes/pve01/storage/local/download-url', form });
    const { exitStatus, log } = await machines.run({
      path: '/nodes/pve01/qemu',
      form: { ...machineForm, scsi0: 'files:0,import-from=local:import/damaged.qcow2' },
    });
    expect(exitStatus).toMatch(/^unable to create VM 900 - copy failed: command .* failed: exit code 1$/);
    expect(log).toContainEqual(
      expect.stringMatching(/^qemu-img: error while reading at byte \d+: Input\/output error$/),
    );
    expect(await machines.volumes('files')).toEqual([]);
    expect(await machines.get('/nodes/pve01/qemu/900/config')).toMatch(/does not exist$/);
  });

  test('of what does not fit leaves nothing', async () => {
    machines.control.fillStorage('files', 'pve01', 50 * 1024 ** 2);
    const { exitStatus } = await machines.run({ path: '/nodes/pve01/qemu', form: machineForm });
    expect(exitStatus).toMatch(/^unable to create VM 900 - copy failed/);
    expect(await machines.volumes('files')).toEqual([]);
  });

  test('of a disc image is refused', async () => {
    const form = { ...machineForm, scsi0: 'files:0,import-from=local:iso/debian.iso' };
    expect(await machines.errorsOf({ method: 'POST', path: '/nodes/pve01/qemu', form })).toEqual({
      scsi0: "local:iso/debian.iso has wrong type 'iso' - needs to be 'images' or 'import'",
    });
  });
});

describe('the conversion to a template', () => {
  test('makes a base image of every disk', async () => {
    await createFrom(machines, twoDisks);
    expect((await machines.run({ path: template })).exitStatus).toBe('OK');
    expect(await machines.config(900)).toMatchObject({
      template: 1,
      scsi0: 'files:900/base-900-disk-0.raw,size=3G',
      scsi2: 'files:900/base-900-disk-1.raw,size=1G',
    });
  });

  test('that is killed in between leaves a template that can only be converted disk by disk', async () => {
    await createFrom(machines, twoDisks);
    machines.control.setSpeed(1);
    const task = await machines.begin({ path: template });
    await machines.control.waitFor(
      () => machines.control.guest(900).volumes.some(({ volid }) => volid.includes('base-900-disk-0')),
      'the first base image',
    );
    machines.control.killWorker({ upid: task.upid });
    machines.control.setSpeed(100);
    expect(task.exitStatus).toBe('unexpected status');
    expect(await machines.config(900)).toMatchObject({
      template: 1,
      scsi2: 'files:900/vm-900-disk-1.raw,size=1G',
    });
    expect(await machines.ask({ method: 'POST', path: template })).toBe(
      "you can't convert a template to a template",
    );
    expect(
      await machines.ask({ method: 'POST', path: '/nodes/pve01/qemu/900/clone', form: { newid: '901' } }),
    ).toBe("Linked clone feature is not supported for 'files:900/vm-900-disk-1.raw' (scsi2)");
    const { exitStatus } = await machines.run({ path: template, form: { disk: 'scsi2' } });
    expect(exitStatus).toBe('OK');
    expect(await machines.config(900)).toMatchObject({ scsi2: 'files:900/base-900-disk-1.raw,size=1G' });
  });

  test('base images that linked clones use can be deleted neither with the template nor alone', async () => {
    await createFrom(machines);
    await machines.run({ path: template });
    const linked = await machines.run({ path: '/nodes/pve01/qemu/900/clone', form: { newid: '901' } });
    expect(linked.exitStatus).toBe('OK');
    const destroyed = await machines.run({ method: 'DELETE', path: '/nodes/pve01/qemu/900' });
    expect(destroyed.exitStatus).toBe(
      "base volume 'files:900/base-900-disk-0.raw' is still in use by linked cloned",
    );
    const path = `/nodes/pve01/storage/files/content/${encodeURIComponent('files:900/base-900-disk-0.raw')}`;
    expect((await machines.run({ method: 'DELETE', path })).exitStatus).toBe(
      "base volume '900/base-900-disk-0.raw' is still in use by linked clones",
    );
    expect(await machines.volumes('files')).toContain('files:900/base-900-disk-0.raw');
  });
});

describe('commands of root on the node', () => {
  test('rescan finds disks that no configuration names', async () => {
    await createFrom(machines);
    const form = { vmid: '900', filename: 'vm-900-disk-5.raw', size: '1G' };
    await machines.ask({ method: 'POST', path: '/nodes/pve01/storage/files/content', form });
    const root = await connectRoot(machines.simulator, 'pve01');
    const { exitCode, stdout } = await root.run('qm disk rescan --vmid 900');
    expect({ exitCode, stdout: stdout.toString() }).toEqual({
      exitCode: 0,
      stdout:
        "rescan volumes...\nVM 900 add unreferenced volume 'files:900/vm-900-disk-5.raw' as 'unused0' to config\n",
    });
    expect(await machines.config(900)).toMatchObject({ unused0: 'files:900/vm-900-disk-5.raw' });
    root.close();
  });

  test('unlock takes the lock that a killed task left', async () => {
    await createFrom(machines);
    machines.control.setLock(900, 'clone');
    const root = await connectRoot(machines.simulator, 'pve01');
    expect((await root.run('qm unlock 900')).exitCode).toBe(0);
    expect(await machines.config(900)).not.toHaveProperty('lock');
    root.close();
  });
});

describe('files that root writes into the folders of a storage', () => {
  test('are volumes, as long as they are there: images can be imported, and deleted over the API', async () => {
    const root = await connectRoot(machines.simulator, 'pve01');
    const image = qcow2Image(2 * 1024 ** 3, 100);
    expect((await root.run('tee /var/lib/vz/import/own.qcow2 > /dev/null', image)).exitCode).toBe(0);
    await root.run('tee /var/lib/vz/import/notes.txt', 'no image');
    expect(await machines.volumes('local')).toContain('local:import/own.qcow2');
    expect(await machines.volumes('local')).not.toContain('local:import/notes.txt');
    await createFrom(machines, { ...machineForm, scsi0: 'files:0,import-from=local:import/own.qcow2' });
    expect(await machines.config(900)).toMatchObject({ scsi0: 'files:900/vm-900-disk-0.raw,size=2G' });
    const path = `/nodes/pve01/storage/local/content/${encodeURIComponent('local:import/own.qcow2')}`;
    expect((await machines.run({ method: 'DELETE', path })).exitStatus).toBe('OK');
    expect((await root.run('test -e /var/lib/vz/import/own.qcow2')).exitCode).toBe(1);
    root.close();
  });
});
