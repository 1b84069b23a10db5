import type { ScenarioInput } from '../../../simulator';
import type { TemplateMarker } from '../../../src/domain/template/marker';
import { printMarker } from '../../../src/planning/template/marker';
import { marker } from '../../planning/template/given';
import { clusterStatus } from '../../../src/proxmox/api/cluster';
import { waitUntil } from '../../support/waitUntil';
import { useCleanUp } from '../../proxmox/support';
import { machine } from '../inspection/lab';
import { debian, holderOf, imageDigest, imageUrl, templateLab } from './lab';

const clean = useCleanUp();

type Guest = NonNullable<ScenarioInput['guests']>[number];

/** A template with a marker. */
function template(vmid: number, node: string, more: Partial<TemplateMarker> = {}): Guest {
  return {
    ...{ vmid, node, name: 'debian-13', status: 'stopped' },
    config: {
      memory: 1024,
      template: 1,
      scsi0: `local-lvm:base-${vmid}-disk-0,size=8G`,
      description: `Of the lab.\n\n${printMarker(marker({ vmid, digest: `sha512:${imageDigest}`, ...more }))}\n`,
    },
  };
}

test('a plan for a first template leases VMIDs that nobody has, and room where it writes', async () => {
  const lab = await templateLab(clean, { guests: [machine(100), machine(102)] });
  const { plan, changes } = await lab.plan();
  expect(plan).toMatchObject({
    operation: 'createTemplate',
    cluster: 'lab',
    todo: 'build',
    generation: 1,
    source: { algorithm: 'sha512', digest: imageDigest, vouchedBy: 'sums', format: 'qcow2' },
    copies: [
      { node: 'pve01', vmid: 101, method: 'build', import: { way: 'rest', storage: 'local' } },
      { node: 'pve02', vmid: 103 },
      { node: 'pve03', vmid: 104 },
    ],
    bootTest: { vmid: 1000, node: 'pve01', readiness: 'agent' },
  });
  expect(changes).toEqual([]);
  expect(lab.ledger().vmids.map(({ vmid, holder }) => [vmid, holder])).toEqual(
    [101, 103, 104, 1000].map((vmid) => [vmid, debian]),
  );
  expect(lab.ledger().storage.map(({ purpose }) => purpose)).toContain('disk/pve03');
});

test('planning again gives the same plan, another operation other VMIDs, a dry run leases nothing', async () => {
  const lab = await templateLab(clean);
  const dry = await lab.plan({ dryRun: true });
  expect(lab.ledger()).toMatchObject({ vmids: [], storage: [] });
  const first = await lab.plan();
  expect(first.plan.hash).toBe(dry.plan.hash);
  expect((await lab.plan()).plan.hash).toBe(first.plan.hash);
  const other = await lab.plan({ name: 'other' }, {}, holderOf('another-run', 'other'));
  expect(other.plan.copies.map(({ vmid }) => vmid)).toEqual([103, 104, 105]);
});

test('an operation keeps the VMID under which it has begun to build, and leaves one that a stranger took', async () => {
  const lab = await templateLab(clean);
  await lab.plan();
  const ours = marker({ vmid: 100, run: debian.firstExecutionRunId, operation: debian.workflowId });
  lab.simulator.control.addGuest(template(100, 'pve01', ours));
  lab.simulator.control.addGuest({ ...machine(101), node: 'pve02' });
  expect((await lab.plan()).plan.copies.map(({ vmid }) => vmid)).toEqual([100, 103, 102]);
});

test('the version in force is found by its marker, also on other nodes, never by a copied one', async () => {
  const lab = await templateLab(clean, {
    guests: [
      template(100, 'pve01', { generation: 3 }),
      template(101, 'pve02', { generation: 4 }),
      // Cloned by hand: the description came along, the VMID did not.
      { ...template(102, 'pve03', { vmid: 100, generation: 9 }), name: 'mine' },
    ],
  });
  const { plan } = await lab.plan();
  expect(plan).toMatchObject({ generation: 5, inForce: [{ vmid: 101, node: 'pve02', generation: 4 }] });
  expect(plan.because).toBe('the settings changed since version 4');
});

