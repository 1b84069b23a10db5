import type { ScenarioInput } from '../../simulator';
import { localGuest, proxmoxVersions, sharedGuest, smallCluster } from '../e2e/support/scenario';
import { openReadingLab, type ReadingLab } from './support/readingLab';

const gib = 1024 ** 3;

/** Two guests have the same name, one is paused, one is locked, one a template, one a container. */
const guests: ScenarioInput['guests'] = [
  sharedGuest(101, { name: 'web-1', config: { memory: 4096, cores: 2, tags: 'prod;web' } }),
  sharedGuest(102, { name: 'web-2', node: 'pve02', config: { memory: 2048, cores: 1, tags: 'web' } }),
  localGuest(103, { name: 'db', node: 'pve02', status: 'paused' }),
  localGuest(104, { name: 'db', node: 'pve03', status: 'stopped', lock: 'backup' }),
  sharedGuest(900, { name: 'base', status: 'stopped', config: { memory: 512, template: 1 } }),
  { vmid: 200, type: 'lxc', node: 'pve03', name: 'proxy', status: 'running', config: { memory: 512 } },
];

const ha: ScenarioInput['ha'] = {
  resources: [{ sid: 'vm:101' }, { sid: 'ct:200', state: 'stopped' }],
  maintenance: ['pve03'],
};

const pastTasks: ScenarioInput['tasks'] = [
  {
    upid: 'UPID:pve01:00001000:00002000:6B037000:qmstart:101:root@pam:',
    endtime: 0x6b037001,
    exitstatus: 'OK',
  },
  {
    upid: 'UPID:pve02:00001001:00002001:6B037010:qmigrate:102:claude-code@pve!automation:',
    endtime: 0x6b037020,
    exitstatus: 'migration aborted',
  },
  {
    upid: 'UPID:pve03:00001002:00002002:6B037020:qmstart:104:root@pam:',
    endtime: 0x6b037030,
    exitstatus: 'WARNINGS: 1',
  },
];

