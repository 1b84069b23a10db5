import { recipeOfMachine } from '../../../src/planning/template/machineRecipe';
import { planInput } from './given';

const { runbook, imageType, source, purposes, parameters } = planInput().recipe;
const bare = {
  ...{ runbook, imageType, source, purposes, parameters },
  ...{ made: { tags: 'template' }, storage: 'nas' },
  machine: { cores: 1, memoryMebibytes: 512, hasAgent: false },
};
const configuration = new Map([
  ['agent', '1'],
  ['cores', '4'],
  ['memory', '2048'],
  ['ostype', 'l26'],
  ['scsihw', 'virtio-scsi-single'],
  ['scsi0', 'local-lvm:vm-2000-disk-0,discard=on,size=8G'],
  ['scsi1', 'local-lvm:vm-2000-disk-1,size=512M'],
  ['ide2', 'local:iso/debian.iso,media=cdrom,size=600M'],
  ['net0', 'virtio=BC:24:11:00:00:01,bridge=vmbr0'],
  ['smbios1', 'uuid=x'],
  ['tags', 'old'],
]);

describe('the recipe of a template that is copied from a virtual machine', () => {
  const made = recipeOfMachine(bare, configuration);

  it('has what the machine has, its disks on the storage of the copy, and what its steps set', () => {
    expect(made.made).toEqual({
      ...{ agent: '1', cores: '4', memory: '2048', ostype: 'l26', scsihw: 'virtio-scsi-single' },
      scsi0: 'nas:vm-2000-disk-0,discard=on,size=8G',
      scsi1: 'nas:vm-2000-disk-1,size=512M',
      net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0',
      tags: 'template',
    });
    expect(made.machine).toEqual({ cores: 4, memoryMebibytes: 2048, osType: 'l26' });
  });

  it('takes the room of all its disks', () => {
    expect(made.diskBytes).toBe(8.5 * 2 ** 30);
  });

  it('has no agent where the machine has none', () => {
    for (const agent of ['0', 'enabled=0,fstrim_cloned_disks=1']) {
      expect(recipeOfMachine(bare, new Map([['agent', agent]])).machine.hasAgent).toBe(false);
    }
    expect(recipeOfMachine(bare, new Map()).machine.hasAgent).toBe(false);
  });
});