test('the same image, runbook and settings everywhere: nothing to do and nothing is leased', async () => {
  const lab = await templateLab(clean);
  const { settings } = (await lab.plan({ dryRun: true })).plan;
  for (const [index, node] of ['pve01', 'pve02', 'pve03'].entries()) {
    lab.simulator.control.addGuest(template(200 + index, node, { settings }));
  }
  const { plan } = await lab.plan();
  expect(plan).toMatchObject({ todo: 'nothing', copies: [], generation: 1 });
  expect(lab.ledger().vmids).toEqual([]);
  expect((await lab.plan({ rebuild: true })).plan).toMatchObject({ todo: 'build', generation: 2 });
});

test('a plan that only deletes older versions does not hold once the version in force is gone', async () => {
  const lab = await templateLab(clean, {
    guests: [template(100, 'pve01', { generation: 3 }), template(101, 'pve02', { generation: 4 })],
  });
  const { plan } = await lab.plan({ onlyRetire: true, keep: 0 });
  expect(plan).toMatchObject({ inForce: [{ vmid: 101 }], retires: [{ vmid: 100 }] });
  expect((await lab.check(plan)).changes).toEqual([]);
  lab.simulator.control.removeGuest(101);
  expect((await lab.check(plan)).changes).toEqual([
    'VM 101 on pve02, version 4, was in force and is not there any more.',
  ]);
});

test('a template of a virtual machine is of that machine as it is now, on its node', async () => {
  const lab = await templateLab(clean, { guests: [machine(500, {}, false)] });
  const { plan } = await lab.plan({}, { source: { vmid: 500 }, imageType: 'qcow2' });
  expect(plan.source).toMatchObject({ kind: 'machine', vmid: 500, node: 'pve01' });
  expect(plan.copies.map(({ node, method }) => [node, method])).toEqual([
    ['pve01', 'build'],
    ['pve02', 'migrate'],
    ['pve03', 'migrate'],
  ]);
  await expect(lab.plan({}, { source: { vmid: 501 } })).rejects.toMatchObject({ code: 'GuestNotFound' });
});

test('a machine without the SSH keys and the vendor snippet of the conventions is named as deviating', async () => {
  const cloudinit = { sshKeysSource: 'keys', vendorSnippetPath: '/var/lib/vz/snippets/' };
  const { deviations } = (await (await templateLab(clean, {}, cloudinit)).plan()).plan;
  expect(deviations.map(({ key, used }) => [key, used])).toEqual(
    expect.arrayContaining([
      ['sshkeys', 'none'],
      ['vendor snippet', 'none'],
    ]),
  );
});

test.each([
  ['keys that are not there', { sshKeysSource: 'nowhere' }, 'ConfigInvalid'],
  ['keys that are none', { sshKeysSource: '.' }, 'ConfigInvalid'],
])('%s are refused', async (_title, cloudinit, code) => {
  await expect((await templateLab(clean, {}, cloudinit)).plan()).rejects.toMatchObject({ code });
});

test('the size of the image is asked from a node, and room is kept for it', async () => {
  const { plan } = await (await templateLab(clean)).plan();
  expect(plan.source).toMatchObject({ sizeBytes: 400 * 2 ** 20 });
  expect(plan.reservations).toContainEqual(
    expect.objectContaining({ purpose: 'image/pve01', bytes: 400 * 2 ** 20 }),
  );
});

test.each(['404 Not Found', 'connection refused', 'name not resolved', 'certificate not trusted'] as const)(
  'an image that a node can not fetch (%s) is refused before anybody approves',
  async (answer) => {
    const lab = await templateLab(clean);
    lab.simulator.control.setUrl({ url: imageUrl, answer });
    await expect(lab.plan()).rejects.toMatchObject({
      code: 'SourceUnusable',
      problem: { remedy: expect.stringMatching(/Check url|Let pve01 reach/) as string },
    });
    expect(lab.ledger().vmids).toEqual([]);
  },
);

