import { createLedgerClient } from '../../src/activities/ledger/client';
import type { RunbookStage, RunningTemplate } from './support/runbookStage';
import { everyVmid, setTemplateStage } from './support/templateStage';

let stage: RunbookStage;
beforeEach(async () => {
  // pve02 can't fetch images: its copy is cloned on pve01 in full.
  stage = await setTemplateStage('9', { importNodes: ['pve01'] });
});
afterEach(async () => stage.close());

const ledger = () => createLedgerClient(stage.temporal.client, stage.cluster);

async function begun(): Promise<RunningTemplate> {
  const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01', 'pve02'] });
  await running.approved();
  return running;
}

test('a question about a clone that failed holds no slot', async () => {
  const { control } = stage.lab.simulator;
  // The first clone is that of the boot test.
  const clone = { method: 'POST', path: '/nodes/pve01/qemu/900/clone', occurrence: 2 };
  const hold = control.holdRequest(clone, 'before handling');
  const running = await begun();
  await hold.arrived;
  expect((await ledger().view()).cloneSlots).toMatchObject([{ purpose: 'clone 901', kind: 'full' }]);
  hold.release();
  await control.waitFor(() => control.runningTasks({ type: 'qmclone' }).length > 0, 'the clone');
  control.killWorker({ type: 'qmclone' });
  const decision = await running.decision();
  expect(decision).toMatchObject({ stepId: 'clone-pve02', problem: { code: 'TaskFailed' } });
  expect((await ledger().view()).cloneSlots).toEqual([]);
  await running.decide(decision, 'abort');
  await running.report();
});

test('who ends an operation need not wait until its clone has had its turn', async () => {
  const { control } = stage.lab.simulator;
  const hold = control.holdRequest({ method: 'POST', path: '/nodes/pve01/qemu' }, 'before handling');
  const running = await begun();
  await hold.arrived;
  const { raw } = await running.handle.describe();
  const holder = {
    workflowId: running.handle.workflowId,
    firstExecutionRunId: raw.workflowExecutionInfo?.firstRunId ?? '',
  };
  const place = { node: 'pve01', storage: 'local-lvm', kind: 'full' as const };
  for (const purpose of ['one', 'two']) await ledger().takeCloneSlot({ ...place, holder, purpose });
  hold.release();
  await running.reached(({ steps }) =>
    steps.some(({ id, phase }) => id === 'clone-pve02' && phase === 'starting'),
  );
  await running.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'finish' }] });
  const report = await running.report();
  expect(report).toMatchObject({ outcome: 'cancelled' });
  const clones = control.requests().filter(({ path }) => path.endsWith('/clone'));
  expect(clones.map(({ parameters }) => parameters['newid'])).toEqual(['1000']);
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104]);
});
