import type { Simulator } from '../../../simulator';
import type { ClusterMember } from '../../../src/domain/cluster/member';
import type { RemovalStepArguments } from '../../../src/domain/cluster/step';
import { powerOfMember } from '../../../src/activities/cluster/steps/power';
import { beginGuestTask } from '../../../src/proxmox/api/build';
import { useCleanUp } from '../../proxmox/support';
import { machine as foreign } from '../inspection/lab';
import { attempt } from '../template/stepStage';
import { frame, holderOf, maker, plannedMachine, plannedRemoval } from './given';
import {
  changesSince,
  clusterStage,
  endOf,
  memberMade,
  removalOf,
  upidsOf,
  type ClusterStage,
} from './stage';

const clean = useCleanUp();
const stage = () => clusterStage(clean);

test('a machine is shut down, set aside, brought back, and deleted by its identity with all that is its own', async () => {
  const it = await stage();
  const member = await memberMade(it, undefined, { running: true });
  const input = removalOf(it, member);
  const shutDown = await it.removing.shutDown({ ...input, isFirst: true });
  expect(await endOf(it, shutDown)).toBe('OK');
  expect(await it.removing.shutDown({ ...input, settledTasks: upidsOf(shutDown) })).toEqual({ kind: 'done' });
  it.simulator.control.setGuest(1000, { config: { onboot: '1' } });
  for (let times = 0; times < 2; times += 1) await it.removing.aside(input);
  const { config } = it.simulator.control.guest(1000);
  expect(config).toMatchObject({ name: 'k3s-server-1-aside', protection: '1', onboot: '0' });
  expect(config['tags']).toBe('k3s;pxm-aside;pxm-onboot');

  const aside: ClusterMember = { ...member, name: 'k3s-server-1-aside', state: 'aside' };
  const back = { ...removalOf(it, aside), isFirst: true as const };
  for (let times = 0; times < 2; times += 1) await it.removing.revive(back);
  expect(await endOf(it, await it.removing.startAgain(back))).toBe('OK');
  expect(it.simulator.control.guest(1000)).toMatchObject({
    status: 'running',
    config: { name: 'k3s-server-1', tags: 'k3s', onboot: '1' },
  });

  await endOf(it, await it.removing.stop({ ...input, settledTasks: upidsOf(shutDown) }));
  expect(await it.removing.look(input)).toEqual({ kind: 'nothing' });
  const begun = await it.removing.remove({ ...input, isFirst: true });
  expect(await it.removing.look(input)).toEqual({ ...begun, kind: 'adopted' });
  expect(await endOf(it, begun)).toBe('OK');
  const settledTasks = upidsOf(begun);
  expect(await it.removing.look({ ...input, settledTasks })).toEqual({ kind: 'done' });
  expect(await it.removing.remove({ ...input, settledTasks })).toEqual({ kind: 'done' });
  expect(it.simulator.control.volumes().filter(({ volid }) => volid.includes('-1000-'))).toEqual([]);
  expect(it.view().quarantine).toMatchObject([{ vmid: 1000, by: maker.workflowId }]);
  const [sent, ...more] = it.simulator.control.requests().filter(({ method }) => method === 'DELETE');
  expect(more).toEqual([]);
  expect(sent?.parameters).toMatchObject({ purge: '1', 'destroy-unreferenced-disks': '0' });
});

test('disks that a deletion could not free are found, whatever its task says; those of whoever has the VMID by then are not', async () => {
  const it = await stage();
  const { control } = it.simulator;
  const moreDisks = [{ key: 'scsi1', sizeBytes: 2 ** 30, storage: 'nas' }];
  const input = removalOf(it, await memberMade(it, plannedMachine({ moreDisks })));
  const other = { name: 'k3s-server-2', ordinal: 2, vmid: 1001 };
  const second = removalOf(it, await memberMade(it, plannedMachine(other)));
  const release = await control.cluster.locks.acquire('*', 'storage-nas', {});
  for (const going of [input, second]) expect(await endOf(it, await it.removing.remove(going))).toBe('OK');
  release();
  const left = ['nas:1000/vm-1000-disk-0.raw'];
  const since = control.requests().length;
  expect(await it.removing.disks(input, second)).toEqual({ left, notLooked: [] });
  const asked = control.requests().slice(since);
  const paths = [
    ...['local-lvm', 'nas'].map((id) => `/nodes/pve01/storage/${id}/content`),
    '/cluster/resources',
  ];
  expect(asked.map(({ path }) => path).sort()).toEqual(paths.sort());
  expect(await it.removing.disks(second)).toEqual({ left: [], notLooked: [] });

  control.addGuest(foreign(1000, {}, false));
  expect(await it.removing.disks(input)).toEqual({ left, notLooked: [] });
  control.setGuest(1000, { config: { scsi1: 'nas:1000/vm-1000-disk-0.raw,size=1G' } });
  expect(await it.removing.disks(input)).toEqual({ left: [], notLooked: [] });
});

