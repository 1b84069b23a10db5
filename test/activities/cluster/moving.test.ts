import { beginGuestTask } from '../../../src/proxmox/api/build';
import { useCleanUp } from '../../proxmox/support';
import { attempt } from '../template/stepStage';
import { frame, plannedMachine, templateCopy } from './given';
import { clusterLab } from './lab';
import { clusterStage, endOf, memberMade, removalOf, upidsOf } from './stage';

const clean = useCleanUp();
const stage = (more: Parameters<typeof clusterStage>[1] = {}) => clusterStage(clean, more);

test('a copy on another node is cloned in full there and moved; on shared storage the clone is made for its node', async () => {
  const it = await stage({
    guests: [
      templateCopy(900, 'pve01'),
      templateCopy(
        902,
        'pve02',
        {},
        { scsi0: 'nas:902/base-902-disk-0.qcow2,size=3G', ide2: 'none,media=cdrom' },
      ),
    ],
  });
  const moved = plannedMachine({ node: 'pve03', way: 'fullThenMoved' });
  await endOf(it, await it.making.clone({ machine: moved }));
  expect((await it.making.read({ machine: moved })).node).toBe('pve01');
  const move = await it.making.move({ machine: moved });
  expect(await endOf(it, move)).toBe('OK');
  expect(await it.making.move({ machine: moved, settledTasks: upidsOf(move) })).toEqual({ kind: 'done' });
  expect(await it.making.clone({ machine: moved, settledTasks: upidsOf(move) })).toMatchObject({
    kind: 'adopted',
  });
  expect((await it.making.read({ machine: moved })).node).toBe('pve03');

  const source = { node: 'pve02', vmid: 902, template: 'debian-13', generation: 1 };
  const shared = plannedMachine({ name: 'k3s-server-2', ordinal: 2, vmid: 1001, node: 'pve03', source });
  await endOf(it, await it.making.clone({ machine: shared }));
  expect(await it.making.read({ machine: shared })).toMatchObject({ node: 'pve03' });
});

test('a linked clone on shared storage tells the ledger so, and how many volumes it makes', async () => {
  const it = await stage();
  const machine = plannedMachine({ linkedVolumes: 2 });
  const reserved = { purpose: `disk/${machine.name}`, node: 'pve01', storage: 'nas', shared: true, bytes: 1 };
  const plan = frame({ storageReservations: [reserved] });
  await endOf(it, await it.making.clone({ machine, frame: plan }));
  expect(it.slots).toEqual(['linked clone 1000 on nas@pve01, shared, 2 volumes']);
});

test('what a move that broke off has left is found on either node, whatever the next one did, and nothing of others', async () => {
  const it = await stage();
  const { volumes } = it.simulator.control.cluster;
  const machine = plannedMachine({ node: 'pve03', way: 'fullThenMoved' });
  await endOf(it, await it.making.clone({ machine }));
  const disk = volumes.find('local-lvm:vm-1000-disk-0', 'pve01');
  if (disk === undefined) throw new Error('the clone has no disk');
  const volume = disk.volid;
  expect(await it.making.leftovers({ machine })).toEqual({ left: [], notLooked: [] });
  volumes.add({ ...disk, node: 'pve03' });
  volumes.add({ ...disk, node: 'pve03', volid: 'local-lvm:vm-1001-disk-0', vmid: 1001 });
  const left = [{ node: 'pve03', volume }];
  expect(await it.making.leftovers({ machine })).toEqual({ left, notLooked: [] });
  expect(await endOf(it, await it.making.move({ machine, isFirst: true }))).toBe('OK');
  expect(await it.making.leftovers({ machine })).toEqual({ left, notLooked: [] });
  volumes.add({ ...disk, node: 'pve01' });
  it.simulator.control.faultRequest(
    { method: 'GET', path: '/nodes/pve03/storage/local-lvm/content', times: 9 },
    { moment: 'before handling', then: { status: 403, reason: 'Permission check failed' } },
  );
  expect(await it.making.leftovers({ machine })).toEqual({
    left: [{ node: 'pve01', volume }],
    notLooked: ['local-lvm on pve03 could not be listed'],
  });
  it.simulator.control.setLock(1000, 'migrate');
  expect(await it.making.leftovers({ machine })).toEqual({
    left: [],
    notLooked: ['it is still being moved'],
  });
});

test('a disk that the machine has on a shared storage is never called left, also where nobody tells that it is shared', async () => {
  const it = await stage();
  const { control } = it.simulator;
  const moreDisks = [{ key: 'scsi1', sizeBytes: 2 ** 30, storage: 'nas' }];
  const machine = plannedMachine({ node: 'pve03', way: 'fullThenMoved', moreDisks });
  await endOf(it, await it.making.clone({ machine }));
  expect(await endOf(it, await it.making.move({ machine, isFirst: true }))).toBe('OK');
  const { uuid } = await it.making.read({ machine });
  await it.making.configure({ machine, uuid });
  expect(control.guest(1000).config['scsi1']).toContain('nas:1000/vm-1000-disk-0.raw');
  expect(await it.making.leftovers({ machine })).toEqual({ left: [], notLooked: [] });
  control.faultRequest(
    { method: 'GET', path: '/nodes/pve03/storage' },
    { moment: 'before handling', then: { status: 500, reason: 'got timeout' } },
  );
  expect(await it.making.leftovers({ machine })).toEqual({
    left: [],
    notLooked: ['the storages of pve03 could not be listed'],
  });
  control.cluster.storages.delete('nas');
  expect(await it.making.leftovers({ machine })).toEqual({
    left: [],
    notLooked: ['pve03 does not list the storage nas'],
  });
});

test('a shutdown from before the plan is not taken for its own on the node that a machine was moved to', async () => {
  const lab = await clusterLab(clean);
  const { control } = lab.simulator;
  const member = await memberMade(lab);
  const input = {
    ...removalOf(lab, member),
    frame: frame({ action: 'destroy', shutdownTimeoutMs: 5_000 }),
  };
  const move = async (node: string, target: string) => {
    const upid = await beginGuestTask(lab.client, { node, vmid: 1000 }, 'migrate', { target }, attempt);
    expect(await endOf(lab, { kind: 'started', upid })).toBe('OK');
  };
  await move('pve01', 'pve02');
  control.setGuest(1000, { status: 'running', behaviour: { shutdownSeconds: 600 } });
  const before = await lab.removing.shutDown({ ...input, isFirst: true });
  expect(await endOf(lab, before)).toContain('got timeout');
  control.setGuest(1000, { status: 'stopped', behaviour: { shutdownSeconds: 1 } });
  await move('pve02', 'pve01');

  const { plan } = await lab.plan({ action: 'destroy', now: true }, [member]);
  const { knownTasks: settledTasks } = await lab.check(plan, [member]);
  await move('pve01', 'pve02');
  control.setGuest(1000, { status: 'running' });
  const begun = await lab.removing.shutDown({ ...input, settledTasks });
  expect(begun.kind).toBe('started');
  expect(await endOf(lab, begun)).toBe('OK');
  expect(control.guest(1000).status).toBe('stopped');
});
