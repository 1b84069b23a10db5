import { ManagerError, problem } from '../../domain/errors';
import type { Deviation } from '../../domain/templatePlan';
import { profitsFromDiscard, propertyString } from './drives';
import type { ConfigurationInput, DesiredConfiguration } from './wishes';

/** What stands in for conventions that the configuration does not have. */
const fallback = {
  networkBridge: 'vmbr0',
  bios: 'ovmf',
  machine: 'q35',
  cpu: 'host',
  scsiController: 'virtio-scsi-single',
} as const;

type Deviate = (key: string, convention: string, used: string, because: string) => string;

/**
 * The virtual machine that a template is made of, as the conventions of cluster-config.yaml want it; wherever the
 * image or the storage does not allow that, the deviation is named. Throws ConfigInvalid without a storage.
 */
export function desiredConfiguration(input: ConfigurationInput): DesiredConfiguration {
  const { defaults, machine, imageType } = input;
  const deviations: Deviation[] = [];
  const deviate: Deviate = (key, convention, used, because) => {
    if (convention !== used) deviations.push({ key, convention, used, because });
    return used;
  };
  const storage = defaults.storage;
  if (storage === undefined) throw withoutStorage();

  const bios = biosOf(input, deviate);
  const scsihw = defaults.scsiController ?? fallback.scsiController;
  const readsCloudinit = machine.readsCloudinit ?? imageType === 'cloudinit';
  const parameters = {
    ostype: machine.osType ?? 'l26',
    machine: defaults.machine ?? fallback.machine,
    bios,
    ...(bios === 'ovmf' ? { efidisk0: efiDisk(storage, defaults.efidiskPreEnrolledKeys ?? false) } : {}),
    cpu: defaults.cpu ?? fallback.cpu,
    cores: String(machine.cores),
    memory: String(machine.memoryMebibytes),
    scsihw,
    scsi0: systemDisk(input, storage, scsihw, deviate),
    ...(readsCloudinit ? { scsi1: `${storage}:cloudinit` } : {}),
    boot: 'order=scsi0',
    net0: `virtio,bridge=${defaults.networkBridge ?? fallback.networkBridge}`,
    agent: agentOf(input, deviate),
    // Cloud images write to the first serial port, some wait for it.
    ...(readsCloudinit ? { serial0: 'socket', vga: 'serial0' } : {}),
    tags: tagsOf(input, readsCloudinit),
    ...(readsCloudinit ? cloudinitKeys(input) : {}),
  };
  if (!readsCloudinit && input.cloudinit.defaultUser !== undefined) {
    const because = `an image of the type ${imageType} reads no cloud-init data`;
    deviate('ciuser', input.cloudinit.defaultUser, 'none', because);
  }
  return { parameters, deviations };
}

function biosOf({ defaults, machine, imageType }: ConfigurationInput, deviate: Deviate): string {
  const convention = defaults.bios ?? fallback.bios;
  if (machine.firmware === 'bios')
    return deviate('bios', convention, 'seabios', 'the image boots by BIOS only');
  if (machine.firmware === 'efi') return deviate('bios', convention, 'ovmf', 'the image boots by UEFI only');
  if (imageType === 'ova') {
    return deviate('bios', convention, 'seabios', 'appliances are made for BIOS unless the runbook says efi');
  }
  return convention;
}

/** Size 0: the image of the variables is copied, whatever is asked for (behaviour: 5.3). */
function efiDisk(storage: string, preEnrolledKeys: boolean): string {
  return propertyString(`${storage}:0`, {
    efitype: '4m',
    'pre-enrolled-keys': preEnrolledKeys ? '1' : '0',
  });
}

function systemDisk(
  { storageType }: ConfigurationInput,
  storage: string,
  scsihw: string,
  deviate: Deviate,
): string {
  const thread = scsihw === 'virtio-scsi-single';
  if (!thread) deviate('scsi0.iothread', '1', '0', `${scsihw} has no thread for each disk`);
  const discard = profitsFromDiscard(storageType);
  if (!discard)
    deviate('scsi0.discard', 'on', 'ignore', `a storage of the type ${storageType} gets nothing back`);
  return propertyString(`${storage}:0`, {
    iothread: thread ? '1' : undefined,
    discard: discard ? 'on' : undefined,
    ssd: discard ? '1' : undefined,
  });
}

function agentOf({ defaults, machine }: ConfigurationInput, deviate: Deviate): string {
  const convention = (defaults.guestAgent ?? true) ? 'enabled=1' : 'enabled=0';
  if (machine.hasAgent ?? true) return convention;
  return deviate('agent', convention, 'enabled=0', 'the image has no guest agent');
}

function tagsOf({ tags, purposes }: ConfigurationInput, readsCloudinit: boolean): string {
  const wanted = ['templates', ...(readsCloudinit ? ['cloudinit'] : []), ...purposes];
  const found = wanted.flatMap((purpose) => tags[purpose] ?? (purpose === 'templates' ? ['template'] : []));
  return [...new Set(found.map((tag) => tag.toLowerCase()))].toSorted().join(';');
}

function cloudinitKeys({ cloudinit, sshKeys, vendorSnippet }: ConfigurationInput) {
  return {
    ...(cloudinit.defaultUser === undefined ? {} : { ciuser: cloudinit.defaultUser }),
    // The value itself is percent-encoded, then once more by the form (behaviour: 5.5).
    ...(sshKeys.length === 0 ? {} : { sshkeys: encodeURIComponent(`${sshKeys.join('\n')}\n`) }),
    ipconfig0: 'ip=dhcp',
    ...(vendorSnippet === undefined ? {} : { cicustom: `vendor=${vendorSnippet}` }),
  };
}

function withoutStorage(): ManagerError {
  return new ManagerError(
    problem('ConfigInvalid', {
      attempted: 'put a template together',
      failed: 'cluster-config.yaml has no defaults.storage',
      remedy: 'Add the storage for disks, e.g. defaults: { storage: local-lvm }',
    }),
  );
}
