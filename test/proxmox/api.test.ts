import { parseUpid } from '../../src/domain/upid';
import { permissions } from '../../src/proxmox/api/access';
import { clusterResources, clusterStatus, haResources } from '../../src/proxmox/api/cluster';
import { lxcList, qemuConfig, qemuList, qemuPending, qemuStatus } from '../../src/proxmox/api/guests';
import { migrationPreconditions, startMigration } from '../../src/proxmox/api/migration';
import { haStatus } from '../../src/proxmox/api/haStatus';
import { isVmidFree } from '../../src/proxmox/api/nextId';
import { nodeStatus, nodeStorages, nodeVersion, storageContent, version } from '../../src/proxmox/api/node';
import { clusterTasks, nodeTasks, taskLog, taskStatus } from '../../src/proxmox/api/tasks';
import { createProxmoxClient, type ProxmoxClient } from '../../src/proxmox/client';
import { recordedAnswers } from './recordedAnswers';
import { startLab, startRawNode, storeOf, useCleanUp } from './support';

const clean = useCleanUp();
const guest = { node: 'pve01', vmid: 100 };
const upid = parseUpid('UPID:pve01:00000CBC:00076956:6B03769F:qmigrate:141:claude-code@pve!wfe:');

/** A client of a node that gives the data it is told to. */
async function answering() {
  let data: unknown;
  const requests: string[] = [];
  const { settings } = await startRawNode(clean, (request, response) => {
    requests.push(request.url ?? '');
    response.end(JSON.stringify({ data }));
  });
  const client = createProxmoxClient({ cluster: settings, credentials: storeOf(['a@pve!tt', 's']) });
  clean(() => client.close());
  return { client, requests, give: (next: unknown) => (data = next) };
}

const calls: readonly (readonly [string, RegExp, (client: ProxmoxClient) => Promise<unknown>])[] = [
  ['version', /^\/version$/, version],
  ['clusterStatus', /^\/cluster\/status$/, clusterStatus],
  ['haResources', /^\/cluster\/ha\/resources$/, haResources],
  ['haStatus', /^\/cluster\/ha\/status\/current$/, haStatus],
  ['clusterTasks', /^\/cluster\/tasks$/, clusterTasks],
  ['isVmidFree', /^\/cluster\/nextid$/, async (client) => isVmidFree(client, 100)],
  ['permissions', /^\/access\/permissions$/, permissions],
  ['nodeVersion', /^\/nodes\/\w+\/version$/, async (client) => nodeVersion(client, 'pve01')],
  ['nodeStatus', /^\/nodes\/\w+\/status$/, async (client) => nodeStatus(client, 'pve01')],
  ['nodeStorages', /^\/nodes\/\w+\/storage$/, async (client) => nodeStorages(client, 'pve01')],
  [
    'storageContent',
    /^\/nodes\/\w+\/storage\/[^/]+\/content$/,
    async (client) => storageContent(client, { node: 'pve01', storage: 'local' }),
  ],
  ['nodeTasks', /^\/nodes\/pve0\d\/tasks$/, async (client) => nodeTasks(client, 'pve01', {})],
  ['taskStatus', /^\/nodes\/\w+\/tasks\/[^/]+\/status$/, async (client) => taskStatus(client, upid)],
  [
    'taskLog',
    /^\/nodes\/\w+\/tasks\/[^/]+\/log$/,
    async (client) => taskLog(client, upid, { start: 0, limit: 0 }),
  ],
  ['qemuList', /^\/nodes\/\w+\/qemu$/, async (client) => qemuList(client, 'pve01')],
  ['lxcList', /^\/nodes\/\w+\/lxc$/, async (client) => lxcList(client, 'pve01')],
  ['qemuConfig', /^\/nodes\/\w+\/qemu\/\d+\/config$/, async (client) => qemuConfig(client, guest)],
  ['qemuPending', /^\/nodes\/\w+\/qemu\/\d+\/pending$/, async (client) => qemuPending(client, guest)],
  ['qemuStatus', /^\/nodes\/\w+\/qemu\/\d+\/status\/current$/, async (client) => qemuStatus(client, guest)],
  [
    'migrationPreconditions',
    /^\/nodes\/\w+\/qemu\/\d+\/migrate$/,
    async (client) => migrationPreconditions(client, guest),
  ],
];

describe('every answer recorded from real clusters is understood', () => {
  const recorded = recordedAnswers();

  test.each(calls)('%s', async (_name, pattern, call) => {
    const { client, give } = await answering();
    const answers = recorded.filter(({ path, title }) => pattern.test(path) && !title.includes('download'));
    const failures: string[] = [];
    for (const { data, file, title } of answers) {
      give(data);
      await call(client).catch((error: unknown) => failures.push(`${file}, ${title}: ${String(error)}`));
    }
    expect(failures).toEqual([]);
    expect(answers.length).toBeGreaterThan(0);
  });

  test.each(['vm', 'node', 'storage'] as const)('clusterResources of type %s', async (type) => {
    const { client, give } = await answering();
    const kinds = type === 'vm' ? ['qemu', 'lxc'] : [type];
    for (const { data } of recorded.filter(({ path }) => path === '/cluster/resources')) {
      give(
        (Array.isArray(data) ? data : []).filter((row: { type?: string }) => kinds.includes(row.type ?? '')),
      );
      await clusterResources(client, type);
    }
  });
});

