import { loadClusterConfig } from '../../src/config/load';
import { createCredentialProvider } from '../../src/credentials/provider';
import { createCredentialStore } from '../../src/credentials/store';
import { parseMemberMarker } from '../../src/planning/cluster/marker';
import { deleteQemu } from '../../src/proxmox/api/build';
import { createProxmoxClient } from '../../src/proxmox/client';
import { uniqueName } from '../support/temporal';
import { waitUntil } from '../support/waitUntil';
import { clusterMessages, clusterWorkflowId, taskQueueOf } from '../../src/domain/names';
import {
  planned,
  profileText,
  setClusterStage,
  volumeStays,
  type ClusterStage,
} from './support/clusterStage';
import { proxmoxVersions } from './support/scenario';
import { everyVmid } from './support/templateStage';

let stage: ClusterStage;

const cloudinit = `type: cloudinit
addressing: { kind: static, subnet: 192.0.2.0/24, gateway: 192.0.2.1, range: 192.0.2.10-192.0.2.19 }
cloudinit: { user: debian, ssh_keys: [] }
tags: [lab]`;

const guest = (vmid: number) => stage.lab.simulator.control.guest(vmid);

/** A machine that had this VMID was deleted before, with the same token: its task is none of the cluster's. */
async function deletedBefore(vmid: number, node: string): Promise<void> {
  const { control } = stage.lab.simulator;
  control.addGuest({ vmid, node, name: 'former', status: 'stopped', config: { memory: 512 } });
  const { cluster, credentials } = loadClusterConfig(stage.lab.configFile);
  const store = createCredentialStore(createCredentialProvider(credentials));
  const client = createProxmoxClient({ cluster, credentials: store });
  await deleteQemu(client, { node, vmid });
  await waitUntil('the end of the former machine', () => {
    return Promise.resolve(everyVmid(stage).includes(vmid) ? undefined : true);
  });
  await client.close();
}

/** Waits until the workflow that kept a cluster has ended. */
async function notKept(profile: string): Promise<void> {
  const handle = stage.temporal.client.workflow.getHandle(clusterWorkflowId(stage.cluster, profile));
  await waitUntil('the end of what kept the cluster', async () => {
    const { status } = await handle.describe();
    return status.name === 'COMPLETED' ? true : undefined;
  });
}

