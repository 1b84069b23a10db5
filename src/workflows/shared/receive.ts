import { ApplicationFailure, type SignalDefinition, type UpdateDefinition } from '@temporalio/common';
import { log, setHandler } from '@temporalio/workflow';
import type { MessageAnswer } from '../../domain/messages';
import { acceptors, type Acceptor } from './accept';
import { descriptions, queries, signals, updates } from './messages';
import type { Operation } from './operation';
import { progressOf } from './progress';
import type { OperationPlan } from './state';

/** Registers all handlers of an operation. Call it before the first await of the workflow. */
export function receiveMessages<Plan extends OperationPlan>(operation: Operation<Plan, unknown>): void {
  setHandler(queries.plan, () => operation.state.plan ?? null, { description: 'The current plan, or null.' });
  setHandler(queries.progress, () => progressOf(operation), { description: 'Phase, steps, approval.' });
  setHandler(queries.decisions, () => operation.state.decisions, {
    description: 'All decisions; open ones have no answer.',
  });
  const accept = acceptors(operation);
  receive(operation, signals.approve, updates.approve, descriptions.approve, accept.approve);
  receive(operation, signals.reject, updates.reject, descriptions.reject, accept.reject);
  receive(operation, signals.decide, updates.decide, descriptions.decide, accept.decide);
  receive(operation, signals.pause, updates.pause, descriptions.pause, accept.pause);
  receive(operation, signals.resume, updates.resume, descriptions.resume, accept.resume);
  receive(operation, signals.cancel, updates.cancel, descriptions.cancel, accept.cancel);
}

/**
 * One message as update and as signal: the same judgement, the same effect. A refused update is told why; a
 * refused signal has nobody to tell, so the reason is shown in the operation's details.
 */
function receive<Message, Plan extends OperationPlan>(
  operation: Operation<Plan, unknown>,
  signal: SignalDefinition<[Message]>,
  update: UpdateDefinition<MessageAnswer, [Message]>,
  description: string,
  acceptor: Acceptor<Message>,
): void {
  const apply = (message: Message): MessageAnswer => {
    const text = acceptor.apply(message);
    operation.changed();
    return { text };
  };
  setHandler(update, apply, {
    validator: (message: Message) => acceptor.check(message, 'update'),
    description,
  });
  setHandler(
    signal,
    (message: Message) => {
      try {
        acceptor.check(message, 'signal');
      } catch (error) {
        if (!(error instanceof ApplicationFailure)) throw error;
        log.warn('signal ignored', { signal: signal.name, reason: error.message });
        operation.state.notice = `A signal "${signal.name}" was ignored: ${error.message}`;
        operation.changed();
        return;
      }
      apply(message);
    },
    { description },
  );
}
