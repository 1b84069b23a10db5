import { guestSummaries } from '../../../src/activities/reading/guestSummaries';
import { storageSummaries } from '../../../src/activities/reading/storageSummaries';
import { taskOfSilentNode, taskSummary } from '../../../src/activities/reading/taskSummaries';
import { problem } from '../../../src/domain/errors';

const silent = {
  node: 'pve03',
  problem: problem('NodeUnreachable', { attempted: 'ask pve03', failed: 'it is down' }),
};

describe('guests of nodes that do not answer', () => {
  const resource = {
    ...{ type: 'qemu' as const, vmid: 101, node: 'pve03', template: false, tags: [], lock: undefined },
    ...{
      pool: undefined,
      mem: undefined,
      maxmem: undefined,
      maxcpu: undefined,
      memhost: undefined,
      hastate: undefined,
    },
  };

  it('have no name and no figures once the last broadcast has expired', () => {
    const [guest] = guestSummaries(
      new Map(),
      [{ ...resource, name: undefined, status: 'unknown' }],
      [silent],
    );
    expect(guest).toEqual({ vmid: 101, kind: 'qemu', node: 'pve03', status: 'unknown', tags: [] });
  });

  it('count as where another node shows them, if they have moved meanwhile', () => {
    const row = {
      ...{ vmid: 101, name: 'web', running: true, template: false, lock: undefined, tags: [] },
      ...{ memoryBytes: 1, memoryUsedBytes: 1, cpus: 1, cpuShare: 0, diskBytes: 0, uptimeSeconds: 1 },
    };
    const lists = new Map([['pve01', { machines: [row], containers: [] }]]);
    const guests = guestSummaries(lists, [{ ...resource, name: 'web', status: 'running' }], [silent]);
    expect(guests).toMatchObject([{ vmid: 101, node: 'pve01', status: 'running' }]);
  });
});

describe('storages', () => {
  const row = {
    ...{ storage: 'nas', shared: true, content: ['images'], plugintype: 'nfs' },
    ...{ status: 'available', disk: 10, maxdisk: 100 },
  };
  const broken = { status: 'unknown', disk: undefined, maxdisk: undefined };

  it('are partly available where one of their nodes can not use them', () => {
    const rows = [
      { ...row, node: 'pve02', ...broken },
      { ...row, node: 'pve01' },
    ];
    expect(storageSummaries(rows, new Set())).toMatchObject([
      { status: 'partly', unavailableOn: ['pve02'], unknownOn: [], usedBytes: 10, totalBytes: 100 },
    ]);
  });

  it('are unavailable where none of the nodes that answer can use them', () => {
    const rows = [
      { ...row, node: 'pve01', ...broken },
      { ...row, node: 'pve03' },
    ];
    expect(storageSummaries(rows, new Set(['pve03']))).toMatchObject([
      { status: 'unavailable', unavailableOn: ['pve01'], unknownOn: ['pve03'] },
    ]);
  });

  it('of a silent node alone are unknown, with no figures that may be wrong by now', () => {
    const [local] = storageSummaries([{ ...row, shared: false, node: 'pve03' }], new Set(['pve03']));
    expect(local).toMatchObject({ status: 'unknown', unknownOn: ['pve03'] });
    expect(local).not.toHaveProperty('usedBytes');
  });
});

describe('tasks', () => {
  const row = {
    ...{ upid: 'UPID:pve01:00001000:00002000:6B037000:qmigrate:101:a@pve!t:', type: 'qmigrate', id: '101' },
    ...{ user: 'a@pve!t', tokenName: undefined, startTimeSeconds: 0x6b037000 },
  };
  const running = { ...row, endTimeSeconds: undefined, running: true, exitStatus: undefined };
  const ended = { ...row, endTimeSeconds: 0x6b037001, running: false };

  it.each([
    ['OK', 'ok'],
    ['WARNINGS: 2', 'warning'],
    ['unexpected status', 'unknown'],
    ['migration aborted', 'error'],
  ])('that ended with %s are %s', (exitStatus, outcome) => {
    expect(taskSummary({ ...ended, exitStatus })).toMatchObject({ outcome, exitStatus, user: 'a@pve!t' });
  });

  it('of a silent node may have ended since it was last heard of', () => {
    expect(taskSummary(running)).toMatchObject({ outcome: 'running' });
    expect(taskOfSilentNode(running)).toMatchObject({ outcome: 'unknown' });
    expect(taskOfSilentNode({ ...ended, exitStatus: 'OK' })).toMatchObject({ outcome: 'ok' });
  });
});
