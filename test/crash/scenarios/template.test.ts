import { Agent, request } from 'undici';
import { startSimulator, type Simulator } from '../../../simulator';
import { sharedGuest, testToken } from '../../e2e/support/scenario';
import { templateCluster } from './templateCluster';
import { clusterProblems, reportProblems } from './templateJudge';
import { taskProblems } from './templateTasks';

describe('the judge of templates', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ scenario: templateCluster() });
  });
  afterEach(() => simulator.close());

  function restore(type: string, id: string, log: readonly string[] = []): void {
    const { tasks } = simulator.control.cluster;
    const pid = (0xbbc + tasks.all().length).toString(16).toUpperCase().padStart(8, '0');
    const upid = `UPID:pve01:${pid}:05270D0B:6B075832:${type}:${id}:root@pam:`;
    tasks.restore({ upid, endTime: 1, exitStatus: 'OK', log: [...log] });
  }

  test('misses copies, and knows the guests of before', () => {
    expect(clusterProblems(simulator.control)).toEqual(['there is no VM 900', 'there is no VM 901']);
  });

  test('objects to what is not in force', () => {
    simulator.control.addGuest(sharedGuest(900, { node: 'pve02', name: 'debian-13-v1-01a215ef' }));
    expect(clusterProblems(simulator.control)).toEqual(
      expect.arrayContaining([
        'VM 900 is on pve02',
        'VM 900 is called debian-13-v1-01a215ef',
        'VM 900 is no template',
        'the marker of VM 900 does not bring it into force',
        expect.stringContaining('scsi0 of VM 900 is no base volume'),
      ]),
    );
  });

  test('objects to a test clone and to an image that were left', () => {
    const { control } = simulator;
    control.addGuest(sharedGuest(1000, { name: 'debian-13-v1-01a215ef-test' }));
    const [volume] = control.cluster.volumes.all();
    if (volume === undefined) throw new Error('there are no volumes');
    control.cluster.volumes.add({ ...volume, volid: 'images:import/a.qcow2', storage: 'images' });
    expect(clusterProblems(control)).toEqual(
      expect.arrayContaining([
        'there is a VM 1000 (debian-13-v1-01a215ef-test)',
        'there is images:import/a.qcow2',
      ]),
    );
  });

  test('counts tasks: a second one was begun twice', () => {
    for (const id of ['900', '900', '900']) restore('qmclone', id);
    expect(taskProblems(simulator.control)).toContain('3 tasks qmclone 900 instead of 2');
    expect(taskProblems(simulator.control)).toContain('0 tasks qmcreate 900 instead of 1');
  });

  test('lets a removal be asked for again that finds the image gone, if a person has decided that', () => {
    restore('imgdel', 'images');
    restore('imgdel', 'images', ["disk image '/srv/images/import/a.qcow2' does not exist"]);
    const objection = '2 tasks imgdel images instead of 1';
    const decision = { stepId: 'build-pve01.remove-image', answer: { choice: 'retry' } };
    expect(taskProblems(simulator.control)).toContain(objection);
    expect(taskProblems(simulator.control, { decisions: [decision] })).not.toContain(objection);
  });

  test.each([
    ['lets a late start that finds the machine running pass', true, '1 tasks qmstart 102 instead of 0'],
    ['objects to a second start after the first one was answered', false, '2 tasks qmstart 102 instead of 0'],
  ])('%s', async (_title, isLate, said) => {
    const { control } = simulator;
    const path = '/nodes/pve02/qemu/102/status/start';
    const hold = control.holdRequest({ method: 'POST', path }, 'before handling');
    const first = post(path);
    await hold.arrived;
    if (!isLate) {
      hold.release();
      await first;
    }
    await post(path);
    hold.release();
    await first;
    expect(taskProblems(control)).toContain(said);
  });

  async function post(path: string): Promise<void> {
    const dispatcher = new Agent({ connect: { ca: simulator.certificateAuthorityPem } });
    const [, , node] = path.split('/');
    const url = simulator.nodes.find(({ name }) => name === node)?.url ?? '';
    const headers = { authorization: `PVEAPIToken=${testToken.id}=${testToken.secret}` };
    const { statusCode, body } = await request(`${url}/api2/json${path}`, {
      ...{ dispatcher, headers, method: 'POST' },
    });
    await body.dump();
    await dispatcher.close();
    expect(statusCode).toBe(200);
  }

  test('objects to a report that says more than is true', () => {
    const copies = [{ vmid: 900, node: 'pve01', outcome: 'inForce' }];
    const report = { outcome: 'done', generation: 1, copies, steps: [], warnings: [] };
    expect(reportProblems(simulator.control, report)).toEqual([
      'the report names 1 copies',
      'the report says that VM 900 is on pve01',
      'the report knows of no boot test that was passed',
    ]);
  });
});