describe.each(proxmoxVersions)('a cluster on Proxmox VE %s', (version) => {
  afterAll(async () => stage.close());

  test('is made, and deleted by identity: a stranger of the same name and tags lives; both workflows continue as new in the middle and lose nothing', async () => {
    stage = await setClusterStage(version);
    stage.writeProfile('lab', profileText('lab', cloudinit));
    await deletedBefore(1000, 'pve01');
    const running = await stage.ask('lab', 'create', { historyEventLimit: 60 }, 40);
    const plan = await running.approved();
    expect(planned(plan).map(({ name, node, way }) => [name, node, way])).toEqual([
      ['lab-worker-1', 'pve01', 'linked'],
      ['lab-worker-2', 'pve02', 'linked'],
      ['lab-worker-3', 'pve03', 'linked'],
    ]);
    const report = await running.report();
    expect(report).toMatchObject({ outcome: 'done', decisions: [], warnings: plan.warnings });
    expect(report.machines.map(({ outcome }) => outcome)).toEqual(['ready', 'ready', 'ready']);
    const made = await stage.seen(
      'lab',
      'the end of its operation',
      ({ operation }) => operation === undefined,
    );
    expect(made.last).toMatchObject({ action: 'create', outcome: 'done' });
    const members = made.record?.members ?? [];
    expect(members).toEqual(report.members);
    for (const id of [running.handle.workflowId, clusterWorkflowId(stage.cluster, 'lab')]) {
      const { raw } = await stage.temporal.client.workflow.getHandle(id).describe();
      const info = raw.workflowExecutionInfo;
      expect(info?.execution?.runId).not.toBe(info?.firstRunId);
    }
    expect(members.map(({ name, vmid, state }) => [name, vmid, state])).toEqual([
      ['lab-worker-1', 1000, 'ready'],
      ['lab-worker-2', 1001, 'ready'],
      ['lab-worker-3', 1002, 'ready'],
    ]);
    for (const { vmid, uuid, run } of members) {
      const { config, status } = guest(vmid);
      expect(status).toBe('running');
      expect(config).toMatchObject({ protection: '1', ciuser: 'debian' });
      expect(config['smbios1']).toContain(`uuid=${uuid ?? 'missing'}`);
      expect(parseMemberMarker(config['description'])).toMatchObject({ run, vmid, cluster: 'lab' });
    }

    const stranger = guest(1000);
    stage.lab.simulator.control.addGuest({
      ...{ vmid: 1500, node: 'pve01', name: 'lab-worker-1', status: 'stopped' },
      config: {
        memory: 512,
        tags: stranger.config['tags'] ?? '',
        description: stranger.config['description'] ?? '',
      },
    });
    // An operation that was terminated is found out.
    const lost = await stage.ask('lab', 'destroy', { now: true });
    await lost.plan();
    await lost.handle.terminate('by a test');
    // One does not listen: whether it is stopped hard was approved, or is asked.
    const hardStop = version === '9';
    stage.lab.simulator.control.setGuest(1001, { behaviour: { shutdownSeconds: 600 } });
    const order = { now: true, hardStop, shutdownTimeoutMs: 20_000 };
    const going = await waitUntil('a cluster that can be used again', async () =>
      stage.ask('lab', 'destroy', order).catch(() => undefined),
    );
    expect((await stage.view('lab')).last?.summary).toContain('It ended without a report');
    await going.approved();
    if (!hardStop) {
      const decision = await going.decision();
      expect(decision).toMatchObject({ kind: 'destructive', stepId: 'shutdown-1001' });
      expect(decision.choices).toEqual(['run', 'retry', 'skip', 'abort']);
      await going.decide(decision, 'run');
    }
    const gone = await going.report();
    expect(gone).toMatchObject({ outcome: 'done', members: [] });
    expect(gone.decisions).toHaveLength(hardStop ? 0 : 1);
    expect(gone.steps.filter(({ id }) => id.startsWith('stop-')).map(({ id }) => id)).toEqual(['stop-1001']);
    expect(everyVmid(stage)).toEqual([900, 901, 902, 1500]);
    await notKept('lab');
  });
});

