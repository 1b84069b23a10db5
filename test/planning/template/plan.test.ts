import { desiredConfiguration } from '../../../src/planning/template/configuration';
import { abilitiesOf } from '../../../src/planning/template/versionGates';
import { importWay } from '../../../src/planning/template/ways';
import { conventions, copy, image, node, planned, recipe, storage, without } from './given';

const MiB = 2 ** 20;

/** A node whose disks are on a storage that all nodes have. */
const sharing = (name: string) =>
  node(name, {
    storages: [storage('local-lvm', 'rbd', ['images'], true), storage('local', 'dir', ['import'])],
  });

describe('a first template', () => {
  test('is built on one node, tested there, and made on every other node with local disks', () => {
    const plan = planned();
    expect(plan).toMatchObject({
      name: 'debian-13',
      todo: 'build',
      because: 'there is none yet',
      generation: 1,
      buildName: 'debian-13-v1-5d2f9c1e',
      bootTest: { vmid: 1000, node: 'pve01', readiness: 'agent' },
      inForce: [],
      retires: [],
    });
    expect(plan.copies.map((it) => [it.node, it.vmid, it.method, it.import])).toEqual([
      ['pve01', 100, 'build', { way: 'rest', storage: 'local' }],
      ['pve02', 101, 'build', { way: 'rest', storage: 'local' }],
      ['pve03', 102, 'build', { way: 'rest', storage: 'local' }],
    ]);
    expect(plan.reservations.map(({ purpose, storage: on }) => `${purpose}: ${on}`)).toEqual([
      'disk/pve01: local-lvm',
      'image/pve01: local',
      'disk/pve02: local-lvm',
      'image/pve02: local',
      'disk/pve03: local-lvm',
      'image/pve03: local',
    ]);
    expect(Object.keys(plan.roomBytes)).toContain('local@pve03');
  });

  test('has one copy where its disks are shared', () => {
    const plan = planned({ nodes: [sharing('pve01'), sharing('pve02')] });
    expect(plan.copies).toMatchObject([{ node: 'pve01', method: 'build' }]);
    expect(plan.roomBytes).toHaveProperty('local-lvm');
  });

  test('goes to the nodes that are named, and never to one that is away', () => {
    const nodes = [node('pve01', { online: false }), node('pve02'), node('pve03')];
    expect(planned({ nodes }).copies.map((it) => it.node)).toEqual(['pve02', 'pve03']);
    const request = { runbook: 'debian-13', nodes: ['pve03'] };
    expect(planned({ nodes, request }).copies.map((it) => it.node)).toEqual(['pve03']);
  });
});

describe('replicas', () => {
  test('are migrated to a node that can not take the image, and where that moves less', () => {
    const lacking = node('pve02', { storages: [storage('local-lvm', 'lvmthin', ['images'])] });
    const plan = planned({ nodes: [lacking, node('pve01')] });
    expect(plan.copies.map((it) => [it.node, it.method, it.import])).toEqual([
      ['pve01', 'build', { way: 'rest', storage: 'local' }],
      ['pve02', 'migrate', undefined],
    ]);
    const small = planned({ recipe: recipe({ diskBytes: 100 * MiB }) });
    expect(small.copies.map(({ method, movedBytes }) => [method, movedBytes])).toEqual([
      ['build', 400 * MiB],
      ['migrate', 100 * MiB],
      ['migrate', 100 * MiB],
    ]);
  });

  test('each download the image, also to a storage that all nodes share, where it lies once at a time', () => {
    const nodes = ['pve01', 'pve02'].map((name) =>
      node(name, {
        storages: [storage('local-lvm', 'lvmthin', ['images']), storage('nfs', 'nfs', ['import'], true)],
      }),
    );
    const plan = planned({ nodes });
    expect(plan.copies.map(({ movedBytes }) => movedBytes)).toEqual([400 * MiB, 400 * MiB]);
    expect(plan.copies[1]?.because).toBe('building moves 400 MiB, migrating 8 GiB');
    expect(plan.reservations.filter(({ storage: on }) => on === 'nfs')).toHaveLength(1);
    const small = planned({ nodes, recipe: recipe({ diskBytes: 100 * MiB }) });
    expect(small.copies[1]).toMatchObject({
      method: 'migrate',
      because: 'migrating moves 100 MiB, building 400 MiB',
    });
  });

  test('that are missing are made without building the version anew', () => {
    const settings = planned().settings;
    const has = copy(100, 'pve01', 4);
    const guests = [{ ...has, ...(has.marker && { marker: { ...has.marker, settings } }) }];
    const plan = planned({ guests });
    expect(plan).toMatchObject({
      todo: 'replicate',
      because: 'version 4 is not on pve02, pve03 yet',
      generation: 4,
    });
    expect(plan.copies.map((it) => it.node)).toEqual(['pve02', 'pve03']);
    expect(plan.bootTest).toBeUndefined();
  });
});

