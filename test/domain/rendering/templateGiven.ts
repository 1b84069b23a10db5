import type { RenderedStep } from '../../../src/domain/runbook/plan';
import type { TemplatePlan } from '../../../src/domain/templatePlan';
import type { TemplateReport } from '../../../src/domain/templateReport';

/** A step as a runbook of templates has it. */
export function buildStep(id: string, more: Partial<RenderedStep> = {}): RenderedStep {
  return {
    id: `build-pve01.${id}`,
    title: `Do ${id}`,
    line: 1,
    kind: 'change',
    executor: 'API',
    place: { at: 'cluster' },
    action: { type: 'request', method: 'POST', path: ['/x'], headers: [], parameters: [], waitForTask: true },
    shown: `POST /nodes/pve01/${id}\nvmid=104`,
    instructions: '',
    expectations: [],
    captures: [],
    destructive: false,
    ...more,
  };
}

/** A plan that makes version 3 of debian-13 on two nodes, deletes version 1 of one and keeps that of the other. */
export function templatePlan(more: Partial<TemplatePlan> = {}): TemplatePlan {
  return {
    operation: 'createTemplate',
    hash: '0123456789abcdef'.repeat(4),
    cluster: 'lab',
    madeAt: '2026-11-25T16:00:00.000Z',
    name: 'debian-13',
    todo: 'build',
    because: 'the image changed since version 2',
    generation: 3,
    buildName: 'debian-13-v3-5d2f9c1e',
    source: {
      kind: 'image',
      url: 'https://cloud.example/debian-13.qcow2',
      algorithm: 'sha512',
      digest: 'a'.repeat(128),
      vouchedBy: 'signed sums',
      signedBy: 'F6ECB3762474EDA9D21B7022871920D1991BC93C',
      format: 'qcow2',
      sizeBytes: 400 * 2 ** 20,
    },
    runbook: { name: 'debian-13', sha256: 'b'.repeat(64) },
    files: [{ name: 'debian-13', sha256: 'b'.repeat(64) }],
    settings: 'c'.repeat(64),
    product: '0.1.0',
    copies: [
      {
        ...{ node: 'pve01', vmid: 104, method: 'build', import: { way: 'rest', storage: 'local' } },
        ...{ movedBytes: 400 * 2 ** 20, because: 'built first, then tested' },
      },
      {
        ...{ node: 'pve02', vmid: 105, method: 'migrate', movedBytes: 8 * 2 ** 30 },
        because: "pve02 can't fetch the image itself",
      },
    ],
    builds: [
      {
        node: 'pve01',
        steps: [buildStep('download'), buildStep('remove-image', { kind: 'destroy', destructive: true })],
      },
    ],
    asksBefore: ['build-pve01.remove-image'],
    nodes: ['pve01', 'pve02'],
    bootTest: { vmid: 1000, node: 'pve01', readiness: 'agent' },
    configuration: { cores: '2' },
    deviations: [
      { key: 'bios', convention: 'ovmf', used: 'seabios', because: 'the image boots by BIOS only' },
    ],
    inForce: [{ vmid: 102, node: 'pve01', name: 'debian-13', generation: 2 }],
    retires: [
      {
        ...{ vmid: 100, node: 'pve01', name: 'debian-13', generation: 1 },
        volumes: ['local-lvm:base-100-disk-0'],
      },
    ],
    keeps: [
      {
        ...{ vmid: 101, node: 'pve02', name: 'debian-13', generation: 1 },
        because: 'linked clones depend on it: files:101/base-101-disk-0.qcow2/200/vm-200-disk-0.qcow2',
      },
    ],
    reservations: [
      { purpose: 'disk/pve01', node: 'pve01', storage: 'local-lvm', shared: false, bytes: 9 * 2 ** 30 },
    ],
    roomBytes: { 'local-lvm@pve01': 100 * 2 ** 30 },
    times: { approvalExpiresAfterMs: 1, remindEveryMs: 1, stallAfterMs: 1 },
    warnings: ['VM 900 is called debian-13 too.'],
    ...more,
  };
}

/** The report of that plan, carried out. */
export function templateReport(more: Partial<TemplateReport> = {}): TemplateReport {
  return {
    operation: 'createTemplate',
    outcome: 'done',
    summary: 'Version 3 of the template debian-13 is in force, 1 older copy is deleted.',
    cluster: 'lab',
    workflowId: 'create-template/lab/debian-13',
    firstExecutionRunId: '5d2f9c1e',
    requestedBy: 'ada@desk',
    startedAt: '2026-11-25T16:00:00.000Z',
    endedAt: '2026-11-25T16:04:00.000Z',
    planHash: '0123456789abcdef'.repeat(4),
    name: 'debian-13',
    todo: 'build',
    generation: 3,
    source: { name: 'https://cloud.example/debian-13.qcow2', digest: `sha512:${'a'.repeat(128)}` },
    copies: [
      { node: 'pve01', vmid: 104, outcome: 'inForce' },
      { node: 'pve02', vmid: 105, outcome: 'unknown' },
    ],
    retired: [{ vmid: 100, node: 'pve01', name: 'debian-13', generation: 1, outcome: 'deleted' }],
    bootTest: { ready: true, seen: ['the agent answers', 'cloud-init has finished'] },
    steps: [
      {
        ...{ id: 'build-pve01.download', title: 'Download the image', kind: 'change', outcome: 'done' },
        ...{ captures: {}, warnings: [], output: 'TASK OK' },
      },
    ],
    actions: [{ message: 'approve', by: 'ada', at: '2026-11-25T16:01:00.000Z', about: '0123456789ab' }],
    decisions: [],
    warnings: [],
    ...more,
  };
}
