import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScenarioInput } from '../../../simulator';
import { setRunbookStage, type RunbookStage } from './runbookStage';
import { smallCluster, type ProxmoxVersion } from './scenario';

/** Where the simulator's nodes find the image. */
export const imageUrl = 'https://images.example/debian-13.qcow2';
/** What it is, as its runbook says. */
export const imageDigest = 'a1'.repeat(64);

const conventions = `
defaults:
  storage: local-lvm
  network_bridge: vmbr0
vmid_ranges:
  templates: 900-999
  vms: 1000-1999
`;

/** What a stage is otherwise. */
export interface TemplateStageOptions {
  /** How long a test clone is waited for. */
  readonly bootTimeout?: string;
  /** Nodes that have the storage for images. Default all. */
  readonly importNodes?: string[];
  /** What is served otherwise than a whole image. */
  readonly image?: Partial<NonNullable<ScenarioInput['web']>[number]>;
}

/** A small cluster whose nodes can fetch an image, and a stage on it with the runbook debian-13. */
export async function setTemplateStage(
  version: ProxmoxVersion = '9',
  { bootTimeout = '2m', importNodes, image = {} }: TemplateStageOptions = {},
): Promise<RunbookStage> {
  const scenario = smallCluster(version, undefined, {
    storages: [
      { id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
      {
        ...{ id: 'local', type: 'dir', path: '/var/lib/vz', size: '100G' },
        content: ['iso', 'backup', 'vztmpl', 'import', 'snippets'],
        ...(importNodes === undefined ? {} : { nodes: importNodes }),
      },
      { id: 'nfs', type: 'nfs', content: ['images'] },
    ],
    pools: [{ id: 'pxm-builds' }],
    web: [
      {
        ...{ url: imageUrl, size: '400M', image: 'qcow2', virtual_size: '3G', agent: true },
        checksums: { sha512: imageDigest },
        ...image,
      },
    ],
  });
  const stage = await setRunbookStage(scenario, `${conventions}templates:\n  boot_timeout: ${bootTimeout}\n`);
  stage.write('debian-13', debianRunbook());
  return stage;
}

/** From now on a test clone is waited for so long; that is read by a new worker. */
export async function setBootTimeout(stage: RunbookStage, text: string): Promise<void> {
  const { configFile } = stage.lab;
  await stage.stopWorkers();
  writeFileSync(
    configFile,
    readFileSync(configFile, 'utf8').replace(/boot_timeout: .*/, `boot_timeout: ${text}`),
  );
  await stage.startWorker();
}

/** The VMIDs of all guests. */
export function everyVmid({ lab }: RunbookStage): readonly number[] {
  return lab.simulator.control
    .guests()
    .map(({ vmid }) => vmid)
    .toSorted((one, other) => one - other);
}

/** Volumes of images that were downloaded and are still there. */
export function imagesLeft({ lab }: RunbookStage): readonly string[] {
  return lab.simulator.control
    .volumes()
    .map(({ volid }) => volid)
    .filter((volid) => volid.includes(':import/'));
}

/** The shipped runbook, under a name, its image one that the simulator has. */
export function debianRunbook(name = 'debian-13'): string {
  const shipped = readFileSync(join(__dirname, '../../../runbooks/debian-13.md'), 'utf8');
  return shipped
    .replaceAll('debian-13', name)
    .replace(/^source:\n( {2}.*\n)+/m, `source:\n  url: ${imageUrl}\n  checksum: sha512:${imageDigest}\n`);
}
