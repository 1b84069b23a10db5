import { parseMarker } from '../../src/planning/template/marker';
import { waitUntil } from '../support/waitUntil';
import type { RunbookStage } from './support/runbookStage';
import { debianRunbook, everyVmid, imagesLeft, setTemplateStage } from './support/templateStage';

let stage: RunbookStage;
afterEach(async () => stage.close());

test('where disks are local every node gets a copy: built there, or cloned and moved where it can not be', async () => {
  stage = await setTemplateStage('9', { importNodes: ['pve01', 'pve02'] });
  const running = await stage.makeTemplate({ runbook: 'debian-13' });
  const plan = await running.approved();
  expect(plan.copies.map(({ node, method }) => [node, method])).toEqual([
    ['pve01', 'build'],
    ['pve02', 'build'],
    ['pve03', 'migrate'],
  ]);
  expect(await running.report()).toMatchObject({ outcome: 'done', decisions: [] });
  const { control } = stage.lab.simulator;
  for (const [vmid, node] of [
    [900, 'pve01'],
    [901, 'pve02'],
    [902, 'pve03'],
  ] as const) {
    expect(control.guest(vmid)).toMatchObject({ node, config: { name: 'debian-13', template: '1' } });
    expect(parseMarker(control.guest(vmid).config['description'])).toMatchObject({ vmid, generation: 1 });
  }
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104, 900, 901, 902]);
});

test('a copy that can not be moved is taken away where it was cloned', async () => {
  stage = await setTemplateStage('9', { importNodes: ['pve01'] });
  const { control } = stage.lab.simulator;
  control.faultRequest(
    { method: 'POST', path: '/nodes/pve01/qemu/901/migrate' },
    { moment: 'before handling', then: { status: 500, reason: 'no way' } },
  );
  const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01', 'pve02'] });
  expect((await running.approved()).copies[1]).toMatchObject({ node: 'pve02', method: 'migrate' });
  const decision = await running.decision();
  expect(decision.problem.attempted).toContain('901');
  await running.decide(decision, 'cleanup');
  expect(await running.report()).toMatchObject({
    outcome: 'incomplete',
    copies: [{ outcome: 'removed' }, { vmid: 901, outcome: 'removed' }],
  });
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104]);
});

test('a step that a person passes over leaves the template in force, and the report says what is not done', async () => {
  stage = await setTemplateStage();
  stage.lab.simulator.control.faultRequest(
    { method: 'DELETE', path: '/nodes/pve01/qemu/1000' },
    { moment: 'before handling', then: { status: 500, reason: 'no way' } },
  );
  const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
  await running.approved();
  const decision = await running.decision();
  expect(decision).toMatchObject({ stepId: 'destroy-test', choices: ['retry', 'skip', 'abort'] });
  await running.decide(decision, 'skip');
  expect(await running.report()).toMatchObject({
    outcome: 'incomplete',
    copies: [{ vmid: 900, outcome: 'inForce' }],
  });
});

test('a question that is open when the history is carried over stays the one question: nothing is tried without its answer', async () => {
  stage = await setTemplateStage();
  const { control } = stage.lab.simulator;
  control.faultRequest(
    { method: 'DELETE', path: '/nodes/pve01/qemu/1000' },
    { moment: 'before handling', then: { status: 500, reason: 'no way' } },
  );
  const running = await stage.makeTemplate({
    ...{ runbook: 'debian-13', nodes: ['pve01'], historyEventLimit: 150 },
  });
  await running.approved();
  const decision = await running.decision();
  const { runId } = await running.handle.describe();
  await waitUntil('the next run', async () => {
    await running.handle.signal('resume', { by: 'test' });
    return (await running.handle.describe()).runId === runId ? undefined : true;
  });
  await running.reached(({ phase }) => phase !== 'planning');
  await running.decide(decision, 'skip');
  const { decisions } = await running.report();
  expect(decisions.map(({ id, answer }) => [id, answer?.choice])).toEqual([[decision.id, 'skip']]);
  expect(
    control.requests().filter(({ method, path }) => method === 'DELETE' && path.endsWith('/1000')),
  ).toHaveLength(1);
});

test('a runbook that ends itself makes no template: nothing is tested or left, and the report says why', async () => {
  stage = await setTemplateStage();
  const enough = `### Template\n\n5. **Enough** (API)\n   \`\`\`builtin {#enough when="made"}\n   stop\n   because=the image is too old\n   \`\`\`\n`;
  stage.write('debian-13', debianRunbook().replace('### Template\n', enough));
  const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
  await running.approved();
  const report = await running.report();
  expect(report).toMatchObject({ outcome: 'incomplete', copies: [{ outcome: 'removed' }], decisions: [] });
  expect(report.summary).toBe(
    'Not finished: the runbook ended itself at "pve01: Enough" (the image is too old); the template debian-13 is as it was before.',
  );
  expect(report.steps.map(({ id }) => id)).not.toContain('clone-test');
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104]);
  expect(imagesLeft(stage)).toEqual([]);
});

test('an older version that somebody has protected stays, and stays protected', async () => {
  stage = await setTemplateStage();
  const wish = { runbook: 'debian-13', nodes: ['pve01'] };
  const first = await stage.makeTemplate(wish);
  await first.approved();
  await first.report();
  const { control } = stage.lab.simulator;
  control.setGuest(900, { config: { protection: '1' } });
  const rebuild = await stage.makeTemplate({ ...wish, rebuild: true, keep: 0 });
  await rebuild.approved();
  const decision = await rebuild.decision();
  expect(decision.problem.failed).toContain('protected against removal');
  await rebuild.decide(decision, 'skip');
  expect(await rebuild.report()).toMatchObject({ outcome: 'incomplete', retired: [{ outcome: 'kept' }] });
  expect(control.guest(900).config).toMatchObject({ protection: '1', template: '1' });
});

test('a template of a virtual machine is a clone of it; the machine stays as it is', async () => {
  stage = await setTemplateStage();
  stage.write('from-104', fromMachine);
  const before = stage.lab.simulator.control.guest(104);
  const running = await stage.makeTemplate({ runbook: 'from-104', nodes: ['pve01'] });
  const plan = await running.approved();
  expect(plan.source).toMatchObject({ kind: 'machine', vmid: 104, node: 'pve01' });
  expect(await running.report()).toMatchObject({ outcome: 'done', copies: [{ vmid: 900 }] });
  expect(stage.lab.simulator.control.guest(104)).toEqual(before);
  expect(parseMarker(stage.lab.simulator.control.guest(900).config['description'])).toMatchObject({
    source: 'vm/104',
    generation: 1,
  });
});

const fromMachine = `---
name: from-104
description: A template of a machine
image_type: qcow2
requires: [api]
source:
  vmid: 104
params:
  node: { type: node }
  vmid: { type: vmid }
  name: { default: from-104 }
---

# From a machine

## Steps

1. **Clone it** (API)
   \`\`\`http {#clone wait=task}
   POST /nodes/{{source_node}}/qemu/{{source_vmid}}/clone
   newid={{vmid}}
   name={{name}}
   full=1
   \`\`\`
`;

test('a build asks the cluster at most 40 times, beside the polling of its tasks and its boot', async () => {
  stage = await setTemplateStage();
  const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
  await running.approved();
  await running.report();
  const asked = stage.lab.simulator.control.requests().map(({ method, path }) => `${method} ${path}`);
  expect(asked.filter((it) => !/(log|agent\/ping)$/.test(it)).length).toBeLessThanOrEqual(40);
});