describe('a template that is there', () => {
  const settings = planned().settings;
  const inForce = (generation: number, change: object = {}) =>
    ['pve01', 'pve02', 'pve03'].map((name, index) => {
      const it = copy(100 + 10 * generation + index, name, generation);
      return { ...it, ...(it.marker && { marker: { ...it.marker, settings, ...change } }) };
    });

  test('of the same image, runbook and settings is left as it is, and that is said', () => {
    const plan = planned({ guests: inForce(2) });
    expect(plan).toMatchObject({
      todo: 'nothing',
      because: 'version 2 is of the same image, runbook and settings',
      copies: [],
      reservations: [],
      inForce: [{ vmid: 120 }, { vmid: 121 }, { vmid: 122 }],
    });
  });

  test.each([
    ['the image', { digest: `sha512:${'f'.repeat(128)}` }],
    ['the runbook', { runbookHash: 'f'.repeat(64) }],
    ['the settings', { settings: 'f'.repeat(64) }],
  ])('is built anew when %s changed', (words, change) => {
    expect(planned({ guests: inForce(2, change) })).toMatchObject({
      todo: 'build',
      because: `${words} changed since version 2`,
      generation: 3,
    });
  });

  test('is built anew when that is asked for', () => {
    const request = { runbook: 'debian-13', rebuild: true };
    expect(planned({ guests: inForce(2), request })).toMatchObject({ todo: 'build', generation: 3 });
  });

  test('keeps the version before, retires what is older, never what has linked clones', () => {
    const guests = [...inForce(1), ...inForce(2), ...inForce(3, { runbookHash: 'f'.repeat(64) })];
    const plan = planned({ guests, volumes: ['local-lvm:base-110-disk-0/vm-500-disk-0'] });
    expect(plan.retires.map(({ vmid }) => vmid)).toEqual([120, 121, 122, 111, 112]);
    expect(plan.keeps).toMatchObject([
      { vmid: 110, because: 'linked clones depend on it: local-lvm:base-110-disk-0/vm-500-disk-0' },
    ]);
  });
});

test('the hash is of what is done: VMIDs and retirements change it, room and time do not', () => {
  const { hash } = planned();
  const roomy = [node('pve01'), node('pve02'), node('pve03')].map((it) => ({
    ...it,
    storages: it.storages.map((on) => ({ ...on, availableBytes: on.availableBytes * 2 })),
  }));
  expect(planned({ nodes: roomy, madeAt: new Date('2026-11-26') }).hash).toBe(hash);
  expect(planned({ source: image({ digest: 'f'.repeat(128) }) }).hash).not.toBe(hash);
  expect(planned({ nodes: [node('pve01')] }).hash).not.toBe(hash);
});

test('a plan says what it can not be sure of', () => {
  const stranger = without(copy(900, 'pve02', 1), 'marker');
  const unsized = without(image(), 'sizeBytes');
  const plan = planned({ guests: [stranger, copy(100, 'pve01', undefined)], source: unsized });
  expect(plan.warnings).toEqual([
    expect.stringContaining('VM 900 on pve02 is called debian-13 too'),
    expect.stringContaining('VM 100 (debian-13) on pve01 was begun by create-template/lab/debian-13'),
    expect.stringContaining('checksums is not signed'),
    expect.stringContaining('does not tell how large'),
  ]);
});

test('what the runbook makes is compared with the conventions', () => {
  const wanted = desiredConfiguration({
    imageType: 'cloudinit',
    ...{ defaults: conventions.defaults, tags: conventions.tags, cloudinit: conventions.cloudinit },
    ...{ purposes: [], storageType: 'lvmthin', sshKeys: ['ssh-ed25519 AAAA ada@lab'] },
    machine: { cores: 2, memoryMebibytes: 2048 },
  });
  const made = { ...wanted.parameters, bios: 'seabios' };
  const { configuration, deviations } = planned({ recipe: recipe({ made }) });
  expect(configuration['bios']).toBe('seabios');
  expect(deviations).toMatchObject([{ key: 'bios', convention: 'ovmf', used: 'seabios' }]);
});

describe('the way of an image', () => {
  test.each([
    ['9.2.1', true, true, true],
    ['8.4.1', true, true, true],
    ['8.3.6', true, true, true],
    ['8.3.5', false, true, true],
    ['8.2.8', false, true, true],
    ['8.2.7', false, false, true],
    ['8.1.0', false, false, true],
    ['8.0.4', false, false, false],
    ['8.10.0', true, true, true],
  ])('version %s can import images: %s, OVA files: %s, download with Sys.AccessNetwork: %s', (it, ...can) => {
    const { importsImages, importsOva, hasAccessNetwork } = abilitiesOf(it);
    expect([importsImages, importsOva, hasAccessNetwork]).toEqual(can);
  });

  test('is SSH for what REST can not do: packed images and old versions', () => {
    expect(importWay(image({ compression: 'xz' }), node('pve01'))).toMatchObject({ way: 'ssh' });
    expect(importWay(image(), node('pve01', { version: '8.3.5' }))).toEqual({
      way: 'ssh',
      because: 'REST imports qcow2 files since 8.3.6; pve01 has 8.3.5',
    });
    const old = node('pve01', { version: '8.2.8' });
    expect(importWay(image({ format: 'ova' }), old)).toMatchObject({ way: 'rest', storage: 'local' });
  });

  test('needs a storage that takes the content, and says how to get one', () => {
    const upgraded = node('pve01', { storages: [storage('local', 'dir', ['iso'])] });
    expect(importWay(image(), upgraded)).toMatchObject({
      way: 'none',
      because: 'no usable storage of pve01 takes the content import',
      remedy: expect.stringContaining('Add import to the content of local') as string,
    });
    expect(importWay(image({ format: 'iso' }), upgraded)).toMatchObject({ way: 'rest', storage: 'local' });
    expect(() => planned({ nodes: [upgraded] })).toThrow('local-lvm is not usable on pve01');
  });

  test('takes the storage that the runbook names, or none; where it names none one of the node itself', () => {
    const two = node('pve01', {
      storages: [storage('local', 'dir', ['import']), storage('nfs', 'nfs', ['import'], true)],
    });
    expect(importWay(image(), two)).toMatchObject({ storage: 'local' });
    expect(importWay(image(), two, 'local')).toMatchObject({ storage: 'local' });
    expect(importWay(image(), two, 'gone')).toMatchObject({ way: 'none' });
  });
});
