import type { GuestState } from '../cluster/guests';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { applyChange } from './apply-change';
import { checkBalloon, readChange, withReverts, type ConfigChange } from './change';
import { configDigest } from './config-file';
import { checkDriveAccess } from './drive-access';
import { argumentsText } from './given-options';
import { machineOf, requireUnlocked } from './machine';
import { checkBridgeAccess } from './network-cards';
import { Operation } from './operation';
import { checkOptionPermissions } from './options';

/** Changing configurations (behaviour.md 5.10). */
export const qemuUpdateEndpoints: EndpointTable = {
  'PUT /nodes/{node}/qemu/{vmid}/config': updateInCall,
  'POST /nodes/{node}/qemu/{vmid}/config': updateInTask,
  'PUT /nodes/{node}/qemu/{vmid}/unlink': unlink,
};

async function updateInCall(call: ApiCall): Promise<void> {
  const change = checkedChange(call);
  refuseEarly(call);
  const operation = new Operation(call);
  await operation.locked(call.parameters.integer('vmid'), async () => {
    const guest = machineOf(call);
    const resolved = checkedAgainst(call, guest, change);
    call.print(`update VM ${guest.vmid}: ${argumentsText(call)}`);
    await applyChange(operation, guest, resolved);
  });
}

async function updateInTask(call: ApiCall): Promise<unknown> {
  const change = checkedChange(call);
  refuseEarly(call);
  const vmid = call.parameters.integer('vmid');
  const resolved = await new Operation(call).locked(vmid, () => {
    const guest = machineOf(call);
    return Promise.resolve(checkedAgainst(call, guest, change));
  });
  const upid = call.startTask({
    type: 'qmconfig',
    id: String(vmid),
    run: (worker) => {
      const operation = new Operation(call, worker);
      worker.log(`update VM ${vmid}: ${argumentsText(call)}`);
      return operation.locked(vmid, () => applyChange(operation, machineOf(call), resolved));
    },
  });
  const delaySeconds = call.parameters.optionalInteger('background_delay');
  return delaySeconds === undefined ? upid : outcomeWithin(call, upid, delaySeconds);
}

/** `background_delay`: null if the task has ended well by then, its error if it has failed, else its UPID. */
async function outcomeWithin(call: ApiCall, upid: string, delaySeconds: number): Promise<string | null> {
  const task = call.cluster.tasks.find(upid, call.node.name);
  await Promise.race([task?.finished, call.sleep(delaySeconds)]);
  if (task === undefined || task.running) return upid;
  const result = task.exitStatus ?? '';
  if (result !== 'OK' && !result.startsWith('WARNINGS')) {
    fail(`failed to update VM ${call.parameters.text('vmid')}: ${result}`);
  }
  return null;
}

/** Removing drives: the same as `delete` in a change of the configuration. */
async function unlink(call: ApiCall): Promise<void> {
  const { parameters } = call;
  const vmid = parameters.integer('vmid');
  const operation = new Operation(call);
  const change = {
    set: new Map(),
    delete: parameters.list('idlist'),
    revert: [],
    force: parameters.flag('force'),
  };
  await operation.locked(vmid, async () => {
    const guest = machineOf(call);
    requireUnlocked(guest);
    await applyChange(operation, guest, change);
  });
}

/** What the call wants, and may want. */
function checkedChange(call: ApiCall): ConfigChange {
  const change = readChange(call);
  const vmid = call.parameters.integer('vmid');
  const path = `/vms/${vmid}`;
  checkOptionPermissions(call, path, change.delete);
  checkOptionPermissions(call, path, [...change.set.keys()]);
  checkDriveAccess(call, change.set, { vmid, defaultStorage: undefined });
  for (const [key, value] of change.set) {
    if (/^net\d+$/.test(key)) checkBridgeAccess(call, value);
  }
  return change;
}

/** 9 looks at the configuration's lock before it waits for the lock file (recordings 8 d3, 9 d4). */
function refuseEarly(call: ApiCall): void {
  if (call.cluster.version.major === 9 && !call.parameters.flag('skiplock')) requireUnlocked(machineOf(call));
}

/** The change, after looking at the machine as it is while nobody else changes it. */
function checkedAgainst(call: ApiCall, guest: GuestState, change: ConfigChange): ConfigChange {
  const digest = call.parameters.optionalText('digest');
  if (digest !== undefined && digest !== configDigest(guest)) {
    fail('checksum mismatch (file change by other user?)');
  }
  if (!call.parameters.flag('skiplock')) requireUnlocked(guest);
  const resolved = withReverts(change, guest);
  checkBalloon(resolved, guest);
  return resolved;
}
