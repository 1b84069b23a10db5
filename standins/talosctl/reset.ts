import { setTimeout as delay } from 'node:timers/promises';
import { ToolError, type Given } from '../cobra';
import type { StandInContext } from '../program';
import type { Machine, StandInState } from '../state/types';
import { machineOf } from './access';
import { clusterOf } from './etcd';

const pollEveryMs = 10;

/**
 * `talosctl reset`: the machine leaves etcd if asked to, forgets everything and shuts down (or starts again). Once it has
 * begun it goes on without the tool, which only watches.
 */
export async function reset(context: StandInContext, given: Given): Promise<string> {
  const uuid = context.change((state, now) => {
    const machine = machineOf(state, given);
    if (machine.phase === 'resetting') return machine.uuid;
    if (given.bool('graceful', true) && machine.hasEtcdData) leaveEtcd(state, machine);
    machine.phase = 'resetting';
    machine.phaseEndsAt = now + state.timings.reset;
    if (given.bool('reboot', false)) machine.restarts = true;
    return machine.uuid;
  });
  if (!given.bool('wait', true)) return '';
  context.note('watching nodes: [waiting for actions to finish]');
  const isUnderWay = ({ machines }: StandInState) =>
    machines.some((it) => it.uuid === uuid && it.phase === 'resetting');
  while (context.change(isUnderWay)) await delay(pollEveryMs);
  return '';
}

function leaveEtcd(state: StandInState, machine: Machine): void {
  const cluster = clusterOf(state, machine);
  if (cluster.etcdMembers.length === 1) {
    throw new ToolError(
      'error executing reset: rpc error: code = Unknown desc = failed to leave cluster: failed to remove member: etcdserver: re-configuration failed due to not enough started members',
    );
  }
  cluster.etcdMembers = cluster.etcdMembers.filter(({ uuid }) => uuid !== machine.uuid);
}
