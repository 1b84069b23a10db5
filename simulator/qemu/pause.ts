import { setQemuStatus } from '../cluster/guest-processes';
import { guestProcess, type GuestState } from '../cluster/guests';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { hibernate } from './hibernate';
import { machineForProcess, requireUnlocked } from './machine';
import { Operation } from './operation';
import { startMachine } from './start';

/** Pausing, resuming, resetting (behaviour.md 5.12). */
export const qemuPauseEndpoints: EndpointTable = {
  'POST /nodes/{node}/qemu/{vmid}/status/suspend': suspend,
  'POST /nodes/{node}/qemu/{vmid}/status/resume': resume,
  'POST /nodes/{node}/qemu/{vmid}/status/reset': reset,
};

function suspend(call: ApiCall): unknown {
  call.requireRootFor('skiplock');
  const { vmid } = runningMachine(call);
  if (call.parameters.flag('todisk')) return hibernate(call, vmid);
  return changeRunning(call, 'qmpause', vmid, ({ cluster, node }, guest) => {
    setQemuStatus(guest, node, 'paused', cluster.clock.now());
  });
}

function resume(call: ApiCall): unknown {
  for (const option of ['skiplock', 'nocheck']) call.requireRootFor(option);
  const guest = machineForProcess(call.cluster, call.node.name, call.parameters.integer('vmid'));
  const { vmid } = guest;
  if (guest.config.get('lock') !== 'suspended') {
    runningMachine(call);
    return changeRunning(call, 'qmresume', vmid, ({ cluster, node }, running) => {
      setQemuStatus(running, node, 'running', cluster.clock.now());
    });
  }
  return call.startTask({
    type: 'qmresume',
    id: String(vmid),
    run: (worker) => {
      const operation = new Operation(call, worker);
      return operation.locked(vmid, () => startMachine(operation, vmid));
    },
  });
}

function reset(call: ApiCall): unknown {
  call.requireRootFor('skiplock');
  const { vmid } = runningMachine(call);
  return changeRunning(call, 'qmreset', vmid, ({ cluster, node }, guest) => {
    setQemuStatus(guest, node, 'running', cluster.clock.now());
  });
}

function changeRunning(
  call: ApiCall,
  type: string,
  vmid: number,
  change: (operation: Operation, guest: GuestState) => void,
): string {
  return call.startTask({
    type,
    id: String(vmid),
    run: (worker) => {
      const operation = new Operation(call, worker);
      return operation.locked(vmid, async () => {
        const guest = runningMachine(call);
        if (!call.parameters.flag('skiplock')) requireUnlocked(guest, ['backup']);
        await operation.sleep(quickSeconds);
        change(operation, guest);
      });
    },
  });
}

/** How long QEMU takes for a command, in seconds. */
const quickSeconds = 0.1;

function runningMachine({ cluster, node, parameters }: ApiCall): GuestState {
  const guest = machineForProcess(cluster, node.name, parameters.integer('vmid'));
  if (guestProcess(guest) === undefined) fail(`VM ${guest.vmid} not running`);
  return guest;
}
