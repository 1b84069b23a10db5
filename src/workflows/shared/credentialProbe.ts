import { CancellationScope, condition } from '@temporalio/workflow';
import type { Problem } from '../../domain/errors';
import { activities } from './calls';
import { answerDecision } from './decisions';
import type { Operation } from './operation';
import type { OperationPlan } from './state';

/** The answer that nobody had to give. */
export const worksAgain = {
  choice: 'retry',
  by: 'proxmox-manager',
  comment: 'the credentials work again',
} as const;

/**
 * Lets an activity try the credentials, where they were refused, until they work; that answers the decision like a
 * person would. If the activity itself gives up, the decision stays open for a person.
 */
export async function probeUntil(
  operation: Operation<OperationPlan, unknown>,
  id: string,
  refused: Problem,
  over: () => boolean,
): Promise<void> {
  operation.credentials.probing = true;
  const scope = new CancellationScope({ cancellable: true });
  const probe = scope
    .run(() => activities.credentialWaits.awaitCredentials({ refused }))
    .then(
      () => {
        answerDecision(operation, id, worksAgain);
      },
      () => undefined,
    );
  try {
    await condition(over);
  } finally {
    scope.cancel();
    await probe;
    operation.credentials.probing = false;
  }
}