describe('a cluster with a time to live', () => {
  beforeAll(async () => {
    stage = await setClusterStage();
    stage.writeProfile('short', profileText('short', 'type: plain\nprotection: false\ntime_to_live: 1h'));
  });
  afterAll(async () => stage.close());

  test('a machine that fails is left with a question while the others go on; asked again it is finished', async () => {
    const withdraw = stage.lab.simulator.control.faultRequest(
      { method: 'POST', path: '/nodes/pve02/qemu/1001/status/start', times: 99 },
      { moment: 'before handling', then: { status: 500, reason: 'start failed: out of tea' } },
    );
    const running = await stage.ask('short', 'create');
    await running.approved();
    const decision = await running.decision();
    expect(decision).toMatchObject({
      ...{ stepId: 'start-1001', vmid: 1001, choices: ['retry', 'replace', 'skip', 'abort'] },
    });
    expect(decision.seen).toContain(
      'Done to it before: clone, identify, configure. The other machines go on.',
    );
    expect(decision.seen).toContain('replace: goes on without it; then a plan to replace it is made');
    await running.reached((it) =>
      ['ready-1000', 'ready-1002'].every((id) =>
        it.steps.some((step) => step.id === id && step.phase === 'done'),
      ),
    );
    // Should it be lost now, the cluster has its time to live all the same.
    expect((await stage.view('short')).operation).toMatchObject({ timeToLiveMs: 3_600_000 });
    await expect(stage.ask('short', 'destroy')).rejects.toMatchObject({
      cause: { type: 'LeaseRefused', message: expect.stringContaining('is under way (create') as string },
    });
    await running.decide(decision, 'skip');
    const report = await running.report();
    expect(report).toMatchObject({ outcome: 'incomplete' });
    expect(Date.parse(report.endsAt ?? '') - Date.parse(report.endedAt)).toBe(3_600_000);
    expect(report.machines).toMatchObject([
      { outcome: 'ready' },
      { outcome: 'parked', because: expect.stringContaining('out of tea') as string },
      { outcome: 'ready' },
    ]);
    expect(report.members.map(({ state }) => state)).toEqual(['ready', 'made', 'ready']);

    withdraw();
    const again = await stage.change('short', 'create');
    expect(again).toMatchObject({ outcome: 'done', machines: [{ vmid: 1001, outcome: 'ready' }] });
    expect(everyVmid(stage)).toEqual([900, 901, 902, 1000, 1001, 1002]);
    expect(again.members.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
    const byHand = { taskQueue: taskQueueOf(stage.cluster), workflowId: uniqueName('by-hand') };
    const change = { request: { profile: 'short', action: 'destroy' } };
    await expect(
      stage.temporal.client.workflow.execute('changeCluster', { ...byHand, args: [change] }),
    ).rejects.toMatchObject({
      cause: { message: expect.stringContaining('pxm cluster destroy short') as string },
    });
    const nothing = await (await stage.ask('short', 'create')).report();
    expect(nothing).toMatchObject({ outcome: 'done', steps: [] });
  });

  test('a cluster whose time is over is set aside, then deleted, each only once a person has approved it', async () => {
    const cluster = stage.temporal.client.workflow.getHandle(clusterWorkflowId(stage.cluster, 'short'));
    const extend = async (message: object) =>
      cluster.executeUpdate('extend', { args: [{ by: 'test', ...message }] });
    const begunByItself = async (action: string) => {
      const { operation } = await stage.seen(
        'short',
        `${action} by itself`,
        (now) => now.operation?.action === action,
      );
      expect(operation).toMatchObject({ isByItself: true });
    };
    await stage.seen(
      'short',
      'its time to live',
      ({ record, operation }) => record?.endsAt !== undefined && operation === undefined,
    );

    await extend({ timeToLiveMs: 1 });
    await begunByItself('destroy');
    await extend({ timeToLiveMs: 3_600_000 });
    const taken = await stage.seen('short', 'the end of it', ({ operation }) => operation === undefined);
    expect(taken.last).toMatchObject({ action: 'destroy', outcome: 'rejected' });
    expect(taken.record?.members.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);

    await extend({ timeToLiveMs: 1 });
    await begunByItself('destroy');
    const waiting = await stage.waitingChange('short');
    await waiting.plan();
    expect(everyVmid(stage)).toEqual([900, 901, 902, 1000, 1001, 1002]);
    await waiting.approved();
    const aside = await waiting.report();
    expect(aside).toMatchObject({ outcome: 'done', requestedBy: 'the end of its time to live' });
    expect(aside.machines.map(({ outcome }) => outcome)).toEqual(['aside', 'aside', 'aside']);
    expect(Date.parse(aside.asideUntil ?? '') - Date.parse(aside.endedAt)).toBe(86_400_000);
    expect(guest(1001)).toMatchObject({ name: 'short-worker-2-aside', status: 'stopped' });
    await expect(stage.ask('short', 'scale', { counts: { worker: 4 } })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('3 of its machines are set aside') as string },
    });

    const back = await stage.change('short', 'undo');
    expect(back.machines.map(({ outcome }) => outcome)).toEqual(['revived', 'revived', 'revived']);
    expect(back.steps.find(({ id }) => id === 'ready-1001')).toMatchObject({ outcome: 'done' });
    // They are named as the members that they are, not as what was set aside.
    const named = [...back.machines.map(({ name }) => name), ...back.steps.map(({ title }) => title)];
    expect(named.filter((text) => text.includes('-aside'))).toEqual([]);
    expect(guest(1001)).toMatchObject({ name: 'short-worker-2', status: 'running' });
    // Somebody removes one of them on its way: there is nothing left to set aside.
    const { control } = stage.lab.simulator;
    const hold = control.holdRequest({ method: 'PUT', path: '/nodes/*/qemu/1002/config' }, 'before handling');
    const going = await stage.ask('short', 'destroy', { graceMs: 1 });
    await going.approved();
    await hold.arrived;
    control.removeGuest(1002);
    hold.release();
    await going.decide(await going.decision(), 'retry');
    const gone = await going.report();
    expect(gone).toMatchObject({ outcome: 'done', members: [{ state: 'aside' }, { state: 'aside' }] });
    expect(gone.machines.find(({ vmid }) => vmid === 1002)).toMatchObject({ outcome: 'deleted' });
    await begunByItself('purge');
    const purge = await stage.waitingChange('short');
    await purge.approved();
    expect(await purge.report()).toMatchObject({ outcome: 'done', action: 'purge', members: [] });
    expect(everyVmid(stage)).toEqual([900, 901, 902]);
    await notKept('short');
  });

  test('what is asked for before the operation before it has quite ended begins once it has, however long that takes', async () => {
    stage.writeProfile('lab', profileText('lab'));
    const first = await stage.ask('lab', 'create');
    await first.plan();
    const keeper = stage.temporal.client.workflow.getHandle(clusterWorkflowId(stage.cluster, 'lab'));
    const { operation, record } = await stage.view('lab');
    const member = { name: 'lab-worker-1', role: 'worker', ordinal: 1, vmid: 1000, node: 'pve01' };
    // It tells of its end, and its last task takes long.
    await keeper.signal(clusterMessages.operationEnded, {
      ...{ run: operation?.run, instance: record?.instance, outcome: 'incomplete', summary: 'so far' },
      members: [{ ...member, run: 'by a test', state: 'made' }],
    });
    const eventsOf = async () => (await keeper.fetchHistory()).events ?? [];
    const asked = stage.ask('lab', 'create');
    await waitUntil('a start that came too early', async () =>
      (await eventsOf()).find((it) => it.startChildWorkflowExecutionFailedEventAttributes != null),
    );
    await first.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
    const second = await asked;
    expect((await stage.view('lab')).operation?.run).not.toBe(operation?.run);
    // It was told of the end, and did not try in between.
    const pauses = (await eventsOf()).filter(
      ({ timerStartedEventAttributes: it }) => Number(it?.startToFireTimeout?.seconds) === 1,
    );
    expect(pauses).toEqual([]);
    await second.handle.executeUpdate('reject', { args: [{ by: 'test' }] });
    expect(await second.report()).toMatchObject({ outcome: 'rejected' });
  });
});