test('what is gone already is told apart from what was deleted', async () => {
  const it = await stage();
  const member = await memberMade(it);
  const input = { ...removalOf(it, member), isFirst: true as const };
  it.simulator.control.removeGuest(1000);
  expect(await it.removing.shutDown(input)).toEqual({ kind: 'done', isAbsent: true });
  expect(await it.removing.aside(input)).toEqual({ isAbsent: true });
  expect(await it.removing.remove(input)).toEqual({ kind: 'done', isAbsent: true });
  await expect(it.removing.protect(input)).rejects.toMatchObject({ code: 'GuestNotFound' });
  expect(it.view().quarantine).toEqual([]);
});

test('a machine that was moved since the plan is shut down, set aside and deleted where it is, also where its old node is off', async () => {
  const it = await stage();
  const { control } = it.simulator;
  const member = await memberMade(it);
  const input = removalOf(it, member);
  const from = { node: 'pve01', vmid: 1000 };
  const upid = await beginGuestTask(it.client, from, 'migrate', { target: 'pve02' }, attempt);
  expect(await endOf(it, { kind: 'started', upid })).toBe('OK');
  control.setGuest(1000, { status: 'running' });
  expect(await powerOfMember(it.client, attempt, { member, cluster: input.frame })).toBe('running');
  expect(await it.removing.who(input)).toEqual({ uuid: member.uuid, node: 'pve02' });
  const shutDown = await it.removing.shutDown({ ...input, isFirst: true });
  expect(await endOf(it, shutDown)).toBe('OK');
  expect(await it.removing.shutDown({ ...input, settledTasks: upidsOf(shutDown) })).toEqual({ kind: 'done' });
  for (let times = 0; times < 2; times += 1) expect(await it.removing.aside(input)).toEqual({});
  expect(control.guest(1000)).toMatchObject({ node: 'pve02', config: { name: 'k3s-server-1-aside' } });

  const aside: ClusterMember = { ...member, name: 'k3s-server-1-aside', state: 'aside' };
  const going = removalOf(it, aside);
  for (const back of [it.removing.revive, it.removing.startAgain]) {
    await expect(back(going)).rejects.toMatchObject({ code: 'PlanDrifted' });
  }
  control.faultRequest(
    { method: 'GET', path: '/nodes/pve01/qemu/1000/config', times: 100 },
    { moment: 'before handling', then: { status: 595, reason: 'No route to host' } },
  );
  control.setGuest(1000, { config: { protection: null } });
  await it.removing.protect(going);
  expect(control.guest(1000).config['protection']).toBe('1');
  const begun = await it.removing.remove({ ...going, isFirst: true });
  expect(await endOf(it, begun)).toBe('OK');
  const there = { ...going, removal: { ...going.removal, member: { ...aside, node: 'pve02' } } };
  expect(await it.removing.look({ ...there, settledTasks: upidsOf(begun) })).toEqual({ kind: 'done' });
  expect(control.volumes().filter(({ volid }) => volid.includes('-1000-'))).toEqual([]);
  const paths = control.requests().filter(({ method }) => method === 'DELETE');
  expect(paths.map(({ path }) => path)).toEqual(['/nodes/pve02/qemu/1000']);
});

test('a container on another node that has the VMID by now is left alone', async () => {
  const it = await stage();
  const input = removalOf(it, await memberMade(it));
  const { control } = it.simulator;
  control.removeGuest(1000);
  control.addGuest({ vmid: 1000, type: 'lxc', node: 'pve02', name: 'k3s-server-1' });
  const since = control.requests().length;
  const { shutDown, stop, aside, remove, protect } = it.removing;
  for (const step of [shutDown, stop, aside, remove, protect]) {
    await expect(step(input)).rejects.toMatchObject({ code: 'PlanDrifted' });
  }
  expect(changesSince(it, since)).toEqual([]);
});

/** Somebody removed the member, and this has its VMID. */
function strangerWith(
  { control }: Simulator,
  vmid: number,
  config: Readonly<Record<string, string>>,
  node = 'pve01',
): void {
  const { name } = control.guest(vmid);
  control.removeGuest(vmid);
  control.addGuest({ ...foreign(vmid, config, false), node, name });
}

/** What the VMID of a member that has `had` becomes. */
type Trap = (it: Simulator, vmid: number, had: Readonly<Record<string, string>>) => void;

