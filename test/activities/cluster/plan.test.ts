import type { ClusterFrame } from '../../../src/domain/cluster/plan';
import { ManagerError, problem } from '../../../src/domain/errors';
import { frameOf } from '../../../src/planning/rules/clusterFrame';
import { beginGuestTask } from '../../../src/proxmox/api/build';
import { useCleanUp } from '../../proxmox/support';
import { machine as foreign } from '../inspection/lab';
import { attempt } from '../template/stepStage';
import { frame, holderOf, maker, plannedMachine, profile, role, templateCopy } from './given';
import { clusterLab, madeBy } from './lab';
import { endOf, memberMade, removalOf } from './stage';

const clean = useCleanUp();

test('a plan is made of the profile: places, linked clones beside their copies, VMIDs, memory and room leased', async () => {
  const lab = await clusterLab(clean, {
    scenario: {
      guests: [templateCopy(900, 'pve01'), templateCopy(901, 'pve02'), foreign(1000)],
    },
    more: { roles: [role({ count: 3, diskBytes: 8 * 2 ** 30 })] },
  });
  const { plan, changes } = await lab.plan();
  expect(changes).toEqual([]);
  expect(plan).toMatchObject({ operation: 'changeCluster', action: 'create', readiness: 'agent' });
  const machines = madeBy(plan);
  expect(machines.map(({ name, vmid, way }) => ({ name, vmid, way }))).toEqual([
    { name: 'k3s-server-1', vmid: 1001, way: expect.any(String) as string },
    { name: 'k3s-server-2', vmid: 1002, way: expect.any(String) as string },
    { name: 'k3s-server-3', vmid: 1003, way: expect.any(String) as string },
  ]);
  expect(new Set(machines.map(({ node }) => node)).size).toBe(3);
  for (const { node, way, source } of machines) {
    if (node === 'pve03') expect(way).toBe('fullThenMoved');
    else expect({ way, from: source.node }).toEqual({ way: 'linked', from: node });
  }
  const { vmids, memory, storage, addresses } = lab.view();
  // By DHCP: the MAC addresses are leased all the same.
  expect(addresses.map(({ vmid, address }) => [vmid, address])).toEqual(
    machines.map(({ vmid, networkCards: [card] }) => [vmid, card?.macAddress]),
  );
  expect(vmids.map(({ vmid, purpose }) => [vmid, purpose])).toEqual([
    [1001, 'member/k3s-server-1'],
    [1002, 'member/k3s-server-2'],
    [1003, 'member/k3s-server-3'],
  ]);
  expect(memory.map(({ vmid }) => vmid)).toEqual([1001, 1002, 1003]);
  expect(storage.map(({ purpose }) => purpose)).toContain('disk/k3s-server-1');
});

test('planning again gives the same plan, a dry run the same machines and leases nothing', async () => {
  const lab = await clusterLab(clean);
  const dry = await lab.plan({ dryRun: true });
  expect(lab.view()).toMatchObject({ vmids: [], memory: [], storage: [] });
  const first = await lab.plan();
  expect(first.plan.hash).toBe(dry.plan.hash);
  expect((await lab.plan()).plan.hash).toBe(first.plan.hash);
});

test('a VMID that somebody took after it was leased is given up, and the approved plan does not hold', async () => {
  const lab = await clusterLab(clean);
  const { plan } = await lab.plan();
  expect(await lab.check(plan)).toEqual({ changes: [], knownTasks: [] });
  lab.simulator.control.addGuest({ ...foreign(1000), node: 'pve03' });
  const { changes } = await lab.check(plan);
  expect(changes.join()).toContain('VMID 1000, meant for k3s-server-1, was taken');
  expect(madeBy((await lab.plan()).plan).map(({ vmid }) => vmid)).toEqual([1002, 1001]);
});

test('tasks of machines and clones from before the first step are known; others are not', async () => {
  const lab = await clusterLab(clean);
  const source = { node: 'pve01', vmid: 900 };
  const upid = await beginGuestTask(lab.client, source, 'clone', { newid: 777, name: 'other' }, attempt);
  await endOf(lab, { kind: 'started', upid });
  await endOf(lab, {
    kind: 'started',
    upid: await beginGuestTask(lab.client, { node: 'pve01', vmid: 777 }, 'status/start', {}, attempt),
  });
  const { knownTasks } = await lab.check((await lab.plan()).plan);
  expect(knownTasks).toEqual([upid]);
});

