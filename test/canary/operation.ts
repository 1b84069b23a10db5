import type { WorkflowHandle } from '@temporalio/client';
import type { Decision } from '../../src/domain/decision';
import type { CanaryStage } from './stage';
import { waitUntil } from '../support/waitUntil';

/** One operation of a run, as Temporal shows it and as a person answers it with the CLI. */
export interface CanaryOperation {
  handle(): Promise<WorkflowHandle>;
  /** The open decision about a problem with this code, after everything that tells of it was collected. */
  decision(code: string): Promise<Decision>;
  answer(it: Decision, choice: string): Promise<void>;
  /** The first twelve characters of the plan's hash, once there is a plan. */
  planHash(): Promise<string>;
}

/** `target`: what the CLI calls it. `address`: of the Temporal server, once there is one. */
export function operationOf(
  stage: () => CanaryStage,
  address: () => string,
  workflowId: string,
  target: string,
): CanaryOperation {
  async function handle(): Promise<WorkflowHandle> {
    const { client } = await stage().temporal(address());
    return client.workflow.getHandle(workflowId);
  }

  return {
    handle,
    async decision(code) {
      const operation = await handle();
      const open = await waitUntil(`a decision about ${code}`, async () => {
        const all = await operation.query<Decision[]>('decisions').catch(() => []);
        return all.find((it) => it.answer === undefined && it.problem.code === code);
      });
      await stage().collect();
      return open;
    },
    async answer(it, choice) {
      const { exitCode, stderr } = await stage().pxm(['decide', target, it.id, choice]);
      if (exitCode !== 0) throw new Error(stderr);
    },
    async planHash() {
      const operation = await handle();
      return waitUntil('a plan', async () => {
        const plan = await operation.query<{ readonly hash: string } | null>('plan').catch(() => null);
        return plan?.hash.slice(0, 12);
      });
    },
  };
}