describe('what answers mean', () => {
  test('a node is forbidden only if its reasons are not empty', async () => {
    const { client, give } = await answering();
    give({
      running: 0,
      allowed_nodes: ['pve02'],
      not_allowed_nodes: {
        pve02: {},
        pve03: { unavailable_storages: ['only1'] },
        pve04: { 'blocking-ha-resources': [{ sid: 'vm:210', cause: 'resource-affinity' }] },
      },
      local_disks: [
        { volid: 'local:iso/x.iso', cdrom: 1, size: '358400' },
        { volid: 'l:vm-1-cloudinit', is_cloudinit: 1, referenced_in_snapshot: { s1: 1 } },
      ],
      local_resources: ['usb0'],
    });
    const answer = await migrationPreconditions(client, guest);
    expect([...answer.forbiddenNodes.keys()]).toEqual(['pve03', 'pve04']);
    expect(answer.forbiddenNodes.get('pve04')?.blockingHaResources).toEqual(['vm:210']);
    expect(answer.localDisks).toMatchObject([
      { cdrom: true, sizeBytes: 358_400 },
      { cloudInit: true, sizeBytes: 0, snapshots: ['s1'] },
    ]);
    expect(answer).toMatchObject({ running: false, localResources: ['usb0'], mappedResources: [] });
  });

  test('numbers in text, flags in any form and absent fields are read', async () => {
    const { client, give } = await answering();
    give([{ vmid: '101', name: 7, status: 'running', template: '', tags: ' ' }]);
    await expect(qemuList(client, 'pve01')).resolves.toMatchObject([
      { vmid: 101, name: '7', running: true, template: false, tags: [], lock: undefined },
    ]);
  });

  test('a paused guest runs, with its state apart', async () => {
    const { client, give } = await answering();
    give({
      status: 'running',
      qmpstatus: 'paused',
      lock: 'migrate',
      ha: { managed: 1, state: 'started', group: null },
      clipboard: null,
    });
    await expect(qemuStatus(client, guest)).resolves.toMatchObject({
      running: true,
      qmpStatus: 'paused',
      lock: 'migrate',
      haManaged: true,
      haState: 'started',
    });
  });

  test('a configuration is its keys as text, with the digest apart', async () => {
    const { client, give } = await answering();
    give({ digest: 'abc', memory: '256', cores: 2, onboot: 0, description: 'two\nlines' });
    const { digest, keys } = await qemuConfig(client, guest);
    expect(digest).toBe('abc');
    expect(Object.fromEntries(keys)).toEqual({
      memory: '256',
      cores: '2',
      onboot: '0',
      description: 'two\nlines',
    });
  });

  test.each([
    [[{ n: 1, t: 'no content' }]],
    [[{ n: 1, t: 'unable to open file - No such file or directory' }]],
    [{}],
  ])('the log %j is empty', async (data) => {
    const { client, give } = await answering();
    give(data);
    await expect(taskLog(client, upid, { start: 0, limit: 50 })).resolves.toEqual([]);
  });

  test('running tasks are listed unless something else is asked for, and are told apart', async () => {
    const { client, give, requests } = await answering();
    const row = {
      upid: upid.text,
      type: 'qmigrate',
      id: 141,
      user: 'claude-code@pve',
      tokenid: 'wfe',
      starttime: 5,
    };
    give([
      { ...row, status: 'RUNNING' },
      { ...row, endtime: 9, status: 'OK' },
    ]);
    const tasks = await nodeTasks(client, 'pve01', { vmid: 141, typefilter: 'qmigrate', since: 4 });
    expect(requests).toEqual([
      '/api2/json/nodes/pve01/tasks?vmid=141&typefilter=qmigrate&since=4&source=all',
    ]);
    expect(tasks).toMatchObject([
      { running: true, exitStatus: undefined, id: '141', tokenName: 'wfe' },
      { running: false, exitStatus: 'OK' },
    ]);
  });
});

test('a migration is started with only the parameters that are needed, and gives the task', async () => {
  const bodies: string[] = [];
  const { settings } = await startRawNode(clean, (request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
    request.on('end', () => response.end(JSON.stringify({ data: upid.text })));
  });
  const client = createProxmoxClient({ cluster: settings, credentials: storeOf(['a@pve!tt', 's']) });
  clean(() => client.close());
  await startMigration(client, guest, { target: 'pve02', online: false, withLocalDisks: false });
  const started = await startMigration(client, guest, {
    target: 'pve02',
    online: true,
    withLocalDisks: true,
    targetstorage: 'a:b',
    bwlimitKiBPerSecond: 1000,
  });
  expect(bodies).toEqual([
    'target=pve02',
    'target=pve02&online=1&with-local-disks=1&targetstorage=a%3Ab&bwlimit=1000',
  ]);
  expect(started).toMatchObject({
    node: 'pve01',
    type: 'qmigrate',
    id: '141',
    user: 'claude-code@pve',
    tokenName: 'wfe',
  });
});

test('a simulated cluster is read', async () => {
  const { client } = await startLab(clean);
  await expect(clusterResources(client, 'vm')).resolves.toMatchObject([
    { vmid: 100, node: 'pve01' },
    { vmid: 101, node: 'pve02' },
  ]);
  await expect(clusterResources(client, 'node')).resolves.toHaveLength(3);
});