test('another cluster plans beside it: other VMIDs, and room that is reserved is not given twice', async () => {
  const most = role({
    memoryBytes: 40 * 2 ** 30,
    placement: { strategy: 'pinned', nodes: ['pve01'], antiAffinity: 'none' },
    count: 1,
  });
  const lab = await clusterLab(clean, { more: { roles: [most] } });
  await lab.plan();
  const other = holderOf('another-run', 'k3s');
  await expect(lab.plan({}, [], other)).rejects.toMatchObject({ code: 'InputInvalid' });
  lab.profile = { ...profileOf(lab.profile), roles: [role({ count: 1 })] };
  expect(madeBy((await lab.plan({}, [], other)).plan).map(({ vmid }) => vmid)).toEqual([1001]);
});

test('a template that there is not is refused with the name of the one that was probably meant', async () => {
  const lab = await clusterLab(clean, { more: { template: 'debain-13' } });
  await expect(lab.plan()).rejects.toMatchObject({
    problem: {
      code: 'InputInvalid',
      failed: 'no version of the template debain-13 is in force on a node that answers',
      remedy: expect.stringMatching(/^Did you mean debian-13\? pxm template create debain-13/) as string,
    },
  });
});

test('static addresses, and MAC addresses beside them, are those that no other guest is configured with', async () => {
  const range = { first: '192.0.2.10', last: '192.0.2.20' };
  const lab = await clusterLab(clean, {
    scenario: {
      guests: [
        templateCopy(900, 'pve01'),
        foreign(500, { ipconfig0: 'ip=192.0.2.10/24' }),
        { ...foreign(501, { ipconfig1: 'ip=192.0.2.12/24,gw=192.0.2.1' }, false), node: 'pve02' },
      ],
    },
    more: { addressing: { kind: 'static', prefixLength: 24, range } },
  });
  expect(madeBy((await lab.plan()).plan).map(({ address }) => address?.address)).toEqual([
    '192.0.2.11',
    '192.0.2.13',
  ]);
  const firstMac = async () => madeBy((await lab.plan()).plan)[0]?.networkCards[0]?.macAddress ?? '';
  const mac = await firstMac();
  lab.simulator.control.addGuest(foreign(502, { net0: `virtio=${mac},bridge=vmbr0` }));
  expect(await firstMac()).not.toBe(mac);
});

test('no address is had twice: not by two that plan at once, nor by a guest that took it before the start', async () => {
  const range = { first: '192.0.2.10', last: '192.0.2.20' };
  const lab = await clusterLab(clean, { more: { addressing: { kind: 'static', prefixLength: 24, range } } });
  const [{ plan }, { plan: others }] = await Promise.all([
    lab.plan(),
    lab.plan({}, [], holderOf('another-run')),
  ]);
  const given = [plan, others].flatMap((it) => madeBy(it).map(({ address }) => address?.address));
  expect(new Set(given).size).toBe(4);
  expect(await lab.check(plan)).toMatchObject({ changes: [] });
  const [machine, next] = madeBy(plan);
  if (machine === undefined || next === undefined) throw new Error('too little is made');
  await memberMade(lab, machine);
  await memberMade(lab, next);
  const address = machine.address?.address ?? '';
  const { control } = lab.simulator;
  control.addGuest({ ...foreign(500, { ipconfig0: `ip=${address}/24` }), name: 'thief' });
  expect((await lab.check(plan)).changes.join()).toContain(`The address ${address}`);
  await expect(lab.making.start({ machine })).rejects.toMatchObject({
    problem: { code: 'PlanDrifted', failed: 'VM 500 (thief) was given the same address meanwhile' },
  });
  expect(control.guest(machine.vmid).status).toBe('stopped');
  control.setGuest(500, { config: { ipconfig0: `ip=${next.address?.address ?? ''}/24` } });
  expect(await endOf(lab, await lab.making.start({ machine }))).toBe('OK');
  // The look before that start has shown it: whoever gave the address back since is not held against the next one.
  control.setGuest(500, { config: { ipconfig0: 'ip=192.0.2.99/24' } });
  expect(await endOf(lab, await lab.making.start({ machine: next }))).toBe('OK');
});

