import { isDriveName } from './drive-values';
import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';

/** Which privileges on the machine a change of an option needs; one of them (behaviour.md 2.5). */
const privilegesOfOptions: Readonly<Record<string, readonly string[]>> = {
  'VM.Config.CPU': ['cores', 'cpu', 'cpulimit', 'cpuunits', 'numa', 'smp', 'sockets', 'vcpus'],
  'VM.Config.Memory': ['memory', 'balloon', 'shares', 'allow-ksm'],
  'VM.Config.HWType': [
    ...[
      'acpi',
      'hotplug',
      'kvm',
      'machine',
      'scsihw',
      'smbios1',
      'tablet',
      'vga',
      'watchdog',
      'audio0',
      'rng0',
    ],
  ],
  'VM.Config.Options': [
    ...['agent', 'autostart', 'bios', 'description', 'keyboard', 'localtime', 'migrate_downtime'],
    ...['migrate_speed', 'name', 'onboot', 'ostype', 'protection', 'reboot', 'startdate', 'startup', 'tdf'],
    'template',
  ],
  'VM.Config.Disk': ['boot', 'bootdisk', 'vmstatestorage'],
  'VM.PowerMgmt': ['freeze'],
  'VM.Config.Cloudinit|VM.Config.Network': cloudInitOptions(),
};

const rootOptions = [
  ...[
    'affinity',
    'amd-sev',
    'arch',
    'args',
    'hookscript',
    'hugepages',
    'intel-tdx',
    'ivshmem',
    'keephugepages',
  ],
  ...['lock', 'spice_enhancements', 'vmgenid', 'vmstate'],
];

const privilegesByOption = new Map(
  Object.entries(privilegesOfOptions).flatMap(([privileges, options]) =>
    options.map((option) => [option, privileges.split('|')] as const),
  ),
);

/** Options whose check looks at the value, and is done where they are changed. */
const checkedByValue = /^(unused|serial|usb|hostpci|virtiofs)\d+$/;
const numbered = /^(net|ipconfig|numa|parallel|serial|usb|hostpci|virtiofs|unused)\d+$/;

/** The keys that go into the cloud-init drive. */
export function cloudInitOptions(): string[] {
  return ['cicustom', 'cipassword', 'citype', 'ciuser', 'ciupgrade', 'nameserver', 'searchdomain', 'sshkeys'];
}

/** True for a key that a configuration can have. */
export function optionExists(option: string): boolean {
  return (
    privilegesByOption.has(option) ||
    rootOptions.includes(option) ||
    option === 'tags' ||
    isDriveName(option) ||
    numbered.test(option)
  );
}

/** Ends the call unless the caller may change all these options: 403 with the privilege, or 500 for root's own. */
export function checkOptionPermissions(call: ApiCall, path: string, options: readonly string[]): void {
  if (call.identity.isRoot) return;
  for (const option of options) {
    if (isDriveName(option) || checkedByValue.test(option) || option === 'tags' || option === 'cdrom')
      continue;
    const privileges = privilegesFor(option);
    if (privileges === undefined) fail(`only root can set '${option}' config`);
    call.requirePrivilege(path, privileges);
    if (option === 'startup') call.requirePrivilege('/', ['Sys.Modify']);
  }
}

function privilegesFor(option: string): readonly string[] | undefined {
  if (/^numa\d+$/.test(option)) return ['VM.Config.CPU'];
  if (/^net\d+$/.test(option)) return ['VM.Config.Network'];
  if (/^ipconfig\d+$/.test(option)) return ['VM.Config.Cloudinit', 'VM.Config.Network'];
  return privilegesByOption.get(option);
}

/** Real devices are for root only; sockets, and mapped devices, need a privilege (behaviour.md 2.5). */
export function checkDevicePermission(call: ApiCall, path: string, option: string, value: string): void {
  if (call.identity.isRoot) return;
  if (option.startsWith('serial')) {
    if (value !== 'socket') fail(`only root can set '${option}' config for real devices`);
    call.requirePrivilege(path, ['VM.Config.HWType']);
  } else if (/^(usb|hostpci)\d+$/.test(option)) {
    checkMappedDevice(call, path, option, value);
  } else if (option.startsWith('virtiofs')) {
    call.requirePrivilege(path, ['VM.Config.Disk']);
    call.requirePrivilege(`/mapping/dir/${mappingOf(value) ?? value.split(',')[0] ?? ''}`, ['Mapping.Use']);
  }
}

function checkMappedDevice(call: ApiCall, path: string, option: string, value: string): void {
  const mapping = mappingOf(value);
  const spice = option.startsWith('usb') && /(^|=)spice(,|$)/.test(value);
  if (mapping === undefined && !spice) fail(`only root can set '${option}' config for non-mapped devices`);
  call.requirePrivilege(path, ['VM.Config.HWType']);
  if (mapping === undefined) return;
  call.requirePrivilege(`/mapping/${option.startsWith('usb') ? 'usb' : 'pci'}/${mapping}`, ['Mapping.Use']);
}

function mappingOf(value: string): string | undefined {
  return /(?:^|,)mapping=([^,]+)/.exec(value)?.[1];
}
