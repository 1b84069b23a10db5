import type { GuestState } from '../cluster/guests';
import type { NodeState } from '../cluster/nodes';
import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';
import { blockingHaResources } from './ha';

/**
 * A migration of an HA-managed machine: a task that only hands the wish to the HA manager (behaviour.md 4.8). The manager
 * itself is not simulated: nothing moves.
 */
export function requestHaMigration(call: ApiCall, guest: GuestState, target: NodeState): string {
  const { cluster } = call;
  return call.startTask({
    type: 'hamigrate',
    id: String(guest.vmid),
    run: async (worker) => {
      const blocking = cluster.version.major === 9 ? blockingHaResources(cluster, guest, target.name) : [];
      worker.log(`Requesting HA migration for VM ${guest.vmid} to node ${target.name}`);
      await worker.sleep(1);
      if (blocking.length === 0) return;
      worker.log(`cannot migrate resource 'vm:${guest.vmid}' to node '${target.name}':`);
      for (const { sid } of blocking) {
        worker.log(
          `- resource '${sid}' on target node '${target.name}' in negative affinity with resource 'vm:${guest.vmid}'`,
        );
      }
      fail(`command 'ha-manager migrate vm:${guest.vmid} ${target.name}' failed: exit code 2`);
    },
  });
}
