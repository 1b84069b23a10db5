import { startSimulatedCluster } from './simulated';
import type { ClusterUnderTest } from './cluster';
import { recordingStateSchema } from '../state/schema';

const secret = '5f1c0a9e-7d24-4b86-a3ef-0c9d8e7b6a51';
const state = recordingStateSchema.parse({
  version: 1,
  scenario: {
    version: '9',
    nodes: [{ name: 'pve01' }, { name: 'pve02' }],
    storages: [{ id: 'local-lvm', type: 'lvmthin', size: '500G' }],
    guests: [{ vmid: 100, node: 'pve01', name: 'web', status: 'running' }],
    access: {
      users: [{ id: 'u@pve', tokens: [{ id: 'tok', secret }] }],
      acl: [{ path: '/', user: 'u@pve', role: 'Administrator' }],
    },
  },
});

describe('simulated time while a recording is replayed', () => {
  let cluster: ClusterUnderTest;
  let begunAt: number;
  beforeEach(async () => {
    cluster = await startSimulatedCluster(state);
    begunAt = cluster.now();
  });
  afterEach(() => cluster.close());

  const passed = (): number => cluster.now() - begunAt;

  function begin(method: string, path: string, token = secret) {
    const headers = { Authorization: `PVEAPIToken=u@pve!tok=${token}` };
    return cluster.send('pve01', {
      method,
      path: `/api2/json${path}`,
      params: null,
      headers,
      body: undefined,
    });
  }

  test('stands still while a request and its answer are on their way', async () => {
    const underway = await begin('GET', '/version');
    expect(await underway.answer()).toMatchObject({ status: 200 });
    expect(passed()).toBe(0);
  });

  test('passes exactly as long as the cluster itself takes to answer', async () => {
    const underway = await begin('GET', '/version', 'wrong');
    expect(passed()).toBe(0);
    expect(await underway.answer()).toMatchObject({ status: 401 });
    expect(passed()).toBeCloseTo(3, 3);
  });

  test('passes to the moment that is asked for, with what is due on the way', async () => {
    const started = await begin('POST', '/nodes/pve01/qemu/100/status/stop');
    await started.answer();
    await cluster.until(begunAt + 60);
    expect(passed()).toBeCloseTo(60, 3);
    const underway = await begin('GET', '/nodes/pve01/qemu/100/status/current');
    expect(await underway.answer()).toMatchObject({ body: { data: { status: 'stopped' } } });
  });

  test('passes for no command either', async () => {
    const underway = await cluster.run('pve01', ['qm', 'list']);
    expect(await underway.answer()).toMatchObject({ exitCode: 0 });
    expect(passed()).toBe(0);
  });

  test('does not wait for a connection that is refused', async () => {
    await cluster.apply({ kind: 'daemon-stopped', node: 'pve01', daemon: 'pveproxy' });
    const underway = await begin('GET', '/version');
    expect(await underway.answer()).toMatchObject({ status: 0 });
    expect(passed()).toBe(0);
  });
});
