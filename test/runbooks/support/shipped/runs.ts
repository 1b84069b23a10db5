import type { SimulatorControl } from '../../../../simulator/control/control';
import { ova } from '../../../simulator/builds/ova';
import { qcow2Image } from '../../../simulator/builds/web-server';
import {
  bareSum,
  binarySums,
  bsdSums,
  clearSignedSums,
  digestOf,
  headedSums,
  sha256sum,
  sha512sum,
  type SumsForm,
} from './sums';

/** How one of the shipped runbooks is run in a test. */
export interface ShippedRun {
  readonly runbook: string;
  /** Besides node and vmid, and the url that is served. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What its url has. */
  readonly image?: Buffer;
  /** The file of checksums of those who publish it. */
  readonly sums?: SumsForm;
  /** Of a runbook whose url is a parameter: the name of the file there. */
  readonly file?: string;
  /** A guest that is there; else it makes one. */
  readonly vmid?: number;
  /** What a person does before they say that a step is done. */
  readonly person?: (control: SimulatorControl, vmid: number) => void;
}

const gibibyte = 1024 ** 3;
const image = qcow2Image(3 * gibibyte);
const iso = Buffer.alloc(350_000, 1);
/** Where machines have their vendor data from, after the run. */
export const newSnippet = '#cloud-config\npackages: [qemu-guest-agent, vim]\n';

const cloudImage = (runbook: string, sums: SumsForm): ShippedRun => ({
  ...{ runbook, image, sums, parameters: {} },
});

function anyImage(
  runbook: string,
  extension: string,
  content: Buffer,
  more: Readonly<Record<string, string>> = {},
): ShippedRun {
  const checksum = `sha256:${digestOf('sha256', content)}`;
  const parameters = { name: `any-${extension}`, checksum, ...more };
  return { runbook, image: content, file: `any.${extension}`, parameters };
}

/** Of every shipped runbook that makes a template, one run. */
export const templateRuns: readonly ShippedRun[] = [
  cloudImage('almalinux-9', sha256sum),
  cloudImage('alpine', bareSum),
  cloudImage('debian-12', sha512sum),
  cloudImage('debian-13', sha512sum),
  cloudImage('fedora', clearSignedSums),
  cloudImage('flatcar', headedSums),
  { runbook: 'from-vm', parameters: { machine: '103', name: 'from-vm' } },
  anyImage('generic-qcow2', 'qcow2', image),
  anyImage('generic-raw', 'raw', Buffer.alloc(2_097_152, 3), { bios: 'seabios', agent: '0' }),
  {
    ...anyImage('iso-install', 'iso', iso),
    person: (control, vmid) => control.setGuest(vmid, { status: 'stopped' }),
  },
  cloudImage('opensuse-leap', sha256sum),
  anyImage('ova-import', 'ova', ova, { disk: 'a-disk1.vmdk' }),
  cloudImage('rocky-9', bsdSums),
  {
    runbook: 'talos',
    image,
    parameters: { version: 'v1.12.3', checksum: `sha256:${digestOf('sha256', image)}` },
  },
  cloudImage('ubuntu-22.04', binarySums),
  cloudImage('ubuntu-24.04', binarySums),
];

/** Of every other shipped runbook, one run. */
export const maintenanceRuns: readonly ShippedRun[] = [
  {
    runbook: 'replace-vendor-snippet',
    parameters: { file: 'old-vendor.yaml', content: newSnippet.trimEnd() },
  },
  { runbook: 'resize-disk', vmid: 102, parameters: { size: '8G' } },
  { runbook: 'snapshot-retention', vmid: 101, parameters: { name: 'new', remove: 'old' } },
  { runbook: 'storage-check', parameters: {} },
  {
    runbook: 'upload-iso',
    image: iso,
    file: 'any.iso',
    parameters: { file: 'debian.iso', digest: digestOf('sha256', iso) },
  },
];
