import type { RunbookStage, RunningTemplate } from './support/runbookStage';
import { everyVmid, setTemplateStage } from './support/templateStage';

let stage: RunbookStage;
afterEach(async () => stage.close());

/** Makes it, and loses the answer to the request that brings VM 900 into force. */
async function withLostAnswer(moment: 'before handling' | 'before answering'): Promise<RunningTemplate> {
  stage.lab.simulator.control.faultRequest(
    { method: 'PUT', path: '/nodes/pve01/qemu/900/config' },
    { moment, then: 'drop' },
  );
  const running = await stage.makeTemplate({ runbook: 'debian-13' });
  await running.approved();
  const decision = await running.decision();
  expect(decision).toMatchObject({ stepId: 'in-force-pve01', problem: { code: 'OutcomeUnknown' } });
  return running;
}

const cancelled: { args: [object] } = { args: [{ by: 'test', running: 'finish' }] };

test('cancelled after a lost answer, a version that is in force is told to be, and its other copies follow', async () => {
  stage = await setTemplateStage('9', { importNodes: ['pve01', 'pve02'] });
  const running = await withLostAnswer('before answering');
  await running.handle.executeUpdate('cancel', cancelled);
  const report = await running.report();
  expect(report.copies.map(({ outcome }) => outcome)).toEqual(['inForce', 'inForce', 'inForce']);
  expect(report.summary).not.toContain('as it was before');
  expect(report.steps.find(({ id }) => id === 'in-force-pve01')).toMatchObject({
    outcome: 'done',
    warnings: [expect.stringContaining('found in force') as string],
  });
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104, 900, 901, 902]);
});

test('cancelled after a lost request, nothing is in force, and what was made is taken away', async () => {
  stage = await setTemplateStage('9', { importNodes: ['pve01', 'pve02'] });
  const running = await withLostAnswer('before handling');
  await running.handle.executeUpdate('cancel', cancelled);
  const report = await running.report();
  expect(report).toMatchObject({
    outcome: 'cancelled',
    copies: [{ outcome: 'removed' }, { outcome: 'removed' }, { outcome: 'removed' }],
  });
  expect(report.summary).toContain('as it was before');
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104]);
});

test('ended where nobody can see what is in force, the report says so, and nothing is taken away', async () => {
  stage = await setTemplateStage('9', { importNodes: ['pve01', 'pve02'] });
  const running = await withLostAnswer('before answering');
  stage.lab.simulator.control.faultRequest(
    { method: 'GET', path: '/nodes/pve01/qemu/900/config', times: 1000 },
    { moment: 'before handling', then: { status: 500, reason: 'no way' } },
  );
  await running.handle.executeUpdate('cancel', cancelled);
  const report = await running.report();
  expect(report).toMatchObject({ outcome: 'cancelled', copies: [{ outcome: 'unknown' }, {}, {}] });
  expect(report.summary).toContain('Whether version 1 of the template debian-13 is in force');
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104, 900, 901, 902]);
});
