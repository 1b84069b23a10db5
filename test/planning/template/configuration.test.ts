import { desiredConfiguration } from '../../../src/planning/template/configuration';
import { deviationsOf } from '../../../src/planning/template/deviations';
import type { ConfigurationInput } from '../../../src/planning/template/wishes';
import { conventions, without } from './given';

function desired(more: Partial<ConfigurationInput> = {}) {
  return desiredConfiguration({
    imageType: 'cloudinit',
    defaults: conventions.defaults,
    tags: conventions.tags,
    cloudinit: conventions.cloudinit,
    purposes: [],
    machine: { cores: 2, memoryMebibytes: 2048 },
    storageType: 'lvmthin',
    sshKeys: ['ssh-ed25519 AAAA+/= ada@lab', 'ssh-rsa BBBB bob@lab'],
    vendorSnippet: 'local:snippets/debian-13-vendor.yaml',
    ...more,
  });
}

test('a cloud image becomes what the conventions say, without a deviation', () => {
  expect(desired()).toEqual({
    parameters: {
      ostype: 'l26',
      machine: 'q35',
      bios: 'ovmf',
      efidisk0: 'local-lvm:0,efitype=4m,pre-enrolled-keys=0',
      cpu: 'host',
      cores: '2',
      memory: '2048',
      scsihw: 'virtio-scsi-single',
      scsi0: 'local-lvm:0,iothread=1,discard=on,ssd=1',
      scsi1: 'local-lvm:cloudinit',
      boot: 'order=scsi0',
      net0: 'virtio,bridge=vmbr0',
      agent: 'enabled=1',
      serial0: 'socket',
      vga: 'serial0',
      tags: 'cloudinit;template',
      ciuser: 'ada',
      sshkeys: 'ssh-ed25519%20AAAA%2B%2F%3D%20ada%40lab%0Assh-rsa%20BBBB%20bob%40lab%0A',
      ipconfig0: 'ip=dhcp',
      cicustom: 'vendor=local:snippets/debian-13-vendor.yaml',
    },
    deviations: [],
  });
});

test('SSH keys are encoded as Proxmox takes them: no + for a blank', () => {
  const { sshkeys = '' } = desired().parameters;
  expect(sshkeys).toMatch(/^[-%a-zA-Z0-9_.!~*'()]*$/);
});

test.each([
  ['a thick volume gets nothing from discards', { storageType: 'lvm' }, 'scsi0.discard', 'ignore'],
  [
    'another controller has no threads',
    { defaults: { ...conventions.defaults, scsiController: 'virtio-scsi-pci' } },
    'scsi0.iothread',
    '0',
  ],
  ['an image without an agent', { machine: machine({ hasAgent: false }) }, 'agent', 'enabled=0'],
  ['an image that boots by BIOS', { machine: machine({ firmware: 'bios' }) }, 'bios', 'seabios'],
  ['an appliance', { imageType: 'ova' }, 'bios', 'seabios'],
  ['an image without cloud-init', { imageType: 'raw' }, 'ciuser', 'none'],
] as const)('%s is named as a deviation', (_title, more, key, used) => {
  const { deviations } = desired(more);
  expect(deviations).toContainEqual(expect.objectContaining({ key, used }));
  expect(deviations.every(({ because }) => because !== '')).toBe(true);
});

test('a BIOS machine has no firmware disk, a thick disk no discard, an installed system no cloud-init drive', () => {
  const bios = desired({ machine: machine({ firmware: 'bios' }) }).parameters;
  expect(bios).not.toHaveProperty('efidisk0');
  expect(desired({ storageType: 'lvm' }).parameters['scsi0']).not.toContain('discard');
  const installed = desiredConfiguration({
    imageType: 'iso',
    defaults: conventions.defaults,
    tags: conventions.tags,
    cloudinit: {},
    purposes: ['talos'],
    machine: machine({}),
    storageType: 'lvmthin',
    sshKeys: [],
  });
  expect(installed.parameters).toMatchObject({
    scsi0: 'local-lvm:0,iothread=1,discard=on,ssd=1',
    boot: 'order=scsi0',
    tags: 'kubernetes;talos;template',
  });
  expect(installed.parameters).not.toHaveProperty('scsi1');
});

test('without a storage for disks there is no configuration', () => {
  const defaults = without(conventions.defaults, 'storage');
  expect(() => desired({ defaults })).toThrow('defaults.storage');
});

describe('what a runbook makes otherwise', () => {
  const wanted = desired().parameters;

  test('is nothing where it makes the same, in its own words', () => {
    const made = {
      ...wanted,
      efidisk0: 'local-lvm:1,pre-enrolled-keys=0,efitype=4m',
      scsi0: 'file=local-lvm:0,ssd=1,discard=on,iothread=1,import-from=local:import/other.qcow2',
      agent: '1,type=virtio',
      tags: 'Template,cloudinit,mine',
      net0: 'model=virtio,bridge=vmbr0',
    };
    expect(deviationsOf(made, wanted, 'debian-13')).toEqual([]);
  });

  test.each([
    ['bios', { bios: 'seabios' }, 'seabios'],
    ['scsi0.storage', { scsi0: 'nfs:0,iothread=1,discard=on,ssd=1' }, 'nfs'],
    ['scsi0.ssd', { scsi0: 'local-lvm:0,iothread=1,discard=on' }, 'none'],
    ['efidisk0.pre-enrolled-keys', { efidisk0: 'local-lvm:0,efitype=4m,pre-enrolled-keys=1' }, '1'],
    ['net0.bridge', { net0: 'virtio,bridge=vmbr9' }, 'vmbr9'],
    ['agent', { agent: 'enabled=0' }, 'off'],
    ['tags', { tags: 'cloudinit' }, 'none'],
  ])('%s is named', (key, change, used) => {
    const found = deviationsOf({ ...wanted, ...change }, wanted, 'debian-13');
    expect(found).toEqual([expect.objectContaining({ key, used, because: 'the runbook debian-13 says so' })]);
  });

  test('is named too where it leaves a key out', () => {
    const made = without(wanted, 'sshkeys', 'cicustom');
    const keys = deviationsOf(made, wanted, 'debian-13').map(({ key }) => key);
    expect(keys).toEqual(['sshkeys', 'vendor snippet']);
  });
});

function machine(more: Partial<ConfigurationInput['machine']>): ConfigurationInput['machine'] {
  return { cores: 2, memoryMebibytes: 2048, ...more };
}
