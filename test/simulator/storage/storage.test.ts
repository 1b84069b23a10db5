import { z } from 'zod';
import { Machines } from '../qemu/machines';

let machines: Machines;
beforeEach(async () => {
  machines = await Machines.start();
});
afterEach(() => machines.simulator.close());

const content = '/nodes/pve01/storage/local-lvm/content';

describe('the storages of a node', () => {
  const ids = async (query: string): Promise<string[]> => {
    const rows = await machines.get(`/nodes/pve01/storage${query}`);
    return z
      .array(z.object({ storage: z.string() }))
      .parse(rows)
      .map(({ storage }) => storage);
  };

  test('one that belongs to other nodes is listed as not enabled, and hidden by a filter for content', async () => {
    await machines.put('/storage/files', { nodes: 'pve02' });
    expect(await machines.get('/nodes/pve01/storage')).toContainEqual({
      ...{ storage: 'files', type: 'dir', content: 'images', shared: 0 },
      ...{ enabled: 0, active: 0, total: 0, used: 0, avail: 0 },
    });
    expect(await ids('?content=images')).toEqual(['local-lvm', 'shared']);
  });

  test('only shared ones can be used on another node too', async () => {
    expect(await ids('?target=pve02')).toEqual(['shared']);
  });

  test('an unknown one is a parameter error', async () => {
    const unknown = { storage: 'No such storage.' };
    expect(await machines.errorsOf({ path: '/nodes/pve01/storage?storage=nosuch' })).toEqual(unknown);
    expect(await machines.errorsOf({ path: '/nodes/pve01/storage/nosuch/status' })).toEqual(unknown);
  });
});

describe('the contents of a storage', () => {
  test('they are sorted, and filtered by guest and by kind', async () => {
    await machines.put('/nodes/pve01/qemu/100/config', { scsi0: 'local-lvm:1' });
    expect(await machines.volumes('local-lvm')).toEqual([
      'local-lvm:vm-100-disk-0',
      'local-lvm:vm-101-disk-0',
    ]);
    expect(await machines.get(`${content}?vmid=100`)).toMatchObject([
      { volid: 'local-lvm:vm-100-disk-0', content: 'images', format: 'raw', vmid: 100, parent: null },
    ]);
    expect(await machines.get(`${content}?content=rootdir`)).toEqual([]);
  });

  test('disks of guests that the caller may not change are left out', async () => {
    const acl = (path: string, roles: string): Promise<unknown> =>
      machines.put('/access/acl', { path, roles, users: 'low@pve' });
    const seen = async (): Promise<unknown> =>
      machines.ask({ path: content, authorization: 'PVEAPIToken=low@pve!test=low' });
    await acl('/storage', 'PVEDatastoreUser');
    expect(await seen()).toEqual([]);
    await acl('/vms/101', 'PVEVMAdmin');
    expect(await seen()).toMatchObject([{ volid: 'local-lvm:vm-101-disk-0' }]);
  });

  test('snippets are listed on the node that has them, and only to whom the whole storage is given', async () => {
    const written = Buffer.from('#cloud-config\n');
    machines.control.files('pve01').write('/var/lib/vz/snippets/user.yaml', written, 0o644);
    const list = (node: string): string => `/nodes/${node}/storage/local/content?content=snippets`;
    const snippet = { volid: 'local:snippets/user.yaml', content: 'snippets', format: 'snippet' };
    expect(await machines.get(list('pve01'))).toMatchObject([snippet]);
    expect(await machines.get(list('pve02'))).toEqual([]);
    const seenBy = async (roles: string): Promise<unknown> => {
      await machines.put('/access/acl', { path: '/storage', roles, users: 'low@pve' });
      return machines.ask({ path: list('pve01'), authorization: 'PVEAPIToken=low@pve!test=low' });
    };
    expect(await seenBy('PVEDatastoreUser')).toEqual([]);
    expect(await seenBy('PVEDatastoreAdmin')).toMatchObject([snippet]);
  });

  test('a local storage of another node holds nothing of this one', async () => {
    expect(await machines.get('/nodes/pve02/storage/local-lvm/content')).toEqual([]);
    expect(await machines.get('/nodes/pve01/storage/nosuch/content')).toBe("storage 'nosuch' does not exist");
  });

  test('a volume is made at once and must carry the name of its guest', async () => {
    const make = (filename: string): ReturnType<Machines['ask']> =>
      machines.ask({ method: 'POST', path: content, form: { vmid: '101', filename, size: '1G' } });
    expect(await make('vm-101-disk-5')).toBe('local-lvm:vm-101-disk-5');
    expect(await make('vm-101-disk-5')).toBe("disk image '/dev/pve/vm-101-disk-5' already exists");
    expect(await make('vm-100-disk-5')).toBe('Parameter verification failed.');
  });

  test('a disk in use is deleted without a question, and a missing one too', async () => {
    const request = { method: 'DELETE', path: `${content}/local-lvm%3Avm-101-disk-0` };
    const task = await machines.begin(request);
    await task.finished;
    expect(task.parts).toMatchObject({ type: 'imgdel', id: '101@local-lvm' });
    expect(task.lines).toContain("Removed volume 'local-lvm:vm-101-disk-0'");
    expect(await machines.volumes('local-lvm')).toEqual([]);
    expect((await machines.run(request)).exitStatus).toBe('OK');
  });

  test('the attributes of one volume', async () => {
    expect(await machines.get('/nodes/pve01/storage/local/content/local%3Aiso%2Fdebian.iso')).toEqual({
      path: '/var/lib/vz/template/iso/debian.iso',
      format: 'raw',
      size: 358_400,
      used: 360_448, // whole blocks (recording f1)
    });
  });

  test('the space that volumes take is missing from what is free', async () => {
    const free = async (): Promise<number> =>
      z.object({ avail: z.number() }).parse(await machines.get('/nodes/pve01/storage/local-lvm/status'))
        .avail;
    const before = await free();
    await machines.run({ method: 'DELETE', path: `${content}/local-lvm%3Avm-101-disk-0` });
    expect((await free()) - before).toBe(8 * 1024 ** 3);
  });
});

describe('definitions', () => {
  test('a storage is defined, changed and removed', async () => {
    const form = { storage: 'more', type: 'dir', path: '/srv/more', nodes: 'pve01,pve02' };
    const named = { storage: 'more', type: 'dir' };
    expect(await machines.ask({ method: 'POST', path: '/storage', form })).toEqual(named);
    expect(await machines.ask({ method: 'POST', path: '/storage', form })).toBe(
      "create storage failed: storage ID 'more' already defined",
    );
    expect(await machines.put('/storage/more', { content: 'iso,images', delete: 'nodes' })).toEqual(named);
    expect(await machines.get('/storage/more')).toMatchObject({ content: 'iso,images', path: '/srv/more' });
    expect(await machines.get('/storage/more')).not.toHaveProperty('nodes');
    expect(await machines.ask({ method: 'DELETE', path: '/storage/more' })).toBeNull();
    expect(await machines.get('/storage/more')).toBe("storage 'more' does not exist");
  });

  test('who may see none is shown none', async () => {
    expect(await machines.ask({ path: '/storage', authorization: 'PVEAPIToken=low@pve!test=low' })).toEqual(
      [],
    );
  });

  test('without quorum nothing is changed', async () => {
    machines.control.loseQuorum();
    expect(await machines.put('/storage/files', { disable: '1' })).toBe(
      "update storage failed: cfs-lock 'file-storage_cfg' error: no quorum!",
    );
  });
});