const traps: readonly (readonly [string, Trap])[] = [
  [
    'a stranger with the same name and tags',
    (it, vmid) => strangerWith(it, vmid, { tags: 'k3s', protection: '1' }),
  ],
  [
    'a stranger with the marker copied, whose uuid is another',
    (it, vmid, { description = '', tags = '' }) => strangerWith(it, vmid, { description, tags }),
  ],
  [
    'a clone of the member under its VMID, after the member was moved to another one',
    (it, vmid, { description = '', ...had }) =>
      strangerWith(it, vmid, {
        ...{ ...had, description, smbios1: 'uuid=11111111-2222-4333-8444-555555555555' },
      }),
  ],
  [
    'a stranger on another node',
    (it, vmid, { description = '' }) => strangerWith(it, vmid, { description }, 'pve02'),
  ],
  [
    'the marker of a former cluster of that name',
    ({ control }, vmid, { description = '' }) =>
      control.setGuest(vmid, {
        config: { description: description.replace(/^instance: .*$/m, 'instance: another') },
      }),
  ],
  [
    'the marker of another role',
    ({ control }, vmid, { description = '' }) =>
      control.setGuest(vmid, { config: { description: description.replace('server', 'agent') } }),
  ],
  [
    'the marker of another run',
    ({ control }, vmid, { description = '' }) =>
      control.setGuest(vmid, {
        config: { description: description.replace(maker.firstExecutionRunId, 'another-run') },
      }),
  ],
  [
    'a template that was made from a clone of the member, with its description',
    (it, vmid, { description = '' }) => strangerWith(it, vmid, { description, template: '1' }),
  ],
  ['no marker any more', ({ control }, vmid) => control.setGuest(vmid, { config: { description: 'mine' } })],
  ['another name', ({ control }, vmid) => control.setGuest(vmid, { config: { name: 'mine-now' } })],
  [
    'no uuid any more',
    ({ control }, vmid) => control.setGuest(vmid, { config: { smbios1: 'manufacturer=QURB' } }),
  ],
];

describe('a VMID', () => {
  const undoings: (() => unknown)[] = [];
  let it: ClusterStage;
  beforeAll(async () => {
    it = await clusterStage((undo) => undoings.push(undo));
  });
  afterAll(async () => {
    for (const undo of undoings.splice(0).reverse()) await undo();
  });

  const each = traps.map(([title, trap], index) => ({ title, trap, ordinal: index + 1 }));
  test.each(each)('that has $title by now is left alone by every step', async ({ trap, ordinal }) => {
    const { control } = it.simulator;
    const vmid = 999 + ordinal;
    const machine = plannedMachine({ name: `k3s-server-${ordinal}`, ordinal, vmid });
    const member = await memberMade(it, machine);
    const input = removalOf(it, member);
    trap(it.simulator, vmid, control.guest(vmid).config);
    const before = control.guest(vmid);
    const since = control.requests().length;
    const { who, shutDown, stop, aside, revive, startAgain, remove } = it.removing;
    for (const step of [shutDown, stop, aside, revive, startAgain, remove]) {
      for (const more of [{ isFirst: true as const }, {}]) {
        await expect(step({ ...input, ...more })).rejects.toMatchObject({ code: 'PlanDrifted' });
      }
    }
    const begun = { ...machine, begun: member, grow: { disk: 'scsi0', toBytes: 2 ** 40 } };
    const moved = { ...begun, node: 'pve03', way: 'fullThenMoved' as const };
    const { configure, grow, start, protect, move } = it.making;
    for (const step of [configure, grow, start, protect]) {
      await expect(step({ machine: begun })).rejects.toMatchObject({ code: 'PlanDrifted' });
    }
    await expect(move({ machine: moved })).rejects.toMatchObject({ code: 'PlanDrifted' });
    expect(control.guest(vmid)).toEqual(before);
    expect(changesSince(it, since)).toEqual([]);
    expect(it.view().quarantine).toEqual([]);
    await expect(who(input)).rejects.toMatchObject({ code: 'PlanDrifted' });
  });
});

test('what came after the approval stops a deletion: a volume, a snapshot, protection, a start', async () => {
  const it = await stage();
  const member = await memberMade(it);
  const input = removalOf(it, member);
  const { control } = it.simulator;
  const refused = async (words: string, given: RemovalStepArguments = input) => {
    const since = control.requests().length;
    await expect(it.removing.remove(given)).rejects.toMatchObject({
      code: 'PlanDrifted',
      message: expect.stringContaining(words) as string,
    });
    expect(changesSince(it, since)).toEqual([]);
  };
  control.setGuest(1000, { config: { unused0: 'local-lvm:vm-1000-disk-7' } });
  await refused('local-lvm:vm-1000-disk-7');
  control.setGuest(1000, { config: { unused0: null } });
  control.setGuest(1000, { config: { parent: 'before-upgrade' } });
  await refused('before-upgrade');
  const unprotected = {
    ...input,
    removal: { ...input.removal, protection: false, snapshot: 'before-upgrade' },
  };
  await refused('somebody has protected VM 1000', unprotected);
  control.setGuest(1000, { config: { parent: null } });
  control.setGuest(1000, { status: 'running' });
  await refused('VM 1000 runs');
  await expect(it.removing.aside(input)).rejects.toMatchObject({ code: 'PlanDrifted' });
  expect(control.guest(1000)).toMatchObject({ status: 'running', config: { protection: '1' } });
  expect(it.view().quarantine).toEqual([]);
});

