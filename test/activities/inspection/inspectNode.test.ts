import { labWith, machine, nobodysLeases } from './lab';
import { startLab, useCleanUp } from '../../proxmox/support';
import type { ScenarioInput } from '../../../simulator';
import { inspectNode, type InspectionRequest } from '../../../src/activities/inspection/inspectNode';
import { planEvacuation } from '../../../src/planning/planMoves';
import { unknownNetwork } from '../../planning/given';

const clean = useCleanUp();
const containing = (text: string): unknown => expect.stringContaining(text);
const now = () => new Date('2026-11-25T16:00:00Z');

async function lab(scenario: Partial<ScenarioInput>) {
  const started = await startLab(clean, { scenario: labWith(scenario) });
  const inspect = (more: Partial<InspectionRequest> = {}) =>
    inspectNode(
      { client: started.client, now },
      { node: 'pve01', othersLeases: nobodysLeases, depth: 'everything', ...more },
    );
  return { ...started, inspect };
}

test('facts hold nodes, storages and guests as the owning nodes show them', async () => {
  const { inspect } = await lab({
    guests: [
      machine(101, { cores: 2, tags: 'web;prod' }),
      machine(102, {}, false),
      { vmid: 200, node: 'pve02', name: 'other', status: 'running', config: { memory: 4096 } },
    ],
  });
  const facts = await inspect();
  expect(facts).toMatchObject({
    cluster: 'lab',
    node: 'pve01',
    takenAt: '2026-11-25T16:00:00.000Z',
    quorum: { clustered: true, quorate: true, nodes: 3, online: 3 },
  });
  const [first, second] = [...facts.guests].sort((a, b) => a.vmid - b.vmid);
  expect(first).toMatchObject({
    vmid: 101,
    name: 'vm-101',
    kind: 'qemu',
    running: true,
    memoryBytes: 2 ** 30,
    tags: ['prod', 'web'],
    config: { storages: ['local-lvm'] },
    preconditions: {
      running: true,
      localVolumes: [{ volume: 'local-lvm:vm-101-disk-0', storage: 'local-lvm', sizeBytes: 8 * 2 ** 30 }],
    },
  });
  expect(second).toMatchObject({ vmid: 102, running: false });
  const pve02 = facts.nodes.find((it) => it.name === 'pve02');
  expect(pve02).toMatchObject({
    online: true,
    version: containing('8.4.'),
    guests: [{ vmid: 200 }],
  });
  expect(pve02?.storages).toContainEqual(
    expect.objectContaining({
      storage: 'local-lvm',
      usable: true,
      takesImages: true,
      shared: false,
      type: 'lvmthin',
    }),
  );
  expect(pve02?.memoryTakenBytes).toBeGreaterThanOrEqual(4 * 2 ** 30);
});

test.each(['8.4', '9'] as const)(
  'on %s every guest that can not move stays with its own reason',
  async (version) => {
    const { inspect } = await lab({
      version,
      volumes: [{ volid: 'local:iso/small.iso', node: 'pve01', content: 'iso', format: 'iso', size: '1M' }],
      guests: [
        machine(101),
        machine(102, { template: 1 }, false),
        machine(103, { lock: 'backup' }),
        machine(104, { ide2: 'local:iso/small.iso,media=cdrom' }),
        machine(105, { hostpci0: '0000:01:00.0' }, false),
        machine(106),
        machine(107, { lock: 'suspended' }, false),
        machine(108, { ide2: 'local-lvm:vm-108-cloudinit,media=cdrom' }),
        machine(109, { scsi1: 'only1:vm-109-disk-0,size=1G' }, false),
        {
          vmid: 300,
          node: 'pve01',
          type: 'lxc',
          name: 'dns',
          config: { memory: 512, rootfs: 'local-lvm:vm-300-disk-0,size=4G' },
        },
      ],
      storages: [
        ...(labWith({}).storages ?? []),
        { id: 'only1', type: 'lvmthin', content: ['images'], nodes: ['pve01'] },
      ],
      ha: { resources: [{ sid: 'vm:106' }] },
    });
    const facts = await inspect();
    const plan = planEvacuation({ facts, request: { node: 'pve01' }, settings: unknownNetwork });
    expect(plan.moves.map((move) => move.vmid).sort()).toEqual([101, 108]);
    expect(Object.fromEntries(plan.stays.map((stay) => [stay.vmid, stay.code]))).toEqual({
      102: 'template',
      103: 'backupRunning',
      104: 'localCdrom',
      105: 'passthrough',
      106: 'haManaged',
      107: 'locked',
      109: 'storageMissing',
      300: 'container',
    });
  },
);

test('a guest costs two requests, and one that stays anyway none', async () => {
  const { inspect, simulator } = await lab({
    guests: [machine(101), machine(102, { template: 1 }, false), machine(103), machine(104)],
  });
  await inspect({ skipped: [104] });
  const about = (vmid: number) =>
    simulator.control
      .requests()
      .filter(({ path }) => path.includes(`/qemu/${vmid}/`))
      .map(({ path }) => path.split('/').at(-1))
      .sort();
  expect([101, 102, 103, 104].map(about)).toEqual([['config', 'migrate'], [], ['config', 'migrate'], []]);
});

test('without guests’ own reads the facts know run states and locks', async () => {
  const { inspect, simulator } = await lab({
    guests: [machine(101), machine(102, { lock: 'snapshot' }, false)],
  });
  const { guests } = await inspect({ depth: 'nodes' });
  expect(guests).toMatchObject([
    { vmid: 101, running: true },
    { vmid: 102, running: false, lock: 'snapshot' },
  ]);
  expect(simulator.control.requests().some(({ path }) => path.endsWith('/migrate'))).toBe(false);
});

