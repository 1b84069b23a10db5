import type { WorkflowHandle } from '@temporalio/client';
import type { AccessOperation } from '../../src/domain/accessPlan';
import { untouched } from '../activities/access/support/lab';
import { setAccessStage, type AccessStage } from '../e2e/support/accessStage';

/** One path through a workflow on access, played on a stage; its history is kept. */
export interface AccessPath {
  readonly operation: AccessOperation;
  readonly name: string;
  readonly play: (stage: AccessStage) => Promise<WorkflowHandle>;
}

/** The stage of every path. */
export const accessStage = (): Promise<AccessStage> => setAccessStage(untouched('9'));

async function run(stage: AccessStage, operation: AccessOperation): Promise<WorkflowHandle> {
  const running = await stage.start(operation);
  await running.approved();
  await running.report();
  return running.handle;
}

/** The paths whose histories are replayed in CI from now on. */
export const accessPaths: readonly AccessPath[] = [
  {
    operation: 'bootstrapAccess',
    name: 'plain',
    play: async (stage) => run(stage, 'bootstrapAccess'),
  },
  {
    operation: 'bootstrapAccess',
    name: 'nothing-to-do',
    async play(stage) {
      await run(stage, 'bootstrapAccess');
      const running = await stage.start('bootstrapAccess');
      await running.report();
      return running.handle;
    },
  },
  {
    operation: 'bootstrapAccess',
    name: 'failed-and-decided',
    async play(stage) {
      stage.lab.simulator.control.faultCommand(
        { line: 'pveum user token add*' },
        { moment: 'before answering', then: 'drop' },
      );
      const running = await stage.start('bootstrapAccess');
      await running.approved();
      await running.decide(await running.decision(), 'retry');
      await running.report();
      return running.handle;
    },
  },
  {
    operation: 'bootstrapAccess',
    name: 'replanned',
    async play(stage) {
      stage.lab.simulator.control.faultCommand(
        { line: 'pveum user add*' },
        { moment: 'before handling', then: { exitCode: 255, stderr: 'create user failed\n' } },
      );
      const running = await stage.start('bootstrapAccess');
      await running.approved();
      await running.decide(await running.decision(), 'replan');
      await running.approved();
      await running.report();
      return running.handle;
    },
  },
  {
    operation: 'rotateToken',
    name: 'plain',
    async play(stage) {
      await run(stage, 'bootstrapAccess');
      return run(stage, 'rotateToken');
    },
  },
  {
    operation: 'undoAccess',
    name: 'plain',
    async play(stage) {
      await run(stage, 'bootstrapAccess');
      return run(stage, 'undoAccess');
    },
  },
];
