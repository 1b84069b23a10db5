import { setTimeout as delay } from 'node:timers/promises';
import { ToolError, type Given } from '../cobra';
import type { StandInContext } from '../program';
import { machineOf } from './access';
import { clusterOf } from './etcd';

/** `talosctl reset`: the machine leaves etcd if asked to, forgets everything and shuts down (or starts again). */
export async function reset(context: StandInContext, given: Given): Promise<string> {
  const isGraceful = given.bool('graceful', true);
  const ms = context.change((state) => {
    const machine = machineOf(state, given);
    if (!isGraceful || !machine.hasEtcdData) return state.timings.reset;
    const cluster = clusterOf(state, machine);
    if (cluster.etcdMembers.length === 1) {
      throw new ToolError(
        'error executing reset: rpc error: code = Unknown desc = failed to leave cluster: failed to remove member: etcdserver: re-configuration failed due to not enough started members',
      );
    }
    cluster.etcdMembers = cluster.etcdMembers.filter(({ uuid }) => uuid !== machine.uuid);
    return state.timings.reset;
  });
  if (given.bool('wait', true)) {
    context.note('watching nodes: [waiting for actions to finish]');
    await delay(ms);
  }
  return context.change((state) => {
    const machine = machineOf(state, given);
    machine.phase = given.bool('reboot', false) ? 'maintenance' : 'off';
    machine.hasEtcdData = false;
    delete machine.configuration;
    delete machine.phaseEndsAt;
    delete machine.runsSince;
    return '';
  });
}
