import type { EvacuationPlan } from '../../src/domain/evacuationPlan';
import type { OperationProgress } from '../../src/domain/progress';
import type { EvacuationReport } from '../../src/domain/report';
import { untouched } from '../activities/access/support/lab';
import { setAccessStage, type AccessStage } from './support/accessStage';
import { sharedGuest, slowGuest } from './support/scenario';
import { waitUntil } from '../support/waitUntil';

const user = 'claude-code@pve';

function cluster(guests: readonly ReturnType<typeof sharedGuest>[], stream = '512M') {
  return untouched('9', {
    nodes: ['pve01', 'pve02', 'pve03'].map((name) => ({ name, cpus: 8, memory: '128G' })),
    storages: [{ id: 'nfs', type: 'nfs', content: ['images'], size: '4T' }],
    guests: [...guests],
    network: { link: '1G', stream, disk: '512M' },
  });
}

async function approve(handle: Awaited<ReturnType<AccessStage['evacuate']>>): Promise<void> {
  await waitUntil('a plan that waits for approval', async () => {
    const { waitingFor } = await handle.query<OperationProgress>('progress');
    return waitingFor === 'approval' ? true : undefined;
  });
  const plan = await handle.query<EvacuationPlan>('plan');
  await handle.executeUpdate('approve', { args: [{ planHash: plan.hash.slice(0, 12), by: 'test' }] });
}

describe('the token that bootstrap makes', () => {
  let stage: AccessStage;
  afterEach(async () => stage.close());

  test('suffices with the profile evacuation to empty a node', async () => {
    stage = await setAccessStage(cluster([sharedGuest(101), sharedGuest(102, { status: 'stopped' })]), {
      trust: 'ca_file: ca.pem',
    });
    await stage.bring('bootstrapAccess', { profile: 'evacuation' });
    const handle = await stage.evacuate({ node: 'pve01' });
    await approve(handle);
    const report = (await handle.result()) as EvacuationReport;
    expect(report).toMatchObject({ outcome: 'done', nodeIsEmpty: true });
  });

  test('is rotated while it moves a guest; the old one stops that move, and goes only then', async () => {
    stage = await setAccessStage(cluster([slowGuest(101)], '24M'), { trust: 'ca_file: ca.pem' });
    const { control } = stage.lab.simulator;
    await stage.bring('bootstrapAccess');
    const evacuation = await stage.evacuate({ node: 'pve01' });
    await approve(evacuation);
    const task = await control.waitFor(
      () => control.runningTasks({ type: 'qmigrate', id: '101' })[0],
      'the migration',
    );
    const rotation = await stage.start('rotateToken');
    await rotation.approved();
    await waitUntil('the wait for the old token', async () => {
      const { steps } = await rotation.handle.query<OperationProgress>('progress');
      return steps.some(({ id, phase }) => id.startsWith('tasks-') && phase === 'starting')
        ? true
        : undefined;
    });
    const names = () => [...(control.cluster.access.users.get(user)?.tokens.keys() ?? [])];
    expect(names()).toEqual(['automation', 'automation-2']);

    await evacuation.executeUpdate('cancel', { args: [{ running: 'abort', by: 'test' }] });
    const report = (await evacuation.result()) as EvacuationReport;
    expect(report.outcome).toBe('cancelled');
    expect(task.exitStatus).not.toBe('OK');
    await expect(rotation.report()).resolves.toMatchObject({ outcome: 'done' });
    expect(names()).toEqual(['automation-2']);
  });
});