test('a member whose uuid nobody has read is not deleted; reading says who it is', async () => {
  const it = await stage();
  const { uuid, ...member } = await memberMade(it);
  const input = removalOf(it, member);
  await expect(it.removing.remove(input)).rejects.toMatchObject({ code: 'PlanDrifted' });
  expect(await it.removing.who(input)).toEqual({ uuid, node: 'pve01' });
  expect(it.simulator.control.guest(1000).config['protection']).toBe('1');
});

const digestRefuses =
  'a configuration that changes between the last look and the change is not deleted: the digest refuses it (protected: %s)';

test.each([true, false])(digestRefuses, async (protection) => {
  const it = await stage();
  const given = removalOf(it, await memberMade(it));
  const input = { ...given, removal: { ...given.removal, protection } };
  if (!protection) it.simulator.control.setGuest(1000, { config: { protection: null } });
  const path = '/nodes/pve01/qemu/1000/config';
  const hold = it.simulator.control.holdRequest({ method: 'PUT', path }, 'before handling');
  const removed = it.removing.remove(input);
  await hold.arrived;
  it.simulator.control.setGuest(1000, { config: { description: 'I want to keep this' } });
  hold.release();
  await expect(removed).rejects.toMatchObject({ code: 'ProxmoxFailed' });
  const { config } = it.simulator.control.guest(1000);
  expect(config['description']).toBe('I want to keep this');
  expect(config['protection']).toBe(protection ? '1' : undefined);
  expect(it.simulator.control.requests().filter(({ method }) => method === 'DELETE')).toEqual([]);
});

test('whoever protects a machine again after its protection was taken off keeps it', async () => {
  const it = await stage();
  const input = removalOf(it, await memberMade(it));
  const path = '/nodes/pve01/qemu/1000';
  const hold = it.simulator.control.holdRequest({ method: 'DELETE', path }, 'before handling');
  const removed = it.removing.remove(input);
  await hold.arrived;
  it.simulator.control.setGuest(1000, { config: { protection: '1' } });
  hold.release();
  await expect(removed).rejects.toMatchObject({ code: 'ProxmoxFailed' });
  expect(it.simulator.control.guest(1000).status).toBe('stopped');
});

test('a machine whose deletion came to nothing is protected again, one that had no protection and a stranger are not', async () => {
  const it = await stage();
  const input = removalOf(it, await memberMade(it));
  const { control } = it.simulator;
  const path = '/nodes/pve01/qemu/1000';
  control.faultRequest(
    { method: 'DELETE', path },
    { moment: 'before handling', then: { status: 500, reason: 'no' } },
  );
  await expect(it.removing.remove(input)).rejects.toMatchObject({ code: 'ProxmoxFailed' });
  const protection = () => control.guest(1000).config['protection'];
  expect(protection()).not.toBe('1');
  await it.removing.protect({ ...input, removal: { ...input.removal, protection: false } });
  expect(protection()).not.toBe('1');
  for (let times = 0; times < 2; times += 1) await it.removing.protect(input);
  expect(protection()).toBe('1');
  control.setGuest(1000, {
    config: { smbios1: 'uuid=11111111-2222-4333-8444-555555555555', protection: null },
  });
  await expect(it.removing.protect(input)).rejects.toMatchObject({ code: 'PlanDrifted' });
  expect(protection()).toBeUndefined();
});

test('a machine that does not listen is not ended by a shutdown, only by a stop', async () => {
  const it = await stage();
  const member = await memberMade(it, undefined, { running: true });
  it.simulator.control.setGuest(1000, { behaviour: { shutdownSeconds: 600 } });
  const input = { ...removalOf(it, member), frame: frame({ action: 'destroy', shutdownTimeoutMs: 5_000 }) };
  const begun = await it.removing.shutDown(input);
  expect(await endOf(it, begun)).toContain('got timeout');
  expect(it.simulator.control.guest(1000).status).toBe('running');
  expect(await endOf(it, await it.removing.stop(input))).toBe('OK');
  expect(it.simulator.control.guest(1000).status).toBe('stopped');
});

test('a removal by another operation than the one that made the machine goes by the run that made it', async () => {
  const it = await stage();
  const member = await memberMade(it);
  const { volumes } = removalOf(it, member).removal;
  const input = {
    ...removalOf(it, member),
    holder: holderOf('another-run'),
    removal: plannedRemoval(member, volumes),
  };
  expect(await endOf(it, await it.removing.remove(input))).toBe('OK');
});
