import { Machines } from '../qemu/machines';
import { ova } from './ova';
import { serving, startWebServer, type WebServer } from './web-server';

describe('an OVA', () => {
  let machines: Machines;
  let web: WebServer;
  beforeEach(async () => {
    machines = await Machines.start();
    web = await startWebServer(serving({ '/a.ova': ova }));
    const form = { url: `${web.url}/a.ova`, filename: 'a.ova', content: 'import' };
    await machines.run({ path: '/nodes/pve01/storage/local/download-url', form });
  });
  afterEach(async () => {
    await web.close();
    await machines.simulator.close();
  });

  test('tells what a machine of it would be', async () => {
    const path = '/nodes/pve01/storage/local/import-metadata?volume=local:import/a.ova';
    expect(await machines.get(path)).toEqual({
      type: 'vm',
      source: 'ova',
      'create-args': { name: 'appliance', cores: 2, memory: 2048 },
      disks: { scsi0: 'local:import/a.ova/a-disk1.vmdk' },
      warnings: [{ type: 'ova-needs-extracting' }],
    });
  });

  test('has disks that can be imported', async () => {
    const form = { vmid: '900', scsi0: 'files:0,import-from=local:import/a.ova/a-disk1.vmdk' };
    expect((await machines.run({ path: '/nodes/pve01/qemu', form })).exitStatus).toBe('OK');
    expect(await machines.config(900)).toMatchObject({ scsi0: 'files:900/vm-900-disk-0.raw,size=8G' });
    const missing = { vmid: '901', scsi0: 'files:0,import-from=local:import/a.ova/other.vmdk' };
    expect((await machines.run({ path: '/nodes/pve01/qemu', form: missing })).exitStatus).toMatch(
      /^unable to create VM 901 - failed to stat/,
    );
  });
});
