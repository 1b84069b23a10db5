import type { ApiCall, EndpointTable, Handler } from '../http/call';
import { NotSimulated } from '../http/errors';

/**
 * Calls whose permissions are checked in Proxmox's code, not by the schema, and that the simulator doesn't execute: 403
 * for who may not (recording 9 c2), 501 that says so for who may.
 */
export const guardedEndpoints: EndpointTable = {
  'POST /nodes/{node}/startall': guarded((call) => requireOnGuests(call, 'VM.PowerMgmt')),
  'POST /nodes/{node}/stopall': guarded((call) => requireOnGuests(call, 'VM.PowerMgmt')),
  'POST /nodes/{node}/suspendall': guarded((call) => requireOnGuests(call, 'VM.PowerMgmt')),
  'POST /nodes/{node}/migrateall': guarded((call) => requireOnGuests(call, 'VM.Migrate')),
  'POST /cluster/bulk-action/guest/start': guarded((call) => requireOnGuests(call, 'VM.PowerMgmt')),
  'POST /cluster/bulk-action/guest/shutdown': guarded((call) => requireOnGuests(call, 'VM.PowerMgmt')),
  'POST /cluster/bulk-action/guest/suspend': guarded((call) => requireOnGuests(call, 'VM.PowerMgmt')),
  'POST /cluster/bulk-action/guest/migrate': guarded((call) => requireOnGuests(call, 'VM.Migrate')),
  'POST /cluster/replication': guarded((call) => {
    const guest = call.parameters.text('id').split('-')[0] ?? '';
    call.requirePrivilege(
      `/vms/${guest}`,
      call.cluster.version.major === 9 ? ['VM.Replicate'] : ['Datastore.Allocate'],
    );
  }),
};

function guarded(check: (call: ApiCall) => void): Handler {
  return (call) => {
    check(call);
    throw new NotSimulated(call.endpoint);
  };
}

/** The privilege on every named guest, or on `/` where none is named. */
function requireOnGuests(call: ApiCall, privilege: string): void {
  const guests = call.parameters.list('vms');
  if (guests.length === 0) call.requirePrivilege('/', [privilege]);
  for (const guest of guests) call.requirePrivilege(`/vms/${guest}`, [privilege]);
}
