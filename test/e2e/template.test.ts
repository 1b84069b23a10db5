import { parseMarker } from '../../src/planning/template/marker';
import type { RunbookStage } from './support/runbookStage';
import { proxmoxVersions } from './support/scenario';
import {
  everyVmid,
  imageDigest,
  imagesLeft,
  setBootTimeout,
  setTemplateStage,
} from './support/templateStage';

let stage: RunbookStage;
afterEach(async () => stage.close());

describe.each(proxmoxVersions)('createTemplate on Proxmox VE %s', (version) => {
  test('builds by the runbook, boots a clone, brings the copy into force, and leaves nothing else', async () => {
    stage = await setTemplateStage(version);
    const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve02'] });
    const plan = await running.approved();
    expect(plan).toMatchObject({ todo: 'build', generation: 1, copies: [{ node: 'pve02', vmid: 900 }] });
    const report = await running.report();
    expect(report).toMatchObject({
      outcome: 'done',
      name: 'debian-13',
      copies: [{ node: 'pve02', vmid: 900, outcome: 'inForce' }],
      bootTest: {
        ready: true,
        seen: [
          'the guest agent answers',
          expect.stringMatching(/^it has the address \d/) as string,
          ...['cloud-init has finished', 'it has a machine id', 'it has an SSH host key'],
        ],
      },
      decisions: [],
    });
    const { control } = stage.lab.simulator;
    const guest = control.guest(900);
    expect(guest).toMatchObject({ node: 'pve02', config: { name: 'debian-13', template: '1' } });
    expect(parseMarker(guest.config['description'])).toMatchObject({
      ...{ kind: 'template', generation: 1, digest: `sha512:${imageDigest}`, runbook: 'debian-13' },
    });
    expect(everyVmid(stage)).toEqual([101, 102, 103, 104, 900]);
    expect(imagesLeft(stage)).toEqual([]);
  });
});

test('asked again there is nothing to do, which needs no approval; a rebuild retires what is older than is kept', async () => {
  stage = await setTemplateStage();
  const wish = { runbook: 'debian-13', nodes: ['pve01'] };
  const first = await stage.makeTemplate(wish);
  await first.approved();
  expect(await first.report()).toMatchObject({ outcome: 'done' });
  const again = await (await stage.makeTemplate(wish)).report();
  expect(again).toMatchObject({ outcome: 'done', todo: 'nothing', copies: [], steps: [] });
  expect(again.summary).toContain('Nothing to do');

  const rebuild = await stage.makeTemplate({ ...wish, rebuild: true, keep: 0 });
  const plan = await rebuild.approved();
  expect(plan).toMatchObject({ todo: 'build', generation: 2, retires: [{ vmid: 900, generation: 1 }] });
  const report = await rebuild.report();
  expect(report).toMatchObject({
    outcome: 'done',
    copies: [{ vmid: 901, outcome: 'inForce' }],
    retired: [{ vmid: 900, outcome: 'deleted' }],
  });
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104, 901]);
});

test('a clone that does not get ready is a question; cleaned up, nothing is left and nothing is in force', async () => {
  stage = await setTemplateStage('9', { bootTimeout: '1s' });
  stage.lab.simulator.control.setBoot({ seconds: 'never' });
  const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
  await running.approved();
  const decision = await running.decision();
  expect(decision).toMatchObject({ kind: 'stepFailed', choices: ['retry', 'cleanup', 'abort'] });
  expect(decision.problem.failed).toContain('the guest agent does not answer');
  await running.decide(decision, 'cleanup');
  expect(await running.report()).toMatchObject({
    outcome: 'incomplete',
    copies: [{ vmid: 900, outcome: 'removed' }],
    bootTest: { ready: false },
  });
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104]);
});

test('ended by a person at that question, everything stays to be looked at, and the next one takes it away', async () => {
  stage = await setTemplateStage('9', { bootTimeout: '1s' });
  stage.lab.simulator.control.setBoot({ seconds: 'never' });
  const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
  await running.approved();
  await running.decide(await running.decision(), 'abort');
  expect(await running.report()).toMatchObject({ outcome: 'cancelled', copies: [{ outcome: 'made' }] });
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104, 900, 1000]);

  stage.lab.simulator.control.setBoot({});
  await setBootTimeout(stage, '2m');
  const next = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
  const plan = await next.approved();
  expect(plan.retires.map(({ vmid, unfinished }) => [vmid, unfinished?.kind])).toEqual([
    [1000, 'test'],
    [900, 'template'],
  ]);
  expect(plan.warnings.join()).not.toContain('is not in force');
  expect(await next.report()).toMatchObject({ outcome: 'done', copies: [{ vmid: 901 }] });
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104, 901]);
});

test('cancelled while its clone boots, everything that was made is taken away again', async () => {
  stage = await setTemplateStage();
  stage.lab.simulator.control.setBoot({ seconds: 'never' });
  const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
  await running.approved();
  await running.reached((it) => it.steps.some(({ id, phase }) => id === 'boot-test' && phase === 'running'));
  await running.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'finish' }] });
  expect(await running.report()).toMatchObject({
    outcome: 'cancelled',
    copies: [{ outcome: 'removed' }],
  });
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104]);
});
