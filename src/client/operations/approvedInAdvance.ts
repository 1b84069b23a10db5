import { ManagerError, problem, type Problem } from '../../domain/errors';
import { approveCommand, shellWord, shownHash, watchCommand } from '../../domain/rendering/commands';

/**
 * The plan is another one than the hash that was approved in advance. The operation stays open: nothing is lost by that.
 * Its own hash is not told here: nobody is to approve what they have not seen.
 */
export function otherPlan(workflowId: string, approvedHash: string): Problem {
  return problem('InputInvalid', {
    attempted: `approve ${workflowId}`,
    failed: `its plan has another hash than ${shownHash(approvedHash)}; nothing was approved or changed, and the operation waits`,
    remedy: [
      `Look at its plan: ${watchCommand(workflowId)}`,
      `If it is right, with the hash that it shows: pxm approve ${shellWord(workflowId)} <hash>`,
      `Else end the operation: pxm cancel ${shellWord(workflowId)}`,
    ].join('\n'),
  });
}

/**
 * What `starting` gives. Where it is refused because an operation of this ID is under way (LeaseRefused), and a hash was
 * given in advance, the refusal says how the plan of that one is approved by it: starting is not the way any more.
 */
export async function orApproveThat<Started>(
  starting: Promise<Started>,
  workflowId: string,
  hash: string | undefined,
): Promise<Started> {
  try {
    return await starting;
  } catch (error) {
    if (hash === undefined || !(error instanceof ManagerError) || error.code !== 'LeaseRefused') throw error;
    const approve = `If this hash is that of its plan: ${approveCommand(workflowId, hash)}`;
    throw new ManagerError(
      { ...error.problem, remedy: `${approve}\n${error.problem.remedy}` },
      { cause: error },
    );
  }
}
