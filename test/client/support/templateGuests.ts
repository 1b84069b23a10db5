import type { ScenarioInput } from '../../../simulator';
import type { TemplateMarker } from '../../../src/domain/template/marker';
import { printMarker } from '../../../src/planning/template/marker';
import { marker } from '../../planning/template/given';

type Guest = NonNullable<ScenarioInput['guests']>[number];

/** Storages of the cluster: files, for each node, tell linked clones; LVM-thin does not; the NFS is shared. */
export const templateStorages: ScenarioInput['storages'] = [
  { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
  { id: 'files', type: 'dir', content: ['images'], path: '/srv/files' },
  { id: 'local', type: 'dir', content: ['iso', 'import'], path: '/var/lib/vz' },
  { id: 'nfs', type: 'nfs', content: ['images'] },
];

/** A copy of a version, with a disk on `files`. Markers say what the template is called and that it is of its VMID. */
export function copyGuest(
  vmid: number,
  node: string,
  generation: number,
  more: { readonly marker?: Partial<TemplateMarker>; readonly config?: Guest['config']; name?: string } = {},
): Guest {
  const description = printMarker(marker({ vmid, generation, ...more.marker }));
  return {
    vmid,
    node,
    name: more.name ?? 'debian-13',
    status: 'stopped',
    config: {
      memory: 512,
      template: 1,
      scsi0: `files:${vmid}/base-${vmid}-disk-0.qcow2,size=4G`,
      description: `Written by hand.\n\n${description}`,
      ...more.config,
    },
  };
}

/** A guest that was begun under a build name and has no generation yet. */
export function unfinishedGuest(vmid: number, node: string): Guest {
  const description = printMarker(marker({ vmid })).replace(/^generation: .*\n/m, '');
  return {
    vmid,
    node,
    name: 'debian-13-v3-5d2f9c1e',
    status: 'stopped',
    config: {
      memory: 512,
      scsi0: `files:${vmid}/vm-${vmid}-disk-0.qcow2,size=4G`,
      description,
    },
  };
}

/** A linked clone of a copy on the same storage. */
export function linkedClone(vmid: number, node: string, template: number): Guest {
  const scsi0 = `files:${template}/base-${template}-disk-0.qcow2/${vmid}/vm-${vmid}-disk-0.qcow2,size=4G`;
  return { vmid, node, name: `web-${vmid}`, status: 'stopped', config: { memory: 512, scsi0 } };
}