test('a storage that is too small is refused before anything is downloaded: needed, free, and what to do', async () => {
  const lab = await templateLab(clean);
  const refused = {
    code: 'InputInvalid',
    message: expect.stringMatching(/local-lvm@pve01 has no room: 1 PiB needed, [\d.]+ GiB free; /) as string,
    problem: { remedy: expect.stringContaining('Free room on local-lvm@pve01, local-lvm@pve02') as string },
  };
  await expect(lab.plan({}, { diskBytes: 2 ** 50 })).rejects.toMatchObject(refused);
  await expect(lab.plan({ dryRun: true }, { diskBytes: 2 ** 50 })).rejects.toMatchObject(refused);
});

test('room that another operation holds is refused with who holds it and how much', async () => {
  const lab = await templateLab(clean);
  const { roomBytes } = (await lab.plan()).plan;
  const most = (roomBytes['local-lvm@pve01'] ?? 0) - 2 ** 31;
  await expect(
    lab.plan({ name: 'other' }, { diskBytes: most }, holderOf('another-run', 'other')),
  ).rejects.toMatchObject({
    code: 'LeaseRefused',
    message: expect.stringContaining(
      `of which ${debian.workflowId} has 9 GiB reserved (disk/pve01)`,
    ) as string,
    problem: { remedy: expect.stringContaining('pxm ledger shows who') as string },
  });
});

test('a bridge that a node does not show is a warning, one that it has is none', async () => {
  const lab = await templateLab(clean);
  const warned = async (bridge: string) =>
    (await lab.plan({}, { made: { net0: `virtio,bridge=${bridge}` } })).plan.warnings.filter((it) =>
      it.includes('shows no bridge'),
    );
  expect(await warned('vmbr0')).toEqual([]);
  expect(await warned('vmbr77')).toEqual(
    ['pve01', 'pve02', 'pve03'].map(
      (node) => expect.stringContaining(`${node} shows no bridge vmbr77`) as string,
    ),
  );
});

test('a token that may not see everything is refused: versions could be hidden from it', async () => {
  const lab = await templateLab(clean, {
    access: {
      users: [{ id: 'admin@pve', tokens: [{ id: 'test', secret: 'right' }] }],
      acl: [{ path: '/vms/100', user: 'admin@pve', role: 'PVEAuditor' }],
    },
  });
  await expect(lab.plan()).rejects.toMatchObject({ code: 'PermissionMissing' });
});

test('a plan needs few requests', async () => {
  const lab = await templateLab(clean, { guests: [template(100, 'pve01')] });
  await lab.plan();
  expect(lab.simulator.control.requests().length).toBeLessThanOrEqual(20);
});

test('under another ID a template is only planned: two operations for one name would make the same version', async () => {
  const lab = await templateLab(clean);
  const scheduled = { ...debian, workflowId: `${debian.workflowId}-workflow-2026-11-26T06:00:00Z` };
  await expect(lab.plan({}, {}, scheduled)).rejects.toMatchObject({ code: 'InputInvalid' });
  const { plan } = await lab.plan({ dryRun: true }, {}, scheduled);
  expect(plan.todo).toBe('build');
  expect((await lab.plan()).plan.hash).toBe(plan.hash);
});

test('a version on a node that does not answer can not be read: no number is given that could be its own', async () => {
  const lab = await templateLab(clean, { guests: [template(100, 'pve03', { generation: 7 })] });
  await lab.simulator.control.crashNode('pve03');
  await waitUntil('a cluster that knows it', async () => {
    const { nodes } = await clusterStatus(lab.client, {});
    return nodes.some(({ name, online }) => name === 'pve03' && !online) ? true : undefined;
  });
  await expect(lab.plan({ nodes: ['pve01'] })).rejects.toMatchObject({
    code: 'NodeUnreachable',
    message: expect.stringContaining('VM 100 (debian-13) is on pve03') as string,
  });
});
