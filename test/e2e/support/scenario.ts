import type { ScenarioInput } from '../../../simulator';

/** The Proxmox versions that every end-to-end test of evacuation runs on. */
export const proxmoxVersions = ['8.4', '9'] as const;
/** One of them. */
export type ProxmoxVersion = (typeof proxmoxVersions)[number];

type Guest = NonNullable<ScenarioInput['guests']>[number];

/** The token of the small cluster; its secret is in no other place. */
export const testToken = { id: 'claude-code@pve!automation', secret: '5f2c1d1e-8a39-4f63-9a30-3f4bd2f0c001' };

/** A small running guest on shared storage. */
export function sharedGuest(vmid: number, more: Partial<Guest> = {}): Guest {
  return {
    vmid,
    node: 'pve01',
    name: `app-${vmid}`,
    status: 'running',
    config: { memory: 1024, cores: 1, scsi0: `nfs:${vmid}/vm-${vmid}-disk-0.qcow2,size=4G` },
    ...more,
  };
}

/** A guest whose disk lies on a storage that each node has for itself. */
export function localGuest(vmid: number, more: Partial<Guest> = {}): Guest {
  return sharedGuest(vmid, {
    name: `db-${vmid}`,
    config: { memory: 1024, cores: 1, scsi0: `local-lvm:vm-${vmid}-disk-0,size=2G` },
    ...more,
  });
}

/** A guest whose copy takes several real seconds at the speed of the tests. */
export function slowGuest(vmid: number): Guest {
  const scsi0 = `nfs:${vmid}/vm-${vmid}-disk-0.qcow2,size=4G`;
  return sharedGuest(vmid, { config: { memory: 32_768, cores: 1, scsi0 } });
}

/** Three nodes, a shared and a local storage, and the four guests that the crash matrix moves, unless told otherwise. */
export function smallCluster(
  version: ProxmoxVersion,
  guests: readonly Guest[] = [
    sharedGuest(101),
    sharedGuest(102),
    sharedGuest(103, { status: 'stopped' }),
    localGuest(104),
  ],
  more: Partial<ScenarioInput> = {},
): ScenarioInput {
  return {
    version,
    nodes: [{ name: 'pve01' }, { name: 'pve02' }, { name: 'pve03' }],
    storages: [
      { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
      { id: 'local', type: 'dir', content: ['iso', 'backup', 'vztmpl'], path: '/var/lib/vz' },
      { id: 'nfs', type: 'nfs', content: ['images'] },
    ],
    guests: [...guests],
    access: {
      users: [{ id: 'claude-code@pve', tokens: [{ id: 'automation', secret: testToken.secret }] }],
      acl: [{ path: '/', user: 'claude-code@pve', role: 'Administrator' }],
    },
    ...more,
  };
}
