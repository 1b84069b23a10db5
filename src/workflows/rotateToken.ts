import { continueAsNew } from '@temporalio/workflow';
import type { AccessRequest } from '../domain/access';
import type { AccessReport } from '../domain/accessReport';
import { runAccess, type CarriedAccess } from './accessOperation';

/**
 * Replaces the API token without a gap: a second one is made, proven and put into use; the first is removed once its
 * last task has ended. Running operations go on.
 */
export function rotateToken(request: AccessRequest, carried?: CarriedAccess): Promise<AccessReport> {
  return runAccess('rotateToken', request, carried, (state) =>
    continueAsNew<typeof rotateToken>(request, state),
  );
}