test('nothing is brought back, nor started again, where a guest was given its static address, with the profile or without', async () => {
  const range = { first: '192.0.2.10', last: '192.0.2.20' };
  const lab = await clusterLab(clean, { more: { addressing: { kind: 'static', prefixLength: 24, range } } });
  const address = { address: '192.0.2.11', prefixLength: 24 };
  const member = await memberMade(lab, plannedMachine({ address }));
  await lab.removing.aside(removalOf(lab, member));
  const aside = [{ ...member, name: 'k3s-server-1-aside', state: 'aside' as const }];
  const { plan } = await lab.plan({ action: 'undo' }, aside);
  expect(plan.phases).toMatchObject([{ kind: 'revive' }]);
  expect(await lab.check(plan, aside)).toMatchObject({ changes: [] });
  const { control } = lab.simulator;
  control.addGuest({ ...foreign(500, { ipconfig0: 'ip=192.0.2.11/24' }), name: 'thief' });
  expect((await lab.check(plan, aside)).changes.join()).toContain(
    'The address 192.0.2.11, meant for k3s-server-1, was taken meanwhile, by VM 500 (thief).',
  );
  lab.profile = new ManagerError(
    problem('ConfigInvalid', { attempted: 'read', failed: 'there is no k3s.yaml' }),
  );
  await expect(lab.plan({ action: 'undo' }, aside)).rejects.toMatchObject({
    problem: { code: 'InputInvalid', failed: expect.stringContaining('192.0.2.11') as string },
  });

  const back = removalOf(lab, { ...member, name: 'k3s-server-1-aside', state: 'aside' });
  await lab.removing.revive(back);
  await expect(lab.removing.startAgain(back)).rejects.toMatchObject({
    problem: { code: 'PlanDrifted', failed: 'VM 500 (thief) was given the same address meanwhile' },
  });
  expect(control.guest(1000).status).toBe('stopped');
  control.setGuest(500, { config: { ipconfig0: 'ip=192.0.2.99/24' } });
  expect(await endOf(lab, await lab.removing.startAgain(back))).toBe('OK');
});

test("the address that control planes share is nobody else's: no other operation's, no other cluster's, no guest's", async () => {
  const talos = { version: 'v1.13.2', kubernetesVersion: '1.35.2', endpoint: '192.0.2.9', patches: [] };
  const sharing = {
    ...{ type: 'talos' as const, talos: { ...talos, virtualAddress: true } },
    roles: [role({ name: 'cp', kind: 'controlPlane', count: 1 })],
  };
  const lab = await clusterLab(clean, { more: sharing });
  const { plan } = await lab.plan();
  const leased = lab.view().addresses.filter(({ address }) => address === '192.0.2.9');
  expect(leased).toMatchObject([{ vmid: 1000, holder: maker }]);
  const refused = {
    problem: { code: 'InputInvalid', failed: expect.stringContaining('192.0.2.9') as string },
  };
  await expect(lab.plan({}, [], holderOf('another-run'))).rejects.toMatchObject(refused);

  lab.others = [profile({ ...sharing, name: 'other' })];
  expect((await lab.check(plan)).changes).toEqual([]);
  const other = plannedMachine({ name: 'other-cp-1', vmid: 1005 });
  await endOf(lab, await lab.making.clone({ machine: other, frame: frame({ profile: 'other' }) }));
  const taken = 'The address 192.0.2.9, which the control planes share, was taken meanwhile, by';
  expect((await lab.check(plan)).changes.join()).toContain(`${taken} the cluster other.`);
  lab.others = [];
  const unread = "clusters whose profiles can't be read (other)";
  expect((await lab.plan()).plan.warnings.join()).toContain(unread);
  const { control } = lab.simulator;
  control.addGuest({ ...foreign(500, { ipconfig0: 'ip=192.0.2.9/24' }), name: 'web' });
  expect((await lab.check(plan)).changes.join()).toContain(`${taken} VM 500 (web).`);
  await expect(lab.plan()).rejects.toMatchObject(refused);
});

test('a bridge that a node does not show is a warning; a request for another cluster or ID is refused', async () => {
  const lab = await clusterLab(clean, { more: { roles: [role({ networkCards: [{ bridge: 'vmbr77' }] })] } });
  expect((await lab.plan({ dryRun: true })).plan.warnings.join()).toContain('shows no bridge vmbr77');
  await expect(lab.plan({ cluster: 'other' })).rejects.toMatchObject({ code: 'InputInvalid' });
  const byHand = { ...maker, workflowId: 'by-hand' };
  await expect(lab.plan({}, [], byHand)).rejects.toMatchObject({ code: 'InputInvalid' });
  expect((await lab.plan({ dryRun: true }, [], byHand)).plan.phases).toHaveLength(1);
});

