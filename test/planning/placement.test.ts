import { facts, GiB, guest, listed, node, preconditions, settings, volume } from './given';
import { emptyLedger } from '../../src/planning/rules/ledger';
import { planEvacuation } from '../../src/planning/planMoves';
import type { ClusterFacts, PlanningRequest } from '../../src/planning/facts';

function plan(input: Partial<ClusterFacts>, request: Partial<PlanningRequest> = {}) {
  return planEvacuation({ facts: facts(input), request: { node: 'pve01', ...request }, settings });
}

function targetsOf(input: Partial<ClusterFacts>, request: Partial<PlanningRequest> = {}) {
  return Object.fromEntries(plan(input, request).moves.map((move) => [move.vmid, move.target]));
}

const leases = {
  holder: { workflowId: 'evacuate-node/lab/pve02', firstExecutionRunId: 'r1' },
  since: '2026-11-25T15:00:00Z',
};

test('a guest goes where the memory share stays lowest', () => {
  const nodes = [node('pve01'), node('pve02', { memoryTakenBytes: 30 * GiB }), node('pve03')];
  expect(targetsOf({ nodes, guests: [guest(101)] })).toEqual({ 101: 'pve03' });
});

test('the share counts, not the bytes: a larger node takes more', () => {
  const nodes = [
    node('pve01'),
    node('pve02', { memoryTotalBytes: 256 * GiB, memoryTakenBytes: 16 * GiB }),
    node('pve03'),
  ];
  expect(targetsOf({ nodes, guests: [guest(101), guest(102)] })).toEqual({ 101: 'pve02', 102: 'pve02' });
});

test('guests whose names differ only in a number are spread', () => {
  const guests = [101, 102, 103, 104].map((vmid) =>
    guest(vmid, { name: vmid < 103 ? `web-${vmid}` : `db${vmid}` }),
  );
  const targets = targetsOf({ guests });
  expect(targets[101]).not.toBe(targets[102]);
  expect(targets[103]).not.toBe(targets[104]);
});

test('a guest avoids the node that runs one with the same tag already, as long as the peak is not raised', () => {
  const nodes = [
    node('pve01'),
    node('pve02', { memoryTakenBytes: 8 * GiB, guests: [listed(900, { tags: ['etcd'] })] }),
    node('pve03', { memoryTakenBytes: 9 * GiB }),
    node('pve04', { memoryTakenBytes: 40 * GiB }),
  ];
  const etcd = guest(101, {
    tags: ['etcd'],
    preconditions: preconditions({ allowedNodes: ['pve02', 'pve03'] }),
  });
  expect(targetsOf({ nodes, guests: [etcd] })).toEqual({ 101: 'pve03' });
});

test('no target exceeds its memory limit, though the guest would fit into its physical memory', () => {
  const nodes = [node('pve01'), node('pve02', { memoryTakenBytes: 54 * GiB })];
  const only = preconditions({ allowedNodes: ['pve02'] });
  const { moves, stays } = plan({
    nodes,
    guests: [guest(101, { memoryBytes: 4 * GiB, preconditions: only })],
  });
  expect(moves).toEqual([]);
  expect(stays).toMatchObject([{ vmid: 101, code: 'noRoom' }]);
  expect(stays[0]?.reason).toContain('pve02: 3.6 GiB of memory are left below the limit, 4 GiB are needed');
});

test('memory that another operation has reserved is not given away', () => {
  const nodes = [node('pve01'), node('pve02', { memoryTakenBytes: 40 * GiB })];
  const memory = [{ ...leases, vmid: 500, target: 'pve02', memoryBytes: 15 * GiB }];
  const guests = [guest(101)];
  expect(plan({ nodes, guests }).moves).toHaveLength(1);
  const reserved = plan({ nodes, guests, othersLeases: { ...emptyLedger(), memory } });
  expect(reserved.stays).toMatchObject([{ code: 'noRoom' }]);
  expect(reserved.warnings).toContain('15 GiB of pve02 are reserved for other operations.');
});

test.each([
  ['offline', node('pve02', { memoryTakenBytes: 0, online: false })],
  ['in HA maintenance', node('pve02', { memoryTakenBytes: 0, haState: 'maintenance' })],
  ['older by a major version', node('pve02', { memoryTakenBytes: 0, version: '8.4.1' })],
  ['of unknown version', node('pve02', { memoryTakenBytes: 0, version: '' })],
])('a node that is %s is never a target', (_name, poor) => {
  const version = '9.0.3';
  const nodes = [node('pve01', { version }), poor, node('pve03', { version, memoryTakenBytes: 50 * GiB })];
  expect(targetsOf({ nodes, guests: [guest(101)] })).toEqual({ 101: 'pve03' });
});

test('a newer node is a target', () => {
  const nodes = [node('pve01'), node('pve02', { version: '9.2.11' })];
  expect(targetsOf({ nodes, guests: [guest(101)] })).toEqual({ 101: 'pve02' });
});