describe.each(proxmoxVersions)('looking at a cluster of Proxmox VE %s', (version) => {
  let lab: ReadingLab;

  beforeAll(async () => {
    lab = await openReadingLab(smallCluster(version, guests, { ha, tasks: pastTasks }));
  });
  afterAll(() => lab.close());

  it('shows the cluster on one screen, and says that operations are not known without Temporal', async () => {
    const { exitCode, stdout, stderr } = await lab.pxm('status');
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain('Quorum: yes, 3 of 3 nodes online');
    expect(stdout).toMatch(/^HA: master pve01; services: .*1 started/m);
    expect(stdout).toContain('in maintenance: pve03');
    expect(stdout).toContain('Guests: 6: 3 running, 1 paused, 1 stopped, 1 template');
    expect(stdout).toContain('Locked: 104 db (backup)');
    expect(stdout).toMatch(/^pve01 +online .* of 16 .* of 64 GiB .* 1 of 2 running/m);
    expect(stdout).toMatch(/^local-lvm +3 nodes +lvmthin +available .* of 1\.5 TiB/m);
    expect(stdout).toMatch(/^nfs +shared by 3 +nfs +available/m);
    expect(stdout).toContain('No task is running.');
    expect(stdout).toContain('Operations are not known: nothing answers at 127.0.0.1:');
  });

  it('gives the same as one JSON document, units in names', async () => {
    const { document, exitCode } = await lab.json('status');
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({
      cluster: 'lab',
      proxmoxName: 'simulated',
      quorate: true,
      via: 'direct',
      unanswered: [],
      warnings: [],
      guests: { running: 3, paused: 1, stopped: 1, template: 1 },
      ha: { master: 'pve01', maintenanceNodes: ['pve03'], troubled: [] },
      operations: { known: false },
      runningTasks: [],
      exitCode: 0,
    });
    expect(document).toHaveProperty('nodes.0', {
      node: 'pve01',
      status: 'online',
      ...(version === '9' ? { haState: 'online' } : {}),
      version: version === '9' ? '9.2.11' : '8.4.1',
      cpus: 16,
      cpuShare: expect.any(Number) as number,
      memoryUsedBytes: expect.any(Number) as number,
      memoryTotalBytes: 64 * gib,
      uptimeSeconds: expect.any(Number) as number,
      guests: 2,
      guestsRunning: 1,
    });
  });

  it('lists guests as their own nodes show them, each once, by VMID', async () => {
    const { document } = await lab.json('guests');
    expect(vmidsOf(document)).toEqual([101, 102, 103, 104, 200, 900]);
    expect(document).toHaveProperty('guests.0', {
      vmid: 101,
      name: 'web-1',
      kind: 'qemu',
      node: 'pve01',
      status: 'running',
      tags: ['prod', 'web'],
      haState: 'started',
      cpus: 2,
      cpuShare: 0.05,
      memoryBytes: 4 * gib,
      memoryUsedBytes: expect.any(Number) as number,
      uptimeSeconds: expect.any(Number) as number,
    });
    expect(document).toMatchObject({
      guests: [
        {},
        {},
        { vmid: 103, status: 'paused' },
        { vmid: 104, status: 'stopped', lock: 'backup' },
        { vmid: 200, kind: 'lxc', status: 'running' },
        { vmid: 900, status: 'template' },
      ],
    });
  });

  it.each([
    [
      ['--node', 'pve02'],
      [102, 103],
    ],
    [
      ['--node', 'pve01', '--node', 'pve03'],
      [101, 104, 200, 900],
    ],
    [
      ['--name', 'web-*'],
      [101, 102],
    ],
    [
      ['--name', 'WEB-?', '--name', 'd*'],
      [101, 102, 103, 104],
    ],
    [['--tag', 'prod'], [101]],
    [['--tag', 'Web', '--node', 'pve02'], [102]],
    [
      ['--status', 'running'],
      [101, 102, 200],
    ],
    [
      ['--status', 'template', '--status', 'paused'],
      [103, 900],
    ],
    [['--name', 'nobody'], []],
    [['web-1'], [101]],
    [['104'], [104]],
  ])('filters guests by %j', async (filter, vmids) => {
    const { document, exitCode } = await lab.json('guests', ...filter);
    expect(vmidsOf(document)).toEqual(vmids);
    expect(exitCode).toBe(0);
  });

  it.each([
    [
      ['--sort', 'name'],
      [900, 103, 104, 200, 101, 102],
    ],
    [
      ['--sort', 'vmid', '--reverse'],
      [900, 200, 104, 103, 102, 101],
    ],
    [
      ['--sort', 'memory', '--status', 'running'],
      [101, 102, 200],
    ],
    [
      ['--sort', 'memory', '--status', 'running', '--reverse'],
      [200, 102, 101],
    ],
  ])('sorts guests with %j', async (sort, vmids) => {
    expect(vmidsOf((await lab.json('guests', ...sort)).document)).toEqual(vmids);
  });

  it('refuses a name that two guests have, with exit 2, naming their VMIDs', async () => {
    const { exitCode, stderr } = await lab.pxm('guests', 'db');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('2 guests have this name: 103 (on pve02), 104 (on pve03)');
    expect((await lab.pxm('tasks', '--guest', 'db')).exitCode).toBe(2);
  });

  it('names the nearest guest where there is none of that name, with exit 2', async () => {
    const { exitCode, stderr } = await lab.pxm('guests', 'wbe-2');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Did you mean web-2?');
  });

  it('lists storages: a shared one once, others for each node, with use', async () => {
    const { document } = await lab.json('storage');
    const places = rowsOf(document, 'storages').map(({ storage, nodes }) => [storage, nodes]);
    expect(places).toEqual([
      ...['pve01', 'pve02', 'pve03'].map((node) => ['local', [node]]),
      ...['pve01', 'pve02', 'pve03'].map((node) => ['local-lvm', [node]]),
      ['nfs', ['pve01', 'pve02', 'pve03']],
    ]);
    const one = await lab.json('storage', '--name', '*lvm', '--node', 'pve02');
    expect(rowsOf(one.document, 'storages')).toEqual([
      {
        storage: 'local-lvm',
        type: 'lvmthin',
        shared: false,
        content: ['images', 'rootdir'],
        nodes: ['pve02'],
        unavailableOn: [],
        unknownOn: [],
        status: 'available',
        usedBytes: 2 * gib,
        totalBytes: 500 * gib,
      },
    ]);
  });

  it('lists tasks of all nodes, newest first, with how they ended', async () => {
    const { document } = await lab.json('tasks');
    expect(rowsOf(document, 'tasks')).toEqual([
      expect.objectContaining({
        node: 'pve03',
        object: '104',
        outcome: 'warning',
        exitStatus: 'WARNINGS: 1',
      }),
      expect.objectContaining({
        node: 'pve02',
        type: 'qmigrate',
        outcome: 'error',
        user: 'claude-code@pve!automation',
        startedAt: new Date(0x6b037010 * 1000).toISOString(),
        endedAt: new Date(0x6b037020 * 1000).toISOString(),
      }),
      expect.objectContaining({ node: 'pve01', object: '101', outcome: 'ok' }),
    ]);
  });

  it.each([
    [['--status', 'error'], ['102']],
    [
      ['--status', 'ok', '--status', 'warning'],
      ['104', '101'],
    ],
    [['--status', 'running'], []],
    [
      ['--type', 'qmstart'],
      ['104', '101'],
    ],
    [['--guest', 'web-2'], ['102']],
    [['--guest', '101'], ['101']],
    [['--node', 'pve03'], ['104']],
    [['--limit', '1'], ['104']],
    [
      ['--sort', 'node'],
      ['101', '102', '104'],
    ],
  ])('filters tasks by %j', async (filter, objects) => {
    const { document } = await lab.json('tasks', ...filter);
    expect(rowsOf(document, 'tasks').map(({ object }) => object)).toEqual(objects);
  });

  it('names the nearest node for one that the cluster does not have, with exit 2', async () => {
    for (const command of ['guests', 'nodes', 'storage', 'tasks']) {
      const { exitCode, document, stderr } = await lab.json(command, '--node', 'pve2');
      expect(exitCode).toBe(2);
      expect(stderr).toContain('Did you mean pve02?');
      expect(document).toMatchObject({ error: { code: 'InputInvalid' }, exitCode: 2 });
    }
  });
});

interface Row {
  readonly [field: string]: unknown;
}

function rowsOf(document: unknown, key: string): Row[] {
  const rows = (document as Record<string, unknown>)[key];
  if (!Array.isArray(rows)) throw new Error(`no ${key}`);
  return rows as Row[];
}

function vmidsOf(document: unknown): unknown[] {
  return rowsOf(document, 'guests').map(({ vmid }) => vmid);
}