test('a token that may not see everything is refused: machines could be hidden from it', async () => {
  const lab = await clusterLab(clean, {
    scenario: {
      access: {
        users: [{ id: 'admin@pve', tokens: [{ id: 'test', secret: 'right' }] }],
        acl: [{ path: '/vms/900', user: 'admin@pve', role: 'PVEAuditor' }],
      },
    },
  });
  await expect(lab.plan()).rejects.toMatchObject({ code: 'PermissionMissing' });
});

test('members are deleted by who they are, strangers in their place are left alone and named; no profile is needed', async () => {
  const lab = await clusterLab(clean);
  const members = [];
  for (const ordinal of [1, 2]) {
    const name = `k3s-server-${ordinal}`;
    members.push(await memberMade(lab, plannedMachine({ name, ordinal, vmid: 999 + ordinal })));
  }
  const { config } = lab.simulator.control.guest(1001);
  lab.simulator.control.removeGuest(1001);
  const copied = { description: config['description'] ?? '', tags: 'k3s' };
  lab.simulator.control.addGuest({ ...foreign(1001, copied, false), name: 'k3s-server-2' });
  lab.profile = new ManagerError(
    problem('ConfigInvalid', { attempted: 'read', failed: 'there is no k3s.yaml' }),
  );
  const { plan } = await lab.plan({ action: 'destroy', now: true }, members);
  expect(plan.phases).toMatchObject([
    { kind: 'delete', removals: [{ member: { vmid: 1000 }, protection: true }] },
  ]);
  expect(plan.leftAlone).toMatchObject([{ vmid: 1001, name: 'k3s-server-2' }]);
  expect(plan.warnings.join()).toContain('there is no k3s.yaml');
  expect((await lab.check(plan, members)).changes).toEqual([]);
  await expect(lab.plan({ action: 'rebuild' }, members)).rejects.toMatchObject({ code: 'ConfigInvalid' });

  const [phase] = plan.phases;
  const removal = phase !== undefined && 'removals' in phase ? phase.removals[0] : undefined;
  if (removal === undefined) throw new Error('nothing is deleted');
  const input = { holder: maker, frame: frameOf(plan), removal, settledTasks: [] };
  expect(await endOf(lab, await lab.removing.remove(input))).toBe('OK');
  expect(lab.simulator.control.guest(1001).status).toBe('stopped');
});

test('a plan is carried out by its steps, and status finds the machines as the profile wants them', async () => {
  const lab = await clusterLab(clean);
  const { plan } = await lab.plan();
  const members = [];
  for (const machine of madeBy(plan)) {
    const plain: ClusterFrame = frameOf(plan);
    const input = { machine, frame: plain };
    await endOf(lab, await lab.making.clone(input));
    const { uuid, node } = await lab.making.read(input);
    await lab.making.configure({ ...input, uuid });
    expect(await endOf(lab, await lab.making.start({ ...input, uuid }))).toBe('OK');
    expect(await lab.making.ready({ ...input, uuid })).toMatchObject({ ready: true });
    await lab.making.protect({ ...input, uuid });
    const { name, ordinal, vmid, source } = machine;
    members.push({
      ...{ name, role: machine.role, ordinal, vmid, node, uuid, run: maker.firstExecutionRunId },
      ...{ generation: source.generation, state: 'ready' as const },
    });
  }
  const { machines, others, warnings } = await lab.status(members);
  expect(machines.map(({ name, state, differences }) => ({ name, state, differences }))).toEqual([
    { name: 'k3s-server-1', state: 'asDesired', differences: [] },
    { name: 'k3s-server-2', state: 'asDesired', differences: [] },
  ]);
  expect({ others, warnings }).toEqual({ others: [], warnings: [] });
  expect((await lab.plan({}, members)).plan.phases).toEqual([]);
  lab.simulator.control.setGuest(1000, { config: { cores: '7' } });
  expect((await lab.status(members)).machines[0]).toMatchObject({
    ...{ state: 'drifted', differences: ['it has 7 cores, not 2'] },
  });
  lab.simulator.control.setGuest(1000, { config: { cores: '2' } });
  lab.simulator.control.cluster.guests.get(1000)?.pending.set('memory', '4096');
  lab.profile = { ...profileOf(lab.profile), roles: [role({ memoryBytes: 4 * 2 ** 30 })] };
  expect((await lab.status(members)).machines.map(({ differences }) => differences)).toEqual([
    ['it has 2 GiB of memory, not 4 GiB'],
    ['it has 2 GiB of memory, not 4 GiB'],
  ]);
});

