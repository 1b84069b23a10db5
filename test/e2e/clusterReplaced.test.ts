import { planned, profileText, setClusterStage, type ClusterStage } from './support/clusterStage';
import { everyVmid } from './support/templateStage';

let stage: ClusterStage;
afterEach(async () => stage.close());

test('machines that a person wants replaced are left, and then one plan to replace them waits for its approval', async () => {
  stage = await setClusterStage();
  stage.writeProfile('lab', profileText('lab'));
  const { control } = stage.lab.simulator;
  control.faultRequest(
    { method: 'POST', path: '/nodes/pve02/qemu/1001/status/start', times: 99 },
    { moment: 'before handling', then: { status: 500, reason: 'start failed' } },
  );
  const cloneAgain = control.faultRequest(
    { method: 'POST', path: '/nodes/pve03/qemu/902/clone', times: 99 },
    { moment: 'before handling', then: { status: 500, reason: 'clone failed' } },
  );
  const protect = control.faultRequest(
    { method: 'PUT', path: '/nodes/pve01/qemu/1000/config', parameters: { protection: '1' }, times: 99 },
    { moment: 'before handling', then: { status: 500, reason: 'protection failed' } },
  );
  const first = await stage.ask('lab', 'create', {}, 40);
  await first.approved();
  const asked: (string | undefined)[] = [];
  while (asked.length < 3) {
    const decision = await first.decision();
    expect(decision.choices).toEqual(['retry', 'replace', 'skip', 'abort']);
    asked.push(decision.stepId);
    const isProtection = decision.stepId === 'protect-1000';
    if (isProtection) protect();
    await first.decide(decision, isProtection ? 'retry' : 'replace');
  }
  expect(asked.toSorted()).toEqual(['clone-1002', 'protect-1000', 'start-1001']);
  const report = await first.report();
  expect(report).toMatchObject({
    ...{ outcome: 'incomplete', toReplace: { machines: ['lab-worker-2', 'lab-worker-3'], by: 'test' } },
    summary: expect.stringMatching(
      /plan to replace lab-worker-2, lab-worker-3 .*: pxm watch lab\./,
    ) as string,
  });
  expect(report.machines.map(({ outcome }) => outcome)).toEqual(['ready', 'parked', 'notMade']);

  cloneAgain();
  const isBegun = ({ action = '', run = '' }) => action === 'replace' && run !== '';
  await stage.seen('lab', 'the replacement', ({ operation = {} }) => isBegun(operation));
  const second = await stage.waitingChange('lab');
  const plan = await second.plan();
  expect(plan.phases.map(({ kind }) => kind)).toEqual(['make', 'delete', 'make']);
  expect(planned(plan).map(({ name }) => name)).toEqual(['lab-worker-3', 'lab-worker-2']);
  expect(everyVmid(stage)).toEqual([900, 901, 902, 1000, 1001]);
  await second.approved();
  const replaced = await second.report();
  expect(replaced).toMatchObject({
    outcome: 'done',
    requestedBy: 'test (answered with replace)',
    decisions: [],
  });
  const vmids = planned(plan).map(({ vmid }) => vmid);
  expect(vmids).not.toContain(1001);
  expect(everyVmid(stage)).toEqual([900, 901, 902, 1000, ...vmids.toSorted()]);
  const { last, record, notice } = await stage.seen(
    'lab',
    'its end',
    ({ operation }) => operation === undefined,
  );
  expect(last).toMatchObject({ action: 'replace', outcome: 'done' });
  expect(record?.members.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
  expect(notice).toBeUndefined();
});