test('one guest whose preconditions fail stays; the others are planned', async () => {
  const broken = machine(101, { hostpci0: 'mapping=nowhere' }, false);
  const { inspect } = await lab({ version: '9', guests: [broken, machine(102)] });
  const plan = planEvacuation({
    facts: await inspect(),
    request: { node: 'pve01' },
    settings: unknownNetwork,
  });
  expect(plan.moves.map((move) => move.vmid)).toEqual([102]);
  expect(plan.stays).toMatchObject([
    {
      vmid: 101,
      code: 'notChecked',
      reason: containing('an undefined value as an ARRAY reference'),
    },
  ]);
});

test('a guest that gets locked between the list and its own reads stays as locked', async () => {
  const { inspect, simulator } = await lab({ guests: [machine(101)] });
  const hold = simulator.control.holdRequest(
    { method: 'GET', path: '/nodes/pve01/qemu/101/migrate' },
    'before handling',
  );
  const looked = inspect();
  await hold.arrived;
  simulator.control.setLock(101, 'snapshot');
  hold.release();
  expect((await looked).guests).toMatchObject([{ vmid: 101, lock: 'snapshot' }]);
});

test('an offline node is known but no target, and its guests count as nothing', async () => {
  const { inspect } = await lab({
    nodes: [{ name: 'pve01' }, { name: 'pve02' }, { name: 'pve03', power: 'off' }],
    guests: [machine(101)],
  });
  const facts = await inspect();
  expect(facts.nodes.find((it) => it.name === 'pve03')).toMatchObject({ online: false });
  expect(facts.quorum).toMatchObject({ quorate: true, online: 2 });
  const plan = planEvacuation({ facts, request: { node: 'pve01' }, settings: unknownNetwork });
  expect(plan.moves).toMatchObject([{ target: 'pve02' }]);
  expect(plan.warnings.join()).toContain('Without pve01 1 of 3 votes are left');
});

test.each<[string, Partial<ScenarioInput>, Partial<InspectionRequest>, string, string]>([
  ['an unknown node', {}, { node: 'pve09' }, 'InputInvalid', 'there is no node pve09'],
  ['an unknown target', {}, { targets: ['pve02', 'pve08'] }, 'InputInvalid', 'there is no node pve08'],
  ['the node itself as target', {}, { targets: ['pve01'] }, 'InputInvalid', `can't be a target`],
  [
    'a node that is offline',
    { nodes: [{ name: 'pve01', power: 'off' }, { name: 'pve02' }, { name: 'pve03' }] },
    {},
    'NodeUnreachable',
    'pve01 is offline',
  ],
  [
    'a cluster without quorum',
    { nodes: [{ name: 'pve01' }, { name: 'pve02', power: 'off' }, { name: 'pve03', power: 'off' }] },
    {},
    'NoQuorum',
    'no quorum',
  ],
])('%s is refused in words', async (_name, scenario, request, code, words) => {
  const { inspect } = await lab({ guests: [machine(101)], ...scenario });
  await expect(inspect(request)).rejects.toMatchObject({ code, message: containing(words) });
});

describe('a token that would be shown incomplete lists', () => {
  const full = ['VM.Audit', 'VM.Migrate', 'Sys.Audit', 'Datastore.Audit'];
  const access = (
    privileges: string[],
    acl: NonNullable<ScenarioInput['access']>['acl'] = [],
  ): Partial<ScenarioInput> => ({
    guests: [machine(101)],
    access: {
      users: [{ id: 'admin@pve', tokens: [{ id: 'test', secret: 'right' }] }],
      roles: [
        { id: 'Given', privileges },
        { id: 'Less', privileges: ['VM.Console'] },
      ],
      acl: acl.length > 0 ? acl : [{ path: '/', user: 'admin@pve', role: 'Given' }],
    },
  });

  test('is enough with exactly what an evacuation needs', async () => {
    const { inspect } = await lab(access(full));
    expect((await inspect()).guests).toHaveLength(1);
  });

  test.each(full)('is refused without %s, which is named', async (missing) => {
    const { inspect } = await lab(access(full.filter((it) => it !== missing)));
    await expect(inspect()).rejects.toMatchObject({
      code: 'PermissionMissing',
      message: containing(missing),
    });
  });

  test('is refused where a guest’s own entry hides it', async () => {
    const acl = [
      { path: '/', user: 'admin@pve', role: 'Given' },
      { path: '/vms/101', user: 'admin@pve', role: 'Less' },
    ];
    const { inspect } = await lab(access(full, acl));
    await expect(inspect()).rejects.toMatchObject({
      code: 'PermissionMissing',
      message: containing('VM.Audit on /vms/101'),
    });
  });

  test('is refused where the right does not reach down to the guests', async () => {
    const acl = [
      { path: '/', user: 'admin@pve', role: 'Given' },
      { path: '/vms', user: 'admin@pve', role: 'Given', propagate: false },
    ];
    const { inspect } = await lab(access(full, acl));
    await expect(inspect()).rejects.toMatchObject({
      code: 'PermissionMissing',
      message: containing('VM.Audit on /vms'),
    });
  });
});

test('an inspection that is cancelled ends, and says that it was', async () => {
  const { inspect } = await lab({ guests: [machine(101)] });
  const controller = new AbortController();
  controller.abort();
  await expect(inspect({ signal: controller.signal })).rejects.toMatchObject({ code: 'Interrupted' });
});

test('progress is told as nodes and guests have been read', async () => {
  const { inspect } = await lab({ guests: [machine(101), machine(102)] });
  const seen: [number, number][] = [];
  await inspect({ onProgress: (done, total) => seen.push([done, total]) });
  expect(seen.at(-1)).toEqual([5, 5]);
  expect(seen.map(([done]) => done)).toEqual([1, 2, 3, 4, 5]);
});