test('a node that another operation empties is never a target', () => {
  const result = plan({
    guests: [guest(101), guest(102)],
    othersLeases: { ...emptyLedger(), nodes: [{ ...leases, node: 'pve02' }] },
  });
  expect(result.moves.map((move) => move.target)).toEqual(['pve03', 'pve03']);
  expect(result.warnings).toContain('pve02 is no target: it is being emptied by evacuate-node/lab/pve02.');
});

test('only nodes that the request names are targets', () => {
  expect(targetsOf({ guests: [guest(101), guest(102)] }, { targets: ['pve02'] })).toEqual({
    101: 'pve02',
    102: 'pve02',
  });
});

test('a guest with more virtual CPUs than a node has does not go there', () => {
  const nodes = [node('pve01'), node('pve02', { cpus: 4 }), node('pve03', { memoryTakenBytes: 40 * GiB })];
  expect(targetsOf({ nodes, guests: [guest(101, { cpus: 8 })] })).toEqual({ 101: 'pve03' });
});

test('local disks of all guests together never exceed the room of the target storage', () => {
  const small = node('pve02').storages.map((it) => ({ ...it, availableBytes: 20 * GiB }));
  const nodes = [node('pve01'), node('pve02', { storages: small })];
  const guests = [101, 102, 103].map((vmid) =>
    guest(vmid, { preconditions: preconditions({ localVolumes: [volume(`local-lvm:vm-${vmid}-disk-0`)] }) }),
  );
  const { moves, stays } = plan({ nodes, guests });
  expect(moves).toHaveLength(2);
  expect(stays).toMatchObject([{ code: 'noRoom' }]);
  expect(stays[0]?.reason).toContain('4 GiB are left on storage local-lvm, 8 GiB are needed');
});

test('a storage that exists on no target is named', () => {
  const local = preconditions({ localVolumes: [volume('fast:vm-101-disk-0')] });
  const { stays } = plan({ guests: [guest(101, { preconditions: local })] });
  expect(stays).toMatchObject([{ code: 'storageMissing' }]);
  expect(stays[0]?.reason).toContain('storage fast is not usable');
  expect(stays[0]?.remedy).toContain('fast');
});

test('a shared storage that is not active on a node keeps its guests away', () => {
  const down = node('pve02').storages.map((it) => ({ ...it, usable: it.storage !== 'shared' }));
  const nodes = [
    node('pve01'),
    node('pve02', { storages: down }),
    node('pve03', { memoryTakenBytes: 40 * GiB }),
  ];
  const config = { storages: ['shared'], neededFiles: [] };
  expect(targetsOf({ nodes, guests: [guest(101, { config })] })).toEqual({ 101: 'pve03' });
});

test('what Proxmox refuses is refused: storages and mappings that a node lacks', () => {
  const refusedNodes = [
    { node: 'pve02', missingStorages: [], missingResources: ['hostpci0'], blockingResources: [] },
    { node: 'pve03', missingStorages: [], missingResources: ['hostpci0'], blockingResources: [] },
  ];
  const stopped = guest(101, {
    running: false,
    preconditions: preconditions({ running: false, allowedNodes: [], refusedNodes }),
  });
  expect(plan({ guests: [stopped] }).stays).toMatchObject([{ code: 'passthrough' }]);
});

test('room is made by moving another guest of the plan when a guest fits nowhere else', () => {
  const nodes = [
    node('pve01'),
    node('pve02', { memoryTotalBytes: 20 * GiB, memoryTakenBytes: 0 }),
    node('pve03', { memoryTotalBytes: 20 * GiB, memoryTakenBytes: 0 }),
  ];
  // Limits of 18 GiB: 9 + 9 and 6 + 6 + 6 is the only way; largest first alone would end with 6 GiB left over.
  const guests = [9, 9, 6, 6, 6].map((size, at) => guest(101 + at, { memoryBytes: size * GiB }));
  expect(plan({ nodes, guests }).moves).toHaveLength(5);
});

test('stopped guests need no memory on the target and are spread as if they ran', () => {
  const full = [
    node('pve01'),
    node('pve02', { memoryTakenBytes: 60 * GiB }),
    node('pve03', { memoryTakenBytes: 60 * GiB }),
  ];
  const stopped = [101, 102].map((vmid) => guest(vmid, { running: false, name: `vm${vmid}x` }));
  const result = plan({ nodes: full, guests: stopped });
  expect(new Set(result.moves.map((move) => move.target))).toEqual(new Set(['pve02', 'pve03']));
  expect(result.moves).toMatchObject([
    { mode: 'offline', reservedMemoryBytes: 0, ramBytes: 0 },
    { mode: 'offline', reservedMemoryBytes: 0, ramBytes: 0 },
  ]);
  expect(result.reservations).toEqual([]);
});

test('the peak is lowered by swaps where placing the largest first does not find the lowest', () => {
  const empty = { memoryTotalBytes: 20 * GiB, memoryTakenBytes: 0 };
  const nodes = [node('pve01'), node('pve02', empty), node('pve03', empty)];
  const guests = [5, 4, 3, 3, 3].map((size, at) => guest(101 + at, { memoryBytes: size * GiB }));
  const peaks = plan({ nodes, guests }).nodes.slice(1);
  expect(peaks.map((it) => it.afterBytes / GiB)).toEqual([9, 9]);
});
