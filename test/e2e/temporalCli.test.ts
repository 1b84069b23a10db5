import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { EvacuationPlan } from '../../src/domain/evacuationPlan';
import { evacuationWorkflowId, shownPlanHashLength, taskQueueOf } from '../../src/domain/names';
import type { EvacuationReport } from '../../src/domain/report';
import { temporalExecutable, testConnectionSettings } from '../support/temporal';
import { sharedGuest, smallCluster } from './support/scenario';
import { setStage, type Stage } from './support/stage';
import { waitUntil } from '../support/waitUntil';

const wrongHash = '0123456789ab';

describe('an evacuation with nothing but the temporal CLI', () => {
  let stage: Stage;
  let workflowId: string;
  beforeEach(async () => {
    stage = await setStage({ scenario: smallCluster('9', [sharedGuest(101)]) });
    workflowId = evacuationWorkflowId(stage.cluster, 'pve01');
  });
  afterEach(() => stage.close());

  /** Runs the CLI; resolves with what it printed, also when it failed. */
  async function temporal(
    ...args: readonly string[]
  ): Promise<{ readonly failed: boolean; readonly output: string }> {
    const { address, namespace } = await testConnectionSettings();
    const connection = ['--address', address, '--namespace', namespace];
    try {
      const { stdout, stderr } = await promisify(execFile)(await temporalExecutable(), [
        ...args,
        ...connection,
      ]);
      return { failed: false, output: stdout + stderr };
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
      return { failed: true, output: stdout + stderr };
    }
  }

  async function start(input: string): Promise<void> {
    const queue = taskQueueOf(stage.cluster);
    const typed = [
      '--type',
      'evacuateNode',
      '--task-queue',
      queue,
      '--workflow-id',
      workflowId,
      '--input',
      input,
    ];
    const started = await temporal('workflow', 'start', ...typed);
    expect(started).toMatchObject({ failed: false });
  }

  /** Ends the operation, and waits until it has. */
  async function rejected(): Promise<void> {
    const handle = stage.temporal.client.workflow.getHandle(workflowId);
    await handle.executeUpdate('reject', { args: [{ by: 'test' }] });
    await handle.result();
  }

  function plan(): Promise<EvacuationPlan> {
    const handle = stage.temporal.client.workflow.getHandle(workflowId);
    return waitUntil('a plan', async () => (await handle.query<EvacuationPlan | null>('plan')) ?? undefined);
  }

  test('is started, approved by update, and moves the guests', async () => {
    await start('{"node":"pve01"}');
    const planHash = (await plan()).hash.slice(0, shownPlanHashLength);
    const approve = [
      'workflow',
      'update',
      'execute',
      '--workflow-id',
      workflowId,
      '--name',
      'approve',
      '--input',
    ];
    expect(await temporal(...approve, JSON.stringify({ planHash, by: 'somebody' }))).toMatchObject({
      failed: false,
    });
    const report = (await stage.temporal.client.workflow.getHandle(workflowId).result()) as EvacuationReport;
    expect(report).toMatchObject({ outcome: 'done', nodeIsEmpty: true });
    expect(report.actions).toContainEqual(expect.objectContaining({ message: 'approve', by: 'somebody' }));
  });

  test('is approved by a signal as well, also one that was sent before the plan was ready', async () => {
    await start('{"node":"pve01","dryRun":true}');
    const planHash = (await plan()).hash.slice(0, shownPlanHashLength);
    await stage.temporal.client.workflow.getHandle(workflowId).result();
    const hold = stage.simulator.control.holdRequest(
      { method: 'GET', path: '/access/permissions' },
      'before handling',
    );
    await start('{"node":"pve01"}');
    await hold.arrived;
    const approve = ['workflow', 'signal', '--workflow-id', workflowId, '--name', 'approve', '--input'];
    await temporal(...approve, JSON.stringify({ planHash, by: 'somebody' }));
    hold.release();
    expect(await stage.temporal.client.workflow.getHandle(workflowId).result()).toMatchObject({
      outcome: 'done',
    });
  });

  test('is refused for a wrong hash, and the right hash is not in the refusal', async () => {
    await start('{"node":"pve01"}');
    const { hash } = await plan();
    const approve = [
      'workflow',
      'update',
      'execute',
      '--workflow-id',
      workflowId,
      '--name',
      'approve',
      '--input',
    ];
    const refused = await temporal(...approve, JSON.stringify({ planHash: wrongHash, by: 'somebody' }));
    expect(refused.failed).toBe(true);
    expect(refused.output).toContain('no plan of this operation has this hash');
    expect(refused.output).toContain('pxm watch');
    expect(refused.output).not.toContain(hash.slice(0, 6));
    await rejected();
  });

  test.each([
    ['{"nodes":"pve01"}', 'the field "node" is missing'],
    ['{"node":"pve01","concurrency":1.5}', 'the field "concurrency" must be a whole number above 0'],
    [
      '{"node":"pve01","historyEventLimit":1}',
      'the field "historyEventLimit" must be a whole number of at least 40',
    ],
  ])('fails at once, with what was wrong, for the request %s', async (request, message) => {
    await start(request);
    const handle = stage.temporal.client.workflow.getHandle(workflowId);
    await expect(handle.result()).rejects.toMatchObject({
      cause: {
        type: 'InputInvalid',
        message: expect.stringContaining(message) as string,
      },
    });
    expect(stage.simulator.control.requests()).toEqual([]);
  });

  test('shows in its details the plan, what it waits for, and the exact JSON and command line to approve', async () => {
    await start('{"node":"pve01"}');
    const planHash = (await plan()).hash.slice(0, shownPlanHashLength);
    const details = await waitUntil('details', async () => {
      const { output } = await temporal('workflow', 'metadata', '--workflow-id', workflowId, '-o', 'json');
      return output.includes(planHash) ? output : undefined;
    });
    expect(details).toContain('Waits for approval of plan');
    expect(details).toContain(`pxm approve ${workflowId} ${planHash}`);
    expect(details).toContain(JSON.stringify(JSON.stringify({ planHash, by: 'your name' })).slice(1, -1));
    expect(details).toContain('101');
    await rejected();
  });
});
