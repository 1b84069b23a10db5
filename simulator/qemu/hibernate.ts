import { endProcess } from '../cluster/guest-processes';
import { guestProcess } from '../cluster/guests';
import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';
import { machineForProcess, requireUnlocked } from './machine';
import { allocateMemoryState, memoryState } from './memory-state';
import { Operation } from './operation';

/** Suspends a running machine to disk (behaviour.md 5.12, recording 9 b6): afterwards it is stopped, with lock `suspended`. */
export function hibernate(call: ApiCall, vmid: number): string {
  const { parameters, cluster } = call;
  if (cluster.ha.resources.has(`vm:${vmid}`)) fail('Cannot suspend HA managed VM to disk');
  call.requirePrivilege(`/vms/${vmid}`, ['VM.Config.Disk']);
  const storage = parameters.optionalText('statestorage');
  if (storage !== undefined) call.requirePrivilege(`/storage/${storage}`, ['Datastore.AllocateSpace']);
  return call.startTask({
    type: 'qmsuspend',
    id: String(vmid),
    run: (worker) => {
      const operation = new Operation(call, worker);
      return operation.locked(vmid, () => toDisk(operation, vmid, storage));
    },
  });
}

async function toDisk(operation: Operation, vmid: number, storage: string | undefined): Promise<void> {
  const { cluster, node, call } = operation;
  const guest = machineForProcess(cluster, node, vmid);
  if (guestProcess(guest) === undefined) fail(`VM ${vmid} not running`);
  if (!call.parameters.flag('skiplock')) requireUnlocked(guest, ['backup']);
  operation.requireWritable(vmid);
  guest.config.set('lock', 'suspending');
  const date = new Date(cluster.clock.epochSeconds() * 1000).toISOString().slice(0, 10);
  const volume = await allocateMemoryState(operation, guest, `suspend-${date}`, storage);
  for (const [key, value] of memoryState(operation, guest, volume)) guest.config.set(key, value);
  await operation.sleep(guest.behaviour.memoryUsedBytes / cluster.network.diskBytesPerSecond);
  operation.log('State saved, quitting');
  endProcess(guest, node, cluster.clock.now());
  guest.config.set('lock', 'suspended');
}
