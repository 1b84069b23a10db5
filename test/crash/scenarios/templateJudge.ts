import { z } from 'zod';
import type { GuestTruth, SimulatorControl } from '../../../simulator';
import { parseMarker } from '../../../src/planning/template/marker';

/** The copies that have to be there, and nothing else beside the guests of before. */
const copies = [
  { vmid: 900, node: 'pve01' },
  { vmid: 901, node: 'pve02' },
] as const;
const before: ReadonlySet<number> = new Set([101, 102]);

/** What is wrong with what was made: the template in force on both nodes, nothing half made, no image, no test clone. */
export function clusterProblems(control: SimulatorControl): string[] {
  const guests = control.guests();
  const wanted = new Set<number>(copies.map(({ vmid }) => vmid));
  return [
    ...copies.flatMap((copy) => {
      const guest = guests.find(({ vmid }) => vmid === copy.vmid);
      return guest === undefined ? [`there is no VM ${copy.vmid}`] : copyProblems(guest, copy.node);
    }),
    ...guests
      .filter(({ vmid }) => !wanted.has(vmid) && !before.has(vmid))
      .map(({ vmid, config }) => `there is a VM ${vmid} (${config['name'] ?? ''})`),
    ...control.volumes().flatMap(({ volid }) => (volid.includes(':import/') ? [`there is ${volid}`] : [])),
  ];
}

function copyProblems({ vmid, node, config }: GuestTruth, wantedNode: string): string[] {
  const marker = parseMarker(config['description']);
  const disks = Object.entries(config).filter(([key]) => /^(scsi\d+|efidisk0)$/.test(key));
  const inForce = marker?.kind === 'template' && marker.generation === 1 && marker.vmid === vmid;
  return [
    ...(node === wantedNode ? [] : [`VM ${vmid} is on ${node}`]),
    ...(config['name'] === 'debian-13' ? [] : [`VM ${vmid} is called ${config['name'] ?? 'nothing'}`]),
    ...(config['template'] === '1' ? [] : [`VM ${vmid} is no template`]),
    ...(inForce ? [] : [`the marker of VM ${vmid} does not bring it into force`]),
    ...disks
      .filter(([, value]) => !value.includes(`:base-${vmid}-disk-`) && !value.includes('cloudinit'))
      .map(([key, value]) => `${key} of VM ${vmid} is no base volume: ${value}`),
  ];
}

const reportSchema = z.looseObject({
  outcome: z.string(),
  generation: z.number().optional(),
  copies: z.array(z.looseObject({ vmid: z.number(), node: z.string(), outcome: z.string() })),
  bootTest: z.looseObject({ ready: z.boolean() }).optional(),
  steps: z.array(z.looseObject({ id: z.string(), outcome: z.string() })),
  warnings: z.array(z.string()),
});

/** The report has to say that all is done, and where the copies are. */
export function reportProblems(control: SimulatorControl, result: unknown): string[] {
  const report = reportSchema.safeParse(result);
  if (!report.success) return ['the workflow returned no report'];
  const { outcome, generation, copies: told, bootTest, steps } = report.data;
  const untrue = told.filter(
    ({ vmid, node }) => control.guests().find((it) => it.vmid === vmid)?.node !== node,
  );
  return [
    ...(outcome === 'done' && generation === 1
      ? []
      : [`the report says ${outcome}, version ${generation ?? '-'}`]),
    ...(told.length === copies.length ? [] : [`the report names ${told.length} copies`]),
    ...told
      .filter((it) => it.outcome !== 'inForce')
      .map((it) => `the report says ${it.outcome} of VM ${it.vmid}`),
    ...untrue.map(({ vmid, node }) => `the report says that VM ${vmid} is on ${node}`),
    ...(bootTest?.ready === true ? [] : ['the report knows of no boot test that was passed']),
    ...steps
      .filter((step) => step.outcome !== 'done' && step.id !== 'build-pve01.remove-vm')
      .map((step) => `the step ${step.id} is ${step.outcome}`),
  ];
}
