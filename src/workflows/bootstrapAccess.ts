import { continueAsNew } from '@temporalio/workflow';
import type { AccessRequest } from '../domain/access';
import type { AccessReport } from '../domain/accessReport';
import { runAccess, type CarriedAccess } from './accessOperation';

/**
 * Sets up the API token's access: role, user, entries, token, stored and proven. Plan -> approval -> steps in order ->
 * report. Started with one JSON object, `{}` at the least; a second run changes nothing.
 */
export function bootstrapAccess(request: AccessRequest, carried?: CarriedAccess): Promise<AccessReport> {
  return runAccess('bootstrapAccess', request, carried, (state) =>
    continueAsNew<typeof bootstrapAccess>(request, state),
  );
}
