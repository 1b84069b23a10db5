import { evacuationWorkflowId, taskQueueOf } from '../../src/domain/names';
import type { EvacuationPlan } from '../../src/domain/evacuationPlan';
import type { EvacuationReport } from '../../src/domain/report';
import { runningOf, type RunbookStage } from './support/runbookStage';
import { debianRunbook, everyVmid, setTemplateStage } from './support/templateStage';

let stage: RunbookStage;
beforeEach(async () => {
  stage = await setTemplateStage();
});
afterEach(async () => stage.close());

test('two templates at once have VMIDs of their own, and both come into force', async () => {
  stage.write('debian-14', debianRunbook('debian-14'));
  const [one, other] = await Promise.all([
    stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] }),
    stage.makeTemplate({ runbook: 'debian-14', nodes: ['pve01'] }),
  ]);
  await Promise.all([one.approved(), other.approved()]);
  const reports = await Promise.all([one.report(), other.report()]);
  expect(reports.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104, 900, 901]);
  const names = [900, 901].map((vmid) => stage.lab.simulator.control.guest(vmid).config['name']);
  expect(names.toSorted()).toEqual(['debian-13', 'debian-14']);
});

test('a second operation for the same template is refused by its ID', async () => {
  await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
  await expect(stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] })).rejects.toThrow(
    /already (started|running)/i,
  );
});

test('a node that a template is built on is not emptied meanwhile; a node that is being emptied builds none', async () => {
  stage.lab.simulator.control.setBoot({ seconds: 'never' });
  const template = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
  await template.approved();
  await template.reached((it) => it.steps.some(({ id, phase }) => id === 'boot-test' && phase === 'running'));
  const refused = await evacuate('pve01');
  expect(refused).toMatchObject({ outcome: 'refused', problem: { code: 'LeaseRefused' } });
  expect(refused.problem?.failed).toContain('create-template/');
  await template.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'finish' }] });
  expect(await template.report()).toMatchObject({ outcome: 'cancelled' });

  // Its plan is shown: only now it has leased the node.
  const emptying = await stage.temporal.client.workflow.start('evacuateNode', evacuation('pve01'));
  await runningOf<EvacuationPlan, EvacuationReport>(emptying).plan();
  const other = await (await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] })).report();
  expect(other).toMatchObject({ outcome: 'refused', problem: { code: 'LeaseRefused' } });
  const elsewhere = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve02'] });
  await elsewhere.plan();
});

function evacuation(node: string) {
  return {
    workflowId: evacuationWorkflowId(stage.cluster, node),
    taskQueue: taskQueueOf(stage.cluster),
    args: [{ node }],
  };
}

async function evacuate(node: string): Promise<EvacuationReport> {
  const handle = await stage.temporal.client.workflow.start('evacuateNode', evacuation(node));
  return handle.result() as Promise<EvacuationReport>;
}
