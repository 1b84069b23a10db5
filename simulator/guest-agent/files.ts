import { createHash } from 'node:crypto';
import { hasCloudInit, settleBoot } from '../cluster/boot';
import { guestName, type GuestState } from '../cluster/guests';
import type { ClusterState } from '../cluster/state';

/** The files of a booted guest that are worth reading, by path. */
export function guestFiles(cluster: ClusterState, guest: GuestState): ReadonlyMap<string, string> {
  const { machineId = '', hostKey = '' } = settleBoot(cluster, guest);
  const cloudInit = hasCloudInit(guest);
  const name = guestName(guest);
  const files = new Map([
    ['/etc/hostname', `${name}\n`],
    ['/etc/machine-id', machineId === '' ? '' : `${machineId}\n`],
    ['/etc/os-release', 'ID=linux\nPRETTY_NAME="Simulated Linux"\n'],
    ['/etc/ssh/ssh_host_ed25519_key.pub', `ssh-ed25519 ${keyText(guest, cloudInit, hostKey)} root@${name}\n`],
  ]);
  if (!cloudInit) return files;
  const result = { v1: { datasource: 'DataSourceNoCloud [seed=/dev/sr0][dsmode=net]', errors: [] } };
  return new Map([
    ...files,
    ['/run/cloud-init/result.json', `${JSON.stringify(result)}\n`],
    ['/var/lib/cloud/instance/boot-finished', 'finished\n'],
  ]);
}

/** Cloud-init makes new host keys for every instance; else they are those of the disk. */
function keyText({ config }: GuestState, cloudInit: boolean, onDisk: string): string {
  const seed = cloudInit ? (config.get('smbios1') ?? '') : onDisk;
  return createHash('sha256').update(seed).digest('base64').replace(/=+$/, '');
}
