import { problem, type Problem } from '../../domain/errors';
import { approveCommand, shownHash } from '../../domain/rendering/commands';

/** The plan is another one than the hash that was approved in advance. The operation stays open: nothing is lost by that. */
export function otherPlan(workflowId: string, planHash: string, approvedHash: string): Problem {
  return problem('InputInvalid', {
    attempted: `approve ${workflowId}`,
    failed: `this plan is ${shownHash(planHash)}, you approved ${shownHash(approvedHash)}; nothing was approved or changed, and the operation waits`,
    remedy: `If this plan is right: ${approveCommand(workflowId, planHash)}. Else end the operation: pxm cancel ${workflowId}`,
  });
}