test('what a move has left is told by the report; disks that a deletion could not free are asked about, and it is not called done', async () => {
  stage = await setClusterStage();
  stage.writeProfile('lab', profileText('lab'));
  const { control } = stage.lab.simulator;
  // Without a copy of the template there a machine is moved to pve03, where a move that broke off has left a disk of its name.
  control.removeGuest(902);
  const making = await stage.ask('lab', 'create');
  const moved = planned(await making.plan()).find(({ way }) => way === 'fullThenMoved');
  const base = control.cluster.volumes.find('local-lvm:base-900-disk-0', 'pve01');
  if (moved === undefined || base === undefined) throw new Error('no machine is moved');
  const orphan = `local-lvm:vm-${moved.vmid}-disk-0`;
  control.cluster.volumes.add({ ...base, volid: orphan, node: moved.node, vmid: moved.vmid });
  await making.approved();
  const made = await making.report();
  expect(made).toMatchObject({ outcome: 'done', decisions: [] });
  expect(made.steps.find(({ id }) => id === `move-${moved.vmid}`)?.warnings).toEqual([
    expect.stringContaining(`${orphan} is on ${moved.node}, and`) as string,
  ]);
  const volid = 'local-lvm:vm-1001-disk-0';
  const stays = volumeStays(stage, volid);
  const going = await stage.ask('lab', 'destroy', { now: true });
  await going.approved();
  await stays();
  const decision = await going.decision();
  expect(decision).toMatchObject({ kind: 'stepFailed', stepId: expect.stringMatching(/^disks-/) as string });
  expect(decision.problem.failed).toContain(volid);
  await going.decide(decision, 'retry');
  const again = await going.decision();
  await going.decide(again, 'skip');
  const report = await going.report();
  expect(report).toMatchObject({ outcome: 'incomplete', members: [] });
  expect(report.machines.toSorted((one, other) => one.vmid - other.vmid)).toMatchObject([
    { vmid: 1000, outcome: 'deleted' },
    { vmid: 1001, outcome: 'disksLeft', because: volid },
    { vmid: 1002, outcome: 'deleted' },
  ]);
  await notKept('lab');
});
