import type { ClusterConfig } from '../../../src/config/clusterConfig';
import type { ImageFile } from '../../../src/domain/template/source';
import type { TemplatePlan } from '../../../src/domain/templatePlan';
import type { BuildNode, MarkedGuest, StorageView } from '../../../src/planning/template/facts';
import { outlineTemplate } from '../../../src/planning/template/plan';
import type { TemplatePlanInput } from '../../../src/planning/template/planInput';
import type { TemplateRecipe } from '../../../src/planning/template/recipe';
import type { TemplateMarker } from '../../../src/domain/template/marker';

/** An object without some of its keys. */
export function without<T extends object, K extends keyof T & string>(
  it: T,
  ...keys: readonly K[]
): Omit<T, K>;
export function without(it: object, ...keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(it).filter(([key]) => !keys.includes(key)));
}

/** A marker of version 1 of debian-13 as VM 100. */
export function marker(more: Partial<TemplateMarker> = {}): TemplateMarker {
  return {
    kind: 'template',
    name: 'debian-13',
    vmid: 100,
    generation: 1,
    source: 'https://cloud.debian.org/images/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2',
    digest: `sha512:${'a'.repeat(128)}`,
    runbook: 'debian-13',
    runbookHash: 'b'.repeat(64),
    settings: 'c'.repeat(64),
    product: '0.1.0',
    operation: 'create-template/lab/debian-13',
    run: '5d2f9c1e-0000-4000-8000-000000000001',
    made: '2026-11-25T22:00:00.000Z',
    ...more,
  };
}

const GiB = 2 ** 30;

/** A digest of an image. */
export const digest = 'a'.repeat(128);

/** A cloud image of 400 MiB, its digest from a file of sums. */
export function image(more: Partial<ImageFile> = {}): ImageFile {
  return {
    kind: 'image',
    url: marker().source,
    algorithm: 'sha512',
    digest,
    vouchedBy: 'sums',
    format: 'qcow2',
    sizeBytes: 400 * 2 ** 20,
    ...more,
  };
}

/** A storage with 100 GiB of room. */
export function storage(name: string, type: string, content: string[], shared = false): StorageView {
  return { storage: name, type, content, shared, usable: true, availableBytes: 100 * GiB };
}

/** A node with a thin pool, and a folder that takes images. */
export function node(name: string, more: Partial<BuildNode> = {}): BuildNode {
  return {
    name,
    online: true,
    version: '9.2.1',
    storages: [
      storage('local-lvm', 'lvmthin', ['images', 'rootdir']),
      storage('local', 'dir', ['import', 'iso', 'snippets']),
    ],
    ...more,
  };
}

/** A copy of a version of debian-13. */
export function copy(
  vmid: number,
  onNode: string,
  generation: number | undefined,
  more: Partial<MarkedGuest> = {},
): MarkedGuest {
  const untested = without(marker({ vmid }), 'generation');
  return {
    vmid,
    node: onNode,
    name: 'debian-13',
    template: true,
    marker: generation === undefined ? untested : { ...untested, generation },
    volumes: [`local-lvm:base-${vmid}-disk-0`],
    ...more,
  };
}

/** What the runbook debian-13 says. */
export function recipe(more: Partial<TemplateRecipe> = {}): TemplateRecipe {
  return {
    runbook: { name: 'debian-13', sha256: 'b'.repeat(64) },
    imageType: 'cloudinit',
    source: { url: marker().source },
    machine: { cores: 2, memoryMebibytes: 2048 },
    purposes: [],
    parameters: { disk_size: '8G' },
    diskBytes: 8 * GiB,
    made: {},
    ...more,
  };
}

/** Conventions as the example configuration has them. */
export const conventions: ClusterConfig['conventions'] = {
  defaults: {
    storage: 'local-lvm',
    networkBridge: 'vmbr0',
    bios: 'ovmf',
    machine: 'q35',
    cpu: 'host',
    scsiController: 'virtio-scsi-single',
    efidiskPreEnrolledKeys: false,
    guestAgent: true,
  },
  vmidRanges: { templates: { first: 100, last: 999 }, vms: { first: 1000, last: 9999 } },
  tags: { templates: ['template'], cloudinit: ['cloudinit'], talos: ['talos', 'kubernetes'] },
  cloudinit: { defaultUser: 'ada' },
  ansible: {},
};

/** What a plan is made from: three nodes with local storages, no template yet. */
export function planInput(more: Partial<TemplatePlanInput> = {}): TemplatePlanInput {
  return {
    request: { runbook: 'debian-13' },
    cluster: 'lab',
    conventions,
    recipe: recipe(),
    files: [],
    source: image(),
    nodes: [node('pve01'), node('pve02'), node('pve03')],
    guests: [],
    volumes: [],
    sshKeys: ['ssh-ed25519 AAAA ada@lab'],
    times: { approvalExpiresAfterMs: 1, remindEveryMs: 1, stallAfterMs: 1 },
    product: '0.1.0',
    operation: 'create-template/lab/debian-13',
    run: '5d2f9c1e-0000-4000-8000-000000000001',
    madeAt: new Date('2026-11-25T22:00:00Z'),
    warnings: [],
    ...more,
  };
}

/** The plan with VMIDs from 100 on, the test clone's 1000. */
export function planned(more: Partial<TemplatePlanInput> = {}): TemplatePlan {
  const outline = outlineTemplate(planInput(more));
  const copies = outline.wanted.copies.map((_node, index) => 100 + index);
  const vmids = { copies, ...(outline.wanted.bootTest ? { bootTest: 1000 } : {}) };
  return outline.withVmids(vmids, () => ({ runbook: { steps: [] } }));
}
