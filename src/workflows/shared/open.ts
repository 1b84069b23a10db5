import { workflowInfo } from '@temporalio/workflow';
import { now, type Operation, type OperationDefinition } from './operation';
import { show } from './show';
import { newState, type OperationPlan, type OperationState } from './state';

/** Makes the operation from a carried state, or a new one. */
export function openOperation<Plan extends OperationPlan, Result>(
  definition: OperationDefinition<Plan>,
  carried: OperationState<Plan, Result> | undefined,
): Operation<Plan, Result> {
  const info = workflowInfo();
  const operation: Operation<Plan, Result> = {
    definition,
    state: carried ?? newState<Plan, Result>(now()),
    holder: { workflowId: info.workflowId, firstExecutionRunId: info.firstExecutionRunId },
    credentials: { waiting: 0, probing: false },
    changed: () => show(operation),
  };
  return operation;
}
