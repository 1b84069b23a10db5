import { existsSync, readFileSync } from 'node:fs';
import { callsFile } from './program';
import { withState } from './state/store';
import type { Cluster, Deployment, Fault, Machine, StandInState } from './state/types';

/** One call of a stand-in, as it was logged at its begin. */
export interface LoggedCall {
  readonly program: Fault['program'];
  readonly pid: number;
  readonly argv: readonly string[];
  /** Names of the variables that it was given. */
  readonly variables: readonly string[];
  /** Octal digits. */
  readonly umask: string;
}

/** What is ordered of a fault; the rest has defaults: the next call, once, before anything is done. */
export type FaultOrder = Pick<Fault, 'program' | 'command' | 'then'> & Partial<Fault>;

/** Sets the scene for stand-ins, and tells what became of it. Any process that knows the state's file can have one. */
export class StandInControl {
  constructor(readonly stateFile: string) {}

  /** Reads or changes anything. */
  change<T>(change: (state: StandInState, now: number) => T): T {
    return withState(this.stateFile, (state) => change(state, Date.now()));
  }

  state(): StandInState {
    return this.change((state) => structuredClone(state));
  }

  /** A machine boots: into maintenance if it has no configuration, with it otherwise. Another address may be given. */
  powerOn(uuid: string, address: string): void {
    this.change((state, now) => {
      const known = state.machines.find((it) => it.uuid === uuid);
      const machine: Machine = known ?? { uuid, address, phase: 'off', hasEtcdData: false };
      if (known === undefined) state.machines.push(machine);
      machine.address = address;
      if (machine.phase !== 'off') return;
      machine.phase = machine.configuration === undefined ? 'maintenance' : 'rebooting';
      if (machine.phase === 'rebooting') machine.phaseEndsAt = now + state.timings.reboot;
    });
  }

  /** A machine loses its power; its disk stays. */
  powerOff(uuid: string): void {
    this.change((state) => {
      const machine = state.machines.find((it) => it.uuid === uuid);
      if (machine === undefined) return;
      machine.phase = 'off';
      delete machine.phaseEndsAt;
      delete machine.runsSince;
    });
  }

  /** A machine and its disk are gone. */
  remove(uuid: string): void {
    this.change((state) => {
      state.machines = state.machines.filter((it) => it.uuid !== uuid);
    });
  }

  /** The next call that fits goes wrong. */
  order(fault: FaultOrder): void {
    this.change((state) => {
      state.faults.push({ skip: 0, times: 1, moment: 'before', ...fault });
    });
  }

  /** Pods that Kubernetes keeps alive, in the only cluster that there is. */
  deploy(deployment: Omit<Deployment, 'made'>): void {
    this.change((state) => {
      onlyCluster(state).deployments.push({ ...deployment, made: 0 });
    });
  }

  /** The only cluster that there is. Throws if there is none, or another one. */
  cluster(): Cluster {
    return structuredClone(this.change(onlyCluster));
  }

  calls(program?: Fault['program']): readonly LoggedCall[] {
    if (!existsSync(callsFile(this.stateFile))) return [];
    const lines = readFileSync(callsFile(this.stateFile), 'utf8').split('\n').filter(Boolean);
    const entries = lines.map((line): unknown => JSON.parse(line));
    return entries.filter(isLoggedCall).filter((it) => program === undefined || it.program === program);
  }
}

function onlyCluster({ clusters }: StandInState): Cluster {
  const [cluster, ...others] = clusters;
  if (cluster !== undefined && others.length === 0) return cluster;
  throw new Error(`there are ${clusters.length} clusters`);
}

/** The other entries tell how a call ended. */
function isLoggedCall(value: unknown): value is LoggedCall {
  return typeof value === 'object' && value !== null && 'argv' in value;
}
