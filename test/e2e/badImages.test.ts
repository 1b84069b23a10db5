import { listOpenOperations } from '../../src/client/reading/openOperations';
import { condition } from '../support/temporalCondition';
import type { RunbookStage } from './support/runbookStage';
import {
  everyVmid,
  imagesLeft,
  imageUrl,
  setTemplateStage,
  type TemplateStageOptions,
} from './support/templateStage';

let stage: RunbookStage;
afterEach(async () => stage.close());

type Image = NonNullable<TemplateStageOptions['image']>;

function nothingIsLeft() {
  expect(everyVmid(stage)).toEqual([101, 102, 103, 104]);
  expect(imagesLeft(stage)).toEqual([]);
}

const onceApproved: readonly (readonly [string, Image, RegExp])[] = [
  ['that is another than its runbook says', { checksums: { sha512: 'b2'.repeat(64) } }, /checksum mismatch/],
  ['that breaks off each time', { breaks_off_at: '100M' }, /download failed|transfer|exit code/],
  ['that is no disk image', { image: 'raw' }, /format|qcow2/i],
  ['that can not be read to its end', { damaged: true }, /qemu-img|read|error/i],
];

test.each(onceApproved)(
  'an image %s: the build stops, a person is asked, nothing is left',
  async (_title, image, said) => {
    stage = await setTemplateStage('9', { image });
    const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
    await running.approved();
    const { problem, ...decision } = await running.decision();
    expect(`${problem.proxmoxSaid ?? ''} ${(problem.logTail ?? []).join(' ')}`).toMatch(said);
    expect(problem.remedy).not.toBe('');
    await running.decide({ problem, ...decision }, 'cleanup');
    expect(await running.report()).toMatchObject({ outcome: 'incomplete' });
    nothingIsLeft();
  },
);

test('cleaned up before the machine was made, the report does not say that one was taken away', async () => {
  stage = await setTemplateStage('9', { image: { checksums: { sha512: 'b2'.repeat(64) } } });
  const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
  await running.approved();
  const decision = await running.decision();
  expect(decision.problem.remedy).toContain('another file than the checksum stands for');
  await running.decide(decision, 'cleanup');
  const { copies, steps } = await running.report();
  expect(copies).toMatchObject([{ node: 'pve01', vmid: 900, outcome: 'notMade' }]);
  expect(steps.filter(({ id }) => id.includes('unfinished')).map(({ reason }) => reason)).toEqual([
    'it was not there',
    'it was not there',
  ]);
});

test.each(['404 Not Found', 'certificate not trusted'] as const)(
  'an image that can not be had when the plan is made (%s) is a question, and given up nothing was done',
  async (answer) => {
    stage = await setTemplateStage('9', { image: { answer } });
    const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
    const decision = await running.decision();
    expect(decision).toMatchObject({ kind: 'inspectionFailed', problem: { code: 'SourceUnusable' } });
    await condition('it is found by its cluster', async () => {
      const open = await listOpenOperations(stage.temporal.client, stage.cluster);
      return open.some((it) => it.workflowId === running.handle.workflowId && it.waitingFor === 'decision');
    });
    expect(decision.problem.remedy).toMatch(/Check url|Let pve01 reach/);
    await running.decide(decision, 'abort');
    expect(await running.report()).toMatchObject({
      ...{ copies: [], steps: [], problem: decision.problem },
      summary: 'It was ended before there was a plan: nothing was done.',
    });
    nothingIsLeft();
  },
);

test.each(['404 Not Found', 'certificate not trusted'] as const)(
  'an image that is gone when it is fetched (%s) stops the build, and nothing is left',
  async (answer) => {
    stage = await setTemplateStage();
    const running = await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] });
    await running.plan();
    stage.lab.simulator.control.setUrl({ url: imageUrl, answer });
    await running.approved();
    const decision = await running.decision();
    expect(decision.problem.code).toBe('TaskFailed');
    await running.decide(decision, 'cleanup');
    expect(await running.report()).toMatchObject({ outcome: 'incomplete' });
    nothingIsLeft();
  },
);

test('an image that its storage has no room for is refused before anybody approves', async () => {
  stage = await setTemplateStage('9', { image: { size: '300G' } });
  const report = await (await stage.makeTemplate({ runbook: 'debian-13', nodes: ['pve01'] })).report();
  expect(report).toMatchObject({ outcome: 'refused', problem: { code: 'InputInvalid' } });
  expect(report.problem?.failed).toMatch(/local@pve01 has no room: 300 GiB needed, .* free/);
  nothingIsLeft();
});
