import { guestsOfNode } from '../cluster/state';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail, NotSimulated } from '../http/errors';

/** Backups: only what comes before the first byte is simulated (behaviour.md 7.10, recording f2). */
export const backupEndpoints: EndpointTable = { 'POST /nodes/{node}/vzdump': backUp };

/** Programs that a backup looks for before anything else. */
const programs = ['sendmail', 'lxc-stop'];

/** `OK` and no task if none of the guests is on the node. */
function backUp(call: ApiCall): unknown {
  const { cluster, node, parameters } = call;
  const storage = parameters.optionalText('storage') ?? 'local';
  call.requirePrivilege(`/storage/${storage}`, ['Datastore.AllocateSpace']);
  const wanted = parameters.list('vmid');
  const here = guestsOfNode(cluster, node.name).filter(
    ({ vmid }) => wanted.length === 0 || wanted.includes(String(vmid)),
  );
  for (const { vmid } of here) call.requirePrivilege(`/vms/${vmid}`, ['VM.Backup']);
  const nowhere = wanted.filter((vmid) => !cluster.guests.has(Number(vmid)));
  if (here.length + nowhere.length === 0) return 'OK';
  const missing = programs.find((program) => node.missingPrograms.includes(program));
  if (missing === undefined) throw new NotSimulated(call.endpoint);
  return call.startTask({
    type: 'vzdump',
    id: wanted.length === 1 ? (wanted[0] ?? '') : '',
    run: () => fail(`unable to find command '${missing}'`),
  });
}
