import type { ApiCall } from '../http/call';
import { driveText, isDisc, isDriveName, readDrive, withOptions, type DriveValue } from './drive-values';
import { networkCardText } from './network-cards';
import { requireSshKeys } from './ssh-keys';

/** Parameters that are no options of the configuration. */
const control = new Set([
  ...['node', 'vmid', 'delete', 'revert', 'digest', 'force', 'skiplock', 'background_delay', 'cdrom'],
  ...['storage', 'pool', 'start', 'archive', 'bwlimit', 'unique', 'live-restore', 'import-working-storage'],
  'ha-managed',
]);

/** The options that the call gives, as they will be stored; drives that are to be made as they were sent. */
export function givenOptions(call: ApiCall): Map<string, string> {
  const { parameters } = call;
  const options = new Map<string, string>();
  for (const name of parameters.names()) {
    if (!control.has(name)) options.set(name, storedText(call, name, parameters.text(name)));
  }
  const cdrom = parameters.optionalText('cdrom');
  if (cdrom !== undefined) options.set('ide2', driveText(asDisc(readDrive('ide2', cdrom))));
  return options;
}

/** `-name value -name value`: the parameters as task logs show them, sorted, without passwords. */
export function argumentsText({ parameters }: ApiCall): string {
  const hidden = ['node', 'vmid', 'digest', 'background_delay'];
  const names = parameters.names().filter((name) => !hidden.includes(name));
  return names
    .sort()
    .map((name) => `-${name} ${name === 'cipassword' ? '<hidden>' : parameters.text(name)}`)
    .join(' ');
}

function storedText({ cluster }: ApiCall, name: string, value: string): string {
  if (isDriveName(name)) return driveText(withMedia(readDrive(name, value)));
  if (/^net\d+$/.test(name)) {
    return networkCardText(value, cluster.random, cluster.options.get('mac_prefix') ?? 'BC:24:11');
  }
  if (name === 'vmgenid' && value === '1') return cluster.random.uuid();
  if (name === 'sshkeys') requireSshKeys(value);
  if (name === 'cpuunits') return String(Math.min(Number(value), 10_000));
  if (name === 'cipassword' && !/^\$(1|5|6|2[ay])\$/.test(value)) {
    return `$5$${cluster.random.hex(8)}$${cluster.random.hex(43)}`;
  }
  return value;
}

/** ISO images, `none` and `cdrom` are discs, also where it wasn't said. */
function withMedia(drive: DriveValue): DriveValue {
  const disc = isDisc(drive) || /:iso\/|\.iso$/.test(drive.file);
  return disc && !/(^|:)cloudinit$/.test(drive.file) ? asDisc(drive) : drive;
}

function asDisc(drive: DriveValue): DriveValue {
  return withOptions(drive, { media: 'cdrom' });
}