test('what was begun before is finished: it keeps its VMID, nothing is cloned', async () => {
  const lab = await clusterLab(clean);
  const begun = { ...(await memberMade(lab)), state: 'made' as const };
  const holder = holderOf('another-run');
  const { plan } = await lab.plan({}, [begun], holder);
  const [first, second] = madeBy(plan).toSorted((one, other) => one.vmid - other.vmid);
  expect(first).toMatchObject({ name: 'k3s-server-1', vmid: 1000, begun: { uuid: begun.uuid } });
  expect(second).toMatchObject({ name: 'k3s-server-2', vmid: 1001 });
  const input = { machine: first ?? plannedMachine(), frame: frameOf(plan), holder };
  expect(await lab.making.clone({ ...input, isFirst: true })).toEqual({ kind: 'done' });
});

test('a plan needs few requests, whatever else is on the cluster', async () => {
  const guests = Array.from({ length: 60 }, (_, index) => foreign(200 + index));
  const lab = await clusterLab(clean, { scenario: { guests: [templateCopy(900, 'pve01'), ...guests] } });
  const before = lab.simulator.control.requests().length;
  await lab.plan();
  expect(lab.simulator.control.requests().length - before).toBeLessThanOrEqual(30);
});

test('two operations and a foreign client take VMIDs at the same time: none is had twice, no stranger is touched', async () => {
  const lab = await clusterLab(clean, { more: { roles: [role({ count: 20, memoryBytes: 2 ** 28 })] } });
  const { control } = lab.simulator;
  const planning = Promise.all([lab.plan(), lab.plan({}, [], holderOf('another-run'))]);
  for (let vmid = 1000; vmid < 1060; vmid += 7) control.addGuest({ ...foreign(vmid), node: 'pve03' });
  const [{ plan }, { plan: others }] = await planning;
  const vmids = [plan, others].flatMap((it) => madeBy(it).map(({ vmid }) => vmid));
  expect(new Set(vmids).size).toBe(40);
  const machines = madeBy(plan);
  for (const [index, { vmid, node }] of machines.entries()) {
    if (index % 5 === 0) control.addGuest({ ...foreign(vmid), node: index % 2 === 0 ? node : 'pve03' });
  }
  const strangers = control.guests().filter(({ vmid }) => vmid >= 1000);
  const exits = await Promise.all(
    machines.map(async (machine) => {
      const input = { machine, frame: frameOf(plan), isFirst: true as const };
      try {
        return await endOf(lab, await lab.making.clone(input));
      } catch (error) {
        return error instanceof ManagerError ? error.code : 'unknown';
      }
    }),
  );
  for (const [index, { vmid, name }] of machines.entries()) {
    const isTaken = strangers.some((it) => it.vmid === vmid);
    expect({ vmid, isOurs: control.guest(vmid).name === name }).toEqual({ vmid, isOurs: !isTaken });
    expect({ vmid, isMade: exits[index] === 'OK' }).toEqual({ vmid, isMade: !isTaken });
  }
  expect(control.guests().filter(({ vmid }) => strangers.some((it) => it.vmid === vmid))).toEqual(strangers);
});

test('a clone whose VMID a stranger has is refused, and the clone of another machine is not taken for it', async () => {
  const lab = await clusterLab(clean, {
    scenario: { version: '8.4', guests: [templateCopy(900, 'pve01')] },
    more: { roles: [role({ count: 2 })] },
  });
  const { plan } = await lab.plan();
  const [first, second] = madeBy(plan);
  if (first === undefined || second === undefined) throw new Error('two machines were planned');
  const { control } = lab.simulator;
  control.addGuest({ ...foreign(second.vmid), node: second.source.node });
  control.setSpeed(0.001);
  const { kind } = await lab.making.clone({ machine: first, frame: frameOf(plan), isFirst: true });
  expect(kind).toBe('started');
  const input = { machine: second, frame: frameOf(plan), isFirst: true as const };
  await expect(lab.making.clone(input)).rejects.toMatchObject({ code: 'PlanDrifted' });
  expect(control.guest(second.vmid).name).toBe(foreign(second.vmid).name);
});

function profileOf<T>(it: T | Error): T {
  if (it instanceof Error) throw it;
  return it;
}
