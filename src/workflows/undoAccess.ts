import { continueAsNew } from '@temporalio/workflow';
import type { AccessRequest } from '../domain/access';
import type { AccessReport } from '../domain/accessReport';
import { runAccess, type CarriedAccess } from './accessOperation';

/** Removes what bootstrapAccess has made, and nothing else. */
export function undoAccess(request: AccessRequest, carried?: CarriedAccess): Promise<AccessReport> {
  return runAccess('undoAccess', request, carried, (state) =>
    continueAsNew<typeof undoAccess>(request, state),
  );
}
