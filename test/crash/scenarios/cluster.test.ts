import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { startSimulator, type Simulator } from '../../../simulator';
import { StandInControl } from '../../../standins/control';
import { installStandIns } from '../../../standins/install';
import { testToken } from '../../e2e/support/scenario';
import { machine, nameOf, talosCluster, uuidOf } from './clusterCluster';
import { madeBefore } from './clusterInside';
import { insideProblems, machineProblems, reportProblems, type Goal } from './clusterJudge';

const first = machine('cp', 1, 1);
const worker = machine('worker', 1, 2);
/** Nothing was to be done. */
const goal: Goal = { after: [first, worker], made: [], deleted: [] };

describe('the judge of clusters', () => {
  let certificateFolder: string;
  let folder: string;
  let simulator: Simulator;
  let standIns: StandInControl;
  beforeAll(async () => {
    certificateFolder = await mkdtemp(join(tmpdir(), 'pxm-judge-'));
  });
  afterAll(() => rm(certificateFolder, { recursive: true }));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pxm-judge-'));
    simulator = await startSimulator({ scenario: talosCluster(goal.after), certificateFolder });
    standIns = new StandInControl(installStandIns({ folder, programs: folder }).stateFile);
    const site = {
      cluster: 'crash',
      folder,
      stateFolder: folder,
      theatreFolder: folder,
      buildFolder: folder,
    };
    await madeBefore(goal.after)({ ...site, simulator }, standIns);
  });
  afterEach(async () => {
    await simulator.close();
    await rm(folder, { recursive: true });
  });

  const machines = (more: Partial<Goal> = {}) => machineProblems(simulator.control, { ...goal, ...more });
  const inside = (more: Partial<Goal> = {}) => insideProblems({ standIns, simulator }, { ...goal, ...more });

  function restore(type: string, id: string, exitStatus = 'OK'): void {
    const { tasks } = simulator.control.cluster;
    const pid = (0xbbc + tasks.all().length).toString(16).toUpperCase().padStart(8, '0');
    const upid = `UPID:pve01:${pid}:05270D0B:6B075832:${type}:${id}:root@pam:`;
    tasks.restore({ upid, endTime: 1, exitStatus, log: [] });
  }

  test('finds nothing wrong with a cluster that is as it should be', () => {
    expect([...machines(), ...inside()]).toEqual([]);
  });

  test('finds what a purge begins with set aside as a destruction leaves it', async () => {
    const scenario = talosCluster(goal.after, { stateBefore: 'aside' });
    const aside = await startSimulator({ scenario, certificateFolder });
    try {
      expect(machineProblems(aside.control, { ...goal, isAside: true })).toEqual([]);
    } finally {
      await aside.close();
    }
  });

  test('misses machines, and objects to those that nobody wanted', () => {
    const other = machine('worker', 2, 3);
    expect(machines({ after: [first, other] })).toEqual([
      'there is no lab-worker-2',
      'there is a VM 1001 (lab-worker-1)',
    ]);
    expect(inside({ after: [first] })).toEqual([
      `the nodes: lab-cp-1 ${uuidOf(first)}, lab-worker-1 ${uuidOf(worker)} instead of lab-cp-1 ${uuidOf(first)}`,
      expect.stringMatching(/^machines that run: /),
    ]);
  });

  test('objects to a machine that is another one, half made, or stopped', () => {
    const { control } = simulator;
    const { description = null } = control.guest(first.vmid).config;
    control.setGuest(worker.vmid, { config: { description, protection: null }, status: 'stopped' });
    expect(machines()).toEqual([
      'VM 1001 is stopped on pve02',
      'VM 1001 is not marked as lab-worker-1',
      'VM 1001 is not protected',
    ]);
  });

  test('objects to a disk that is too small, or on another node than its machine', () => {
    const { volumes } = simulator.control.cluster;
    const disk = volumes.find('local-lvm:vm-1001-disk-0', worker.node);
    if (disk === undefined) throw new Error('1001 has no disk');
    volumes.add({ ...disk, node: 'pve01' });
    expect(machines({ made: [worker.vmid], disk: 'size=4G' })).toEqual([
      'scsi0 of VM 1001 is local-lvm:vm-1001-disk-0,size=3G',
      'local-lvm:vm-1001-disk-0 of VM 1001 is not on pve02',
      '0 clones were begun instead of 1',
    ]);
  });

  test('counts clones and deletions: a second one was begun twice', () => {
    for (const [type, id] of [
      ['qmclone', '900'],
      ['qmclone', '900'],
      ['qmdestroy', '1003'],
      ['qmdestroy', '1003'],
      ['qmdestroy', '1004'],
    ] as const) {
      restore(type, id);
    }
    expect(machines({ made: [1001], deleted: [1003] })).toEqual([
      '2 clones were begun instead of 1',
      'the deletion of VM 1003 was begun 2 times instead of 1',
      'the deletion of VM 1004 was begun 1 times instead of 0',
    ]);
  });

  test('does not count a clone whose task found its VMID taken, but any other that failed', () => {
    restore('qmclone', '900');
    restore('qmclone', '900', 'unable to create VM 1001: config file already exists');
    expect(machines({ made: [1001] })).toEqual([]);
    restore('qmclone', '900', 'clone failed: lvcreate failed');
    expect(machines({ made: [1001] })).toEqual(['2 clones were begun instead of 1']);
  });

  test('objects to whatever was asked of a stranger but to be read, and lets the template be cloned', async () => {
    const dispatcher = new Agent({ connect: { ca: simulator.certificateAuthorityPem } });
    const headers = { authorization: `PVEAPIToken=${testToken.id}=${testToken.secret}` };
    for (const [method, path] of [
      ['GET', '/nodes/pve01/qemu/101/config'],
      ['PUT', '/nodes/pve01/qemu/101/config'],
      ['POST', '/nodes/pve01/qemu/101/clone'],
      ['POST', '/nodes/pve01/qemu/900/clone'],
    ] as const) {
      const url = `${simulator.nodes[0]?.url ?? ''}/api2/json${path}`;
      const { body } = await request(url, { dispatcher, headers, method });
      await body.dump();
    }
    await dispatcher.close();
    expect(machines()).toEqual([
      'a stranger was touched: PUT /nodes/pve01/qemu/101/config',
      'a stranger was touched: POST /nodes/pve01/qemu/101/clone',
    ]);
  });

  test('objects to a second bootstrap, to an old member of etcd and to a node that takes no pods', () => {
    standIns.change(({ clusters: [cluster] }) => {
      cluster?.bootstraps.push(uuidOf(worker));
      cluster?.etcdMembers.push({ id: 'f00', uuid: 'gone', hostname: 'lab-cp-2' });
      for (const node of cluster?.nodes ?? []) node.isUnschedulable = node.name === nameOf(worker);
    });
    expect(inside({ hasFlux: true })).toEqual([
      'etcd was bootstrapped 2 times',
      expect.stringMatching(/^the members of etcd: .*lab-cp-2 gone instead of lab-cp-1 \S+$/),
      'lab-worker-1 takes no pods',
      '0 commits were pushed',
      'there are 0 Kustomizations',
    ]);
  });

  test('objects to a report that says more, or less, than is true', () => {
    const report = {
      ...{ outcome: 'incomplete', machines: [{ vmid: 1001, outcome: 'parked' }] },
      members: [{ name: 'lab-cp-1', vmid: 1000, state: 'ready' }],
      steps: [{ id: 'ready-1001', outcome: 'skipped' }],
    };
    expect(reportProblems(report, { ...goal, made: [1001] })).toEqual([
      'the report says incomplete',
      'machines of the report: 1001 parked instead of 1001 ready',
      'members of the report: lab-cp-1 1000 ready instead of lab-cp-1 1000 ready, lab-worker-1 1001 ready',
      'the step ready-1001 is skipped',
      'the report knows of no etcd',
    ]);
  });
});
