import { agentAnswers, isBooted, settleBoot } from '../cluster/boot';
import { endProcess } from '../cluster/guest-processes';
import { guestProcess, type GuestState } from '../cluster/guests';
import { guestOnNode } from '../cluster/state';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { applyPending } from './apply-pending';
import { isFlagOn } from './config-texts';
import { isHaManaged, requestHa } from './ha-managed';
import { machineForProcess, requireUnlocked } from './machine';
import { Operation } from './operation';
import { startTaskOfRoot } from './start';

/** Stopping, shutting down, rebooting (behaviour.md 5.12). */
export const qemuStopEndpoints: EndpointTable = {
  'POST /nodes/{node}/qemu/{vmid}/status/stop': stop,
  'POST /nodes/{node}/qemu/{vmid}/status/shutdown': shutdown,
  'POST /nodes/{node}/qemu/{vmid}/status/reboot': reboot,
};

/** How long a shutdown is waited for where neither the call nor `startup` says, in seconds. */
const defaultTimeoutSeconds = 60;
/** From the end of a guest that reboots until the host's event daemon starts it again, in seconds. */
const rebootPauseSeconds = 1;

function stop(call: ApiCall): unknown {
  for (const option of ['skiplock', 'keepActive', 'migratedfrom']) call.requireRootFor(option);
  const vmid = call.parameters.integer('vmid');
  if (isHaManaged(call, vmid)) return requestHa(call, vmid, 'stop');
  return call.startTask({
    type: 'qmstop',
    id: String(vmid),
    run: async (worker) => {
      const operation = new Operation(call, worker);
      if (call.parameters.flag('overrule-shutdown')) abortShutdowns(call, vmid);
      await operation.locked(vmid, async () => {
        const guest = machineToStop(operation, vmid);
        if (guest === undefined) return;
        await operation.sleep(call.cluster.timings.stopSeconds);
        await end(operation, guest);
      });
    },
  });
}

function shutdown(call: ApiCall): unknown {
  for (const option of ['skiplock', 'keepActive']) call.requireRootFor(option);
  const { parameters } = call;
  const vmid = parameters.integer('vmid');
  if (isHaManaged(call, vmid)) return requestHa(call, vmid, 'stop');
  const forceStop = parameters.flag('forceStop');
  const paused = isPaused(call, vmid);
  if (paused && !forceStop) fail('VM is paused - cannot shutdown');
  return call.startTask({
    type: 'qmshutdown',
    id: String(vmid),
    run: (worker) => {
      const operation = new Operation(call, worker);
      if (paused) worker.log('VM is paused - stop instead of shutdown');
      return operation.locked(vmid, async () => {
        const guest = machineToStop(operation, vmid);
        if (guest === undefined) return;
        if (!paused) await askToShutDown(operation, guest, forceStop);
        await end(operation, guest);
      });
    },
  });
}

function reboot(call: ApiCall): unknown {
  const vmid = call.parameters.integer('vmid');
  if (isPaused(call, vmid)) fail('VM is paused - cannot shutdown');
  const guest = machineForProcess(call.cluster, call.node.name, vmid);
  if (guestProcess(guest) === undefined) fail(`VM ${vmid} not running`);
  return call.startTask({
    type: 'qmreboot',
    id: String(vmid),
    run: (worker) => {
      const operation = new Operation(call, worker);
      return operation.locked(vmid, async () => {
        const running = machineToStop(operation, vmid);
        if (running === undefined) return;
        await askToShutDown(operation, running, false);
        await end(operation, running);
        call.cluster.clock.after(rebootPauseSeconds, () => startTaskOfRoot(call, vmid));
      });
    },
  });
}

/** The machine, checked for locks; undefined if it does not run, then locks don't matter (recording b3). */
function machineToStop({ cluster, node, call }: Operation, vmid: number): GuestState | undefined {
  const guest = machineForProcess(cluster, node, vmid);
  if (guestProcess(guest) === undefined) return undefined;
  if (!call.parameters.flag('skiplock')) requireUnlocked(guest);
  return guest;
}

/** Waits until the guest has shut down by itself; with `forceStop` it is ended when the time is up. */
async function askToShutDown(operation: Operation, guest: GuestState, forceStop: boolean): Promise<void> {
  const timeoutSeconds = shutdownTimeout(operation.call, guest);
  const { cluster } = operation;
  const { respondsToAcpi, shutdownSeconds } = guest.behaviour;
  const agent = agentAnswers(cluster, guest);
  const listens = agent || (respondsToAcpi && isBooted(cluster, guest));
  if (isFlagOn(guest.config.get('agent')) && !agent) logSilentAgent(operation, guest.vmid);
  const seconds = listens ? Math.min(shutdownSeconds, timeoutSeconds) : timeoutSeconds;
  await operation.sleep(seconds);
  if (listens && shutdownSeconds <= timeoutSeconds) return;
  if (!forceStop) fail('VM quit/powerdown failed - got timeout');
  operation.log('VM still running - terminating now with SIGTERM');
  await operation.sleep(operation.cluster.timings.stopSeconds);
}

/** The agent is asked first where there should be one (recordings 8 b5, 9 b3). */
function logSilentAgent(operation: Operation, vmid: number): void {
  const protocol = operation.cluster.version.major === 9 ? 'qga' : 'qmp';
  operation.log(
    `QEMU Guest Agent is not running - VM ${vmid} ${protocol} command 'guest-ping' failed - got timeout`,
  );
}

function shutdownTimeout({ parameters }: ApiCall, { config }: GuestState): number {
  const down = /(?:^|,)down=(\d+)/.exec(config.get('startup') ?? '')?.[1];
  return parameters.optionalInteger('timeout') ?? (down === undefined ? defaultTimeoutSeconds : Number(down));
}

/** The process is gone; changes that waited for this are applied. */
async function end(operation: Operation, guest: GuestState): Promise<void> {
  const { cluster, node } = operation;
  settleBoot(cluster, guest);
  endProcess(guest, node, cluster.clock.now());
  if (guest.pending.size > 0 && operation.canWrite) await applyPending(operation, guest);
}

function isPaused({ cluster, node }: ApiCall, vmid: number): boolean {
  const guest = guestOnNode(cluster, node.name, vmid, 'qemu');
  return guest !== undefined && guestProcess(guest)?.qemuStatus === 'paused';
}

/** `overrule-shutdown`: the caller's own tasks that wait for a shutdown are ended. */
function abortShutdowns({ cluster, node, identity }: ApiCall, vmid: number): void {
  for (const task of cluster.tasks.ofNode(node.name)) {
    const { type, id, authId } = task.parts;
    if (task.running && type === 'qmshutdown' && id === String(vmid) && authId === identity.authId) {
      void cluster.tasks.stop(task);
    }
  }
}
