import { recordAction, type Operation } from './operation';
import type { OperationPlan } from './state';

/** Ends the operation; answers in words what changed. `abort` after `finish` is a change; the other way round is not. */
export function cancelOperation(
  operation: Operation<OperationPlan, unknown>,
  running: 'finish' | 'abort',
  by: string,
  comment?: string,
): string {
  const { state } = operation;
  if (state.cancel !== undefined && (state.cancel.running === 'abort' || running === 'finish')) {
    return 'It is being cancelled already; nothing changed.';
  }
  state.cancel = { running, by };
  recordAction(operation, {
    message: 'cancel',
    by,
    about: running,
    ...(comment === undefined ? {} : { comment }),
  });
  return running === 'abort'
    ? 'Running steps are aborted, then the report follows.'
    : 'Running steps are finished, then the report follows.';
}
