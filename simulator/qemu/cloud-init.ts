import { drivesOf, isCloudInit } from '../cluster/drives';
import type { ApiCall, EndpointTable } from '../http/call';
import { NotSimulated } from '../http/errors';
import { machineOf, requireUnlocked } from './machine';
import { shownValue } from './shown-config';

/** What cloud-init gets to read (behaviour.md 5.19); only the user's part is simulated. */
export const qemuCloudInitEndpoints: EndpointTable = {
  'GET /nodes/{node}/qemu/{vmid}/cloudinit': pendingValues,
  'PUT /nodes/{node}/qemu/{vmid}/cloudinit': regenerate,
  'GET /nodes/{node}/qemu/{vmid}/cloudinit/dump': dump,
};

/** Options that the list has; it leaves out the network's (recording 9 b1). */
const listedOptions = 'cicustom cipassword citype ciupgrade ciuser nameserver searchdomain sshkeys'.split(
  ' ',
);

function pendingValues(call: ApiCall): unknown {
  const { config } = machineOf(call);
  return listedOptions.flatMap((key) => {
    const value = config.get(key);
    return value === undefined ? [] : [{ key, value: shownValue(key, value) }];
  });
}

/** Makes the drive anew; what is in it is always what the configuration says, so nothing is left to do. */
function regenerate(call: ApiCall): void {
  const guest = machineOf(call);
  requireUnlocked(guest);
  if (!drivesOf(guest.config).some(isCloudInit)) return;
  call.print('generating cloud-init ISO');
}

/** The user part, as Proxmox makes it from the configuration (recording g1). */
function dump(call: ApiCall): string {
  if (call.parameters.text('type') !== 'user') throw new NotSimulated(call.endpoint);
  const { config, vmid } = machineOf(call);
  const name = config.get('name') ?? `VM${vmid}`;
  const user = config.get('ciuser');
  const password = config.get('cipassword');
  const keys = decodeURIComponent(config.get('sshkeys') ?? '')
    .split('\n')
    .filter((key) => key.trim() !== '');
  return [
    '#cloud-config',
    `hostname: ${name}`,
    'manage_etc_hosts: true',
    `fqdn: ${name}`,
    ...(user === undefined ? [] : [`user: ${user}`]),
    ...(password === undefined ? [] : [`password: ${password}`]),
    ...(keys.length === 0 ? [] : ['ssh_authorized_keys:', ...keys.map((key) => `  - ${key}`)]),
    'chpasswd:',
    '  expire: False',
    ...(user === 'root' ? [] : ['users:', '  - default']),
    `package_upgrade: ${config.get('ciupgrade') === '0' ? 'false' : 'true'}`,
    '',
  ].join('\n');
}
