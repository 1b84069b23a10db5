import { send } from '../client';
import { dataOf, guest, Lab, labScenario } from './lab';

const slow = { target: 'pve02', online: '1', bwlimit: '20480' };
const timeout = "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout";

async function labOf(version: '8.4' | '9'): Promise<Lab> {
  return Lab.start(labScenario({ version, guests: [guest(100)] }), 60);
}

describe.each(['8.4', '9'] as const)('during a live migration, %s', (version) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await labOf(version);
    const task = await lab.begin(100, slow);
    await lab.untilLogged(task, /migration active/);
  });
  afterAll(() => lab.simulator.close());

  test('changing the configuration is refused: 8.4 waits ten seconds for the file lock, 9 sees the lock key', async () => {
    const startedAt = lab.cluster.clock.now();
    const answer = await send(lab.simulator, {
      method: 'PUT',
      path: '/nodes/pve01/qemu/100/config',
      form: { description: 'x' },
    });
    const waited = lab.cluster.clock.now() - startedAt;
    const reason = version === '9' ? 'VM is locked (migrate)' : timeout;
    expect(answer).toMatchObject({ status: 500, reason });
    if (version === '8.4') expect(waited).toBeGreaterThanOrEqual(10);
  });

  test.each(['stop', 'start'])('%s: a task that fails after waiting for the file lock', async (what) => {
    const answer = await send(lab.simulator, {
      method: 'POST',
      path: `/nodes/pve01/qemu/100/status/${what}`,
    });
    const task = lab.cluster.tasks.find(String(dataOf(answer)), 'pve01');
    await task?.finished;
    expect(task).toMatchObject({ exitStatus: timeout });
    expect(task?.lines[0]).toBe('trying to acquire lock...');
  });

  test('preconditions and another migration see the lock key at once', async () => {
    const reason = 'VM is locked (migrate)';
    expect(await lab.preconditions(100)).toMatchObject({ status: 500, reason });
    expect(await lab.post(100, { ...slow, target: 'pve03' })).toMatchObject({ status: 500, reason });
  });
});

test('the first line of a live migration of 9, and its names of the jobs', async () => {
  const lab = await Lab.start(
    labScenario({
      version: '9',
      guests: [guest(100, { config: { scsi0: 'local-lvm:vm-100-disk-0,size=256M' } })],
    }),
  );
  try {
    const task = await lab.migrate(100, { target: 'pve02', online: '1', 'with-local-disks': '1' });
    expect(task.lines[0]).toMatch(
      / conntrack state migration not supported or disabled, active connections might get dropped$/,
    );
    expect(task.lines).toContain('mirror-scsi0: mirror-job finished');
    expect(task.exitStatus).toBe('OK');
  } finally {
    await lab.simulator.close();
  }
});

test('preconditions of 9 name what mappings and affinity rules stand in the way', async () => {
  const lab = await Lab.start(
    labScenario({
      version: '9',
      guests: [
        guest(100),
        guest(101, { node: 'pve02' }),
        guest(102, { node: 'pve03' }),
        guest(103, { config: { usb0: 'mapping=stick' } }),
      ],
      ha: {
        resources: [{ sid: 'vm:100' }, { sid: 'vm:101' }, { sid: 'vm:102' }],
        rules: {
          apart: { type: 'resource-affinity', resources: 'vm:100,vm:101', affinity: 'negative' },
          together: { type: 'resource-affinity', resources: 'vm:100,vm:102', affinity: 'positive' },
        },
      },
    }),
  );
  try {
    await send(lab.simulator, {
      method: 'POST',
      path: '/cluster/mapping/usb',
      form: { id: 'stick', map: 'node=pve02,id=1234:abcd' },
    });
    expect(dataOf(await lab.preconditions(100))).toMatchObject({
      allowed_nodes: ['pve03'],
      not_allowed_nodes: {
        pve02: { 'blocking-ha-resources': [{ sid: 'vm:101', cause: 'resource-affinity' }] },
        pve03: {},
      },
      'dependent-ha-resources': ['vm:102'],
      'has-dbus-vmstate': 1,
    });
    expect(dataOf(await lab.preconditions(103))).toMatchObject({
      allowed_nodes: ['pve02'],
      not_allowed_nodes: { pve03: { 'unavailable-resources': ['usb0'] } },
      local_resources: ['usb0'],
      'mapped-resources': ['usb0'],
      'mapped-resource-info': { usb0: { name: 'stick' } },
    });
  } finally {
    await lab.simulator.close();
  }
});
