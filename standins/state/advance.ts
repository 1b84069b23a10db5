import { createHash } from 'node:crypto';
import { hasQuorum, runningMachines } from './facts';
import { advanceNodes } from './nodes';
import type { Cluster, Machine, StandInState, Timings } from './types';
import { advanceWorkloads } from './workloads';

/** Lets everything happen that happens by itself until `now`. */
export function advance(state: StandInState, now: number): void {
  for (const machine of state.machines) advanceMachine(machine, state.timings, now);
  for (const cluster of state.clusters) {
    joinEtcd(cluster, state, now);
    advanceNodes(cluster, state, now);
    advanceWorkloads(cluster, state, now);
  }
}

function advanceMachine(machine: Machine, timings: Timings, now: number): void {
  for (;;) {
    const { phase, phaseEndsAt } = machine;
    if (phaseEndsAt === undefined || phaseEndsAt > now) return;
    delete machine.phaseEndsAt;
    if (phase === 'installing') {
      machine.phase = 'rebooting';
      machine.phaseEndsAt = phaseEndsAt + timings.reboot;
    } else if (phase === 'rebooting') {
      machine.phase = 'running';
      machine.runsSince = phaseEndsAt;
    } else if (phase === 'resetting') {
      forgetEverything(machine);
    }
  }
}

/** The end of a reset. Nobody has to wait for it: the machine does it by itself. */
function forgetEverything(machine: Machine): void {
  machine.phase = machine.restarts === true ? 'maintenance' : 'off';
  machine.hasEtcdData = false;
  delete machine.configuration;
  delete machine.runsSince;
  delete machine.restarts;
}

function joinEtcd(cluster: Cluster, state: StandInState, now: number): void {
  const { bootstrappedAt } = cluster;
  if (bootstrappedAt === undefined || !hasQuorum(cluster, state)) return;
  for (const machine of runningMachines(cluster, state)) {
    if (machine.configuration?.kind !== 'controlplane' || machine.hasEtcdData) continue;
    if (isKnownAsAnother(cluster, machine)) continue;
    const from = Math.max(bootstrappedAt, machine.runsSince ?? now);
    if (from + state.timings.etcdJoin <= now) addEtcdMember(cluster, machine);
  }
}

/** A member of its name and address is there already, and it is not its data: etcd refuses it until that one is removed. */
function isKnownAsAnother({ etcdMembers }: Cluster, { uuid, configuration }: Machine): boolean {
  return etcdMembers.some((it) => it.hostname === configuration?.hostname && it.uuid !== uuid);
}

/** A machine's etcd has data from now on, and it is a member. */
export function addEtcdMember(cluster: Cluster, machine: Machine): void {
  machine.hasEtcdData = true;
  const id = createHash('sha256').update(machine.uuid).digest('hex').slice(0, 16);
  cluster.etcdMembers.push({ id, uuid: machine.uuid, hostname: machine.configuration?.hostname ?? '' });
}
