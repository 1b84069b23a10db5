import type { ApiCall } from '../http/call';

/** True if the HA manager decides where and whether the machine runs. */
export function isHaManaged({ cluster }: ApiCall, vmid: number): boolean {
  const resource = cluster.ha.resources.get(`vm:${vmid}`);
  return resource !== undefined && resource.state !== 'ignored';
}

/**
 * Start or stop of an HA-managed machine: a task that only hands the wish to the HA manager (behaviour.md 4.8). It changes
 * the requested state; the manager itself is not simulated, so nothing starts or stops.
 */
export function requestHa(call: ApiCall, vmid: number, action: 'start' | 'stop'): string {
  return call.startTask({
    type: `ha${action}`,
    id: String(vmid),
    run: async (worker) => {
      worker.log(`Requesting HA ${action} for VM ${vmid}`);
      await worker.sleep(1);
      const resource = call.cluster.ha.resources.get(`vm:${vmid}`);
      if (resource !== undefined) resource.state = action === 'start' ? 'started' : 'stopped';
    },
  });
}
