import { image, node, planned, recipe, storage } from './given';

const made = {
  cicustom: 'vendor=nas:snippets/v.yaml',
  scsi0: 'local-lvm:0,import-from=local:import/x.qcow2',
};
const parameters = { snippet_storage: 'nas', import_storage: 'local' };
const given = { recipe: recipe({ made, parameters }) };
const having = (...more: ReturnType<typeof storage>[]) => {
  const plain = node('pve01');
  return { ...given, nodes: [{ ...plain, storages: [...plain.storages, ...more] }] };
};

test('a storage for snippets that does not take them is refused, with its node and the parameter', () => {
  expect(() => planned(having(storage('nas', 'nfs', ['images'])))).toThrow(
    expect.objectContaining({
      code: 'InputInvalid',
      message: expect.stringContaining(
        'the storage nas of pve01 does not take the content snippets',
      ) as string,
      problem: expect.objectContaining({
        remedy:
          'Add snippets to the content of nas (Datacenter, Storage, Edit), or name another storage by its parameter snippet_storage.',
      }) as object,
    }) as Error,
  );
  expect(planned(having(storage('nas', 'nfs', ['snippets']))).copies).toHaveLength(1);
});

test('a storage that a node does not have is refused', () => {
  expect(() => planned(having())).toThrow(
    'the storage nas, which is to take snippets, is not usable on pve01',
  );
});

test('missing where only a clone of the first copy comes, it is a warning', () => {
  const builder = { ...node('pve01') };
  const nas = storage('nas', 'nfs', ['snippets']);
  const importless = node('pve02', { storages: [storage('local-lvm', 'lvmthin', ['images'])] });
  const nodes = [{ ...builder, storages: [...builder.storages, nas] }, importless];
  const { copies, warnings } = planned({ ...given, nodes });
  expect(copies.map(({ node: on, method }) => [on, method])).toEqual([
    ['pve01', 'build'],
    ['pve02', 'migrate'],
  ]);
  expect(warnings).toContain(
    'The storage nas, which is to take snippets, is not usable on pve02: clones do not start there. Make nas available on pve02 (Datacenter, Storage).',
  );
});

test('a storage for disks that does not take disks is refused', () => {
  const diskless = {
    ...node('pve01'),
    storages: [storage('local-lvm', 'lvmthin', ['rootdir']), storage('local', 'dir', ['import'])],
  };
  const onlyDisks = { recipe: recipe({ made: { scsi0: 'local-lvm:0,ssd=1' } }), nodes: [diskless] };
  expect(() => planned(onlyDisks)).toThrow('the storage local-lvm of pve01 does not take the content images');
});

test('a disk that is to be smaller than its raw image is refused; of others the size is not known', () => {
  const diskBytes = 2 ** 30;
  const sizeBytes = 3 * 2 ** 30;
  expect(() =>
    planned({ recipe: recipe({ diskBytes }), source: image({ format: 'raw', sizeBytes }) }),
  ).toThrow('its disk is to have 1 GiB, its image has 3 GiB: Proxmox does not shrink disks');
  const packed = image({ format: 'qcow2', sizeBytes });
  expect(planned({ recipe: recipe({ diskBytes }), source: packed }).todo).toBe('build');
});
