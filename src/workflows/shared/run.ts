import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import { cancelOperation } from './cancel';
import { Carried } from './carry';
import { openOperation } from './open';
import type { Operation, OperationDefinition } from './operation';
import { receiveMessages } from './receive';
import type { OperationPlan, OperationState } from './state';

/**
 * Runs the story of an operation: registers its messages first, turns Temporal's own cancel into "finish what
 * runs, then report", and hands the state to a new run when the history has grown long.
 */
export async function runOperation<Plan extends OperationPlan, Result, Report>(
  definition: OperationDefinition<Plan>,
  carried: OperationState<Plan, Result> | undefined,
  goOn: (state: OperationState<Plan, Result>) => Promise<never>,
  story: (operation: Operation<Plan, Result>) => Promise<Report>,
): Promise<Report> {
  const operation = openOperation<Plan, Result>(definition, carried);
  receiveMessages(operation);
  CancellationScope.current().cancelRequested.catch(() => {
    cancelOperation(operation, 'finish', 'temporal cancel');
    operation.changed();
  });
  return CancellationScope.nonCancellable(async () => {
    try {
      const report = await story(operation);
      await condition(allHandlersFinished);
      return report;
    } catch (error) {
      if (!(error instanceof Carried)) throw error;
      await condition(allHandlersFinished);
      return await goOn(operation.state);
    }
  });
}
