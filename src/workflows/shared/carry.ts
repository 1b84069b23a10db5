import { workflowInfo } from '@temporalio/workflow';

/**
 * Unwinds an operation whose history has grown long enough: thrown at every place that waits, caught by
 * `runOperation`, which continues as new with the state. It never leaves the workflow.
 */
export class Carried extends Error {
  override readonly name = 'Carried';
}

/** Whether this run should hand its state to a new one: the server suggests it, or the request's own limit is reached. */
export function carryWanted(historyEventLimit: number | undefined): boolean {
  const info = workflowInfo();
  return (
    info.continueAsNewSuggested ||
    (historyEventLimit !== undefined && info.historyLength >= historyEventLimit)
  );
}
