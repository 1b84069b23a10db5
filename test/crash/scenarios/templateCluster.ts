import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScenarioInput } from '../../../simulator';
import { localGuest, sharedGuest, smallCluster } from '../../e2e/support/scenario';

const imageUrl = 'https://images.example/debian-13.qcow2';
const imageDigest = 'a1'.repeat(64);

/** What templates need in the configuration. */
export const templateConventions = `
defaults:
  storage: local-lvm
  network_bridge: vmbr0
vmid_ranges:
  templates: 900-999
  vms: 1000-1999
`;

/**
 * Two nodes with local disks, one of which can fetch images: the other one's copy has to be moved there. `rate`: how
 * fast the image comes, bytes a second; as fast as the node can by default.
 */
export function templateCluster(rate?: number): ScenarioInput {
  return smallCluster('9', [sharedGuest(101), localGuest(102, { node: 'pve02', status: 'stopped' })], {
    nodes: [{ name: 'pve01' }, { name: 'pve02' }],
    storages: [
      { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
      { id: 'local', type: 'dir', path: '/var/lib/vz', size: '100G', content: ['iso', 'snippets'] },
      { id: 'images', type: 'dir', path: '/srv/images', size: '100G', content: ['import'], nodes: ['pve01'] },
      { id: 'nfs', type: 'nfs', content: ['images'] },
    ],
    pools: [{ id: 'pxm-builds' }],
    web: [
      {
        ...{ url: imageUrl, size: '400M', image: 'qcow2', virtual_size: '3G' },
        checksums: { sha512: imageDigest },
        ...(rate === undefined ? {} : { rate }),
      },
    ],
  });
}

/** The shipped runbook, its image one that the simulator has; the snippet that it writes installs the agent. */
export function debianRunbook(): string {
  const shipped = readFileSync(join(__dirname, '../../../runbooks/debian-13.md'), 'utf8');
  return shipped
    .replace(/^source:\n( {2}.*\n)+/m, `source:\n  url: ${imageUrl}\n  checksum: sha512:${imageDigest}\n`)
    .replace(
      'default: local, description: Storage for the downloaded image',
      'default: images, description: I',
    );
}
