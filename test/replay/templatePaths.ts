import type { WorkflowHandle } from '@temporalio/client';
import type { TemplateRequest } from '../../src/domain/templatePlan';
import type { RunbookStage } from '../e2e/support/runbookStage';
import { setTemplateStage, type TemplateStageOptions } from '../e2e/support/templateStage';

/** One path through createTemplate, played on a stage; its history is kept. */
interface TemplatePath {
  readonly name: string;
  readonly stage?: TemplateStageOptions;
  readonly play: (stage: RunbookStage) => Promise<WorkflowHandle>;
}

/** The stage of a path. */
export function templateStage({ stage }: TemplatePath): Promise<RunbookStage> {
  return setTemplateStage('9', stage);
}

const wish: TemplateRequest = { runbook: 'debian-13', nodes: ['pve01'] };

async function make(stage: RunbookStage, request: TemplateRequest): Promise<WorkflowHandle> {
  const running = await stage.makeTemplate(request);
  await running.approved();
  await running.report();
  return running.handle;
}

/** The paths whose histories are replayed in CI from now on. */
export const templatePaths: readonly TemplatePath[] = [
  { name: 'plain', play: async (stage) => make(stage, wish) },
  {
    name: 'nothing-to-do',
    async play(stage) {
      await make(stage, wish);
      const running = await stage.makeTemplate(wish);
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'not-ready-and-cleaned-up',
    stage: { bootTimeout: '1s' },
    async play(stage) {
      stage.lab.simulator.control.setBoot({ seconds: 'never' });
      const running = await stage.makeTemplate(wish);
      await running.approved();
      await running.decide(await running.decision(), 'cleanup');
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'cancelled',
    async play(stage) {
      stage.lab.simulator.control.setBoot({ seconds: 'never' });
      const running = await stage.makeTemplate(wish);
      await running.approved();
      await running.reached((it) =>
        it.steps.some(({ id, phase }) => id === 'boot-test' && phase === 'running'),
      );
      await running.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'finish' }] });
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'answer-of-a-destruction-lost',
    async play(stage) {
      stage.lab.simulator.control.faultRequest(
        { method: 'DELETE', path: '/nodes/pve01/qemu/1000' },
        { moment: 'before answering', then: 'drop' },
      );
      return make(stage, wish);
    },
  },
  {
    name: 'cancelled-after-a-lost-answer',
    async play(stage) {
      stage.lab.simulator.control.faultRequest(
        { method: 'PUT', path: '/nodes/pve01/qemu/900/config' },
        { moment: 'before answering', then: 'drop' },
      );
      const running = await stage.makeTemplate(wish);
      await running.approved();
      await running.decision();
      await running.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'finish' }] });
      await running.report();
      return running.handle;
    },
  },
  {
    name: 'after-one-that-was-aborted',
    stage: { bootTimeout: '1s' },
    async play(stage) {
      const { control } = stage.lab.simulator;
      control.setBoot({ seconds: 'never' });
      const aborted = await stage.makeTemplate(wish);
      await aborted.approved();
      await aborted.decide(await aborted.decision(), 'abort');
      await aborted.report();
      control.setBoot({ seconds: 0 });
      return make(stage, wish);
    },
  },
  {
    name: 'rebuilt-and-retired',
    async play(stage) {
      await make(stage, wish);
      return make(stage, { ...wish, rebuild: true, keep: 0 });
    },
  },
  {
    name: 'only-retired',
    async play(stage) {
      await make(stage, wish);
      await make(stage, { ...wish, rebuild: true });
      return make(stage, { runbook: 'debian-13', onlyRetire: true, keep: 0 });
    },
  },
  {
    name: 'continued-as-new',
    stage: { importNodes: ['pve01'] },
    play: async (stage) => make(stage, { runbook: 'debian-13', historyEventLimit: 40 }),
  },
];
