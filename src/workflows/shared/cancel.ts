import { recordAction, type Operation } from './operation';
import { openDecisions, type OperationPlan, type OperationState } from './state';

type Running = 'finish' | 'abort';

/** Ends the operation; answers in words what changed. `abort` after `finish` is a change; the other way round is not. */
export function cancelOperation(
  operation: Operation<OperationPlan, unknown>,
  running: Running,
  by: string,
  comment?: string,
): string {
  const { state } = operation;
  if (state.cancel !== undefined && (state.cancel.running === 'abort' || running === 'finish')) {
    return 'It is being cancelled already; nothing changed.';
  }
  const text = whatFollows(state, running);
  state.cancel = { running, by };
  recordAction(operation, {
    message: 'cancel',
    by,
    about: running,
    ...(comment === undefined ? {} : { comment }),
  });
  return text;
}

function whatFollows(state: OperationState<OperationPlan, unknown>, running: Running): string {
  const question = openDecisions(state).find(({ kind }) => kind === 'credentials');
  if (running === 'abort') {
    return question === undefined
      ? 'Running steps are aborted, then the report follows.'
      : `Running steps are aborted as far as the credentials allow (${question.id}), then the report follows. ` +
          'What can not be aborted goes on in Proxmox, is not followed to its end, and the report says so.';
  }
  return question === undefined
    ? 'Running steps are finished, then the report follows.'
    : `Running steps are followed to their end once the credentials work (${question.id}), then the report follows. ` +
        `Not to wait for that: answer ${question.id} with abort.`;
}

/** `abort` as the answer to a question about credentials: they are not waited for any more. Answers what follows. */
export function giveUpCredentials(operation: Operation<OperationPlan, unknown>, by: string): string {
  cancelOperation(operation, 'finish', by);
  operation.state.cancel = { running: 'finish', by, ...operation.state.cancel, credentialsGivenUp: true };
  return (
    'Nothing new starts, and the report follows. What waits for credentials is not followed to its end and not ' +
    'aborted: it goes on in Proxmox, and the report says so. Other running steps are finished first.'
  );
}
