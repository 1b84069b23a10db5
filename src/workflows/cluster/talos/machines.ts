import type { ClusterMember } from '../../../domain/cluster/member';
import type { PlannedMachine, PlannedTalos } from '../../../domain/cluster/plan';
import type { TalosFiles, TalosMachine, TalosMachinePlan } from '../../../domain/talos/machine';
import { problem } from '../../../domain/errors';
import { refusal } from '../../shared/failures';
import { membersAfter } from '../members';
import { plannedMachines, type ClusterRun } from '../run';
import { stepId } from '../step';
import { filesIn } from './record';

/** Where the files of the cluster lie. Only once its secrets were made. */
export function talosFiles({ operation, change }: ClusterRun): TalosFiles {
  const files = filesIn(operation.state.results) ?? change.record?.talos;
  if (files === undefined) throw unknown('ask Talos', 'the secrets of the cluster were not made');
  const { folder, secretsSha256 } = files;
  return { folder, secretsSha256 };
}

/** The members of the cluster as the operation leaves them now. */
export function membersNow({ operation, change, plan }: ClusterRun): readonly ClusterMember[] {
  return membersAfter(plan, operation.state, operation.holder, change.record);
}

/** Whether a step of the operation is done. */
export function isStepDone({ operation: { state } }: ClusterRun, id: string): boolean {
  return state.steps.some((step) => step.id === id && step.phase === 'done');
}

/** Whoever was there before, and of the machines that are made those that have their configuration. */
export function configuredNow(run: ClusterRun): readonly ClusterMember[] {
  const isOnItsWay = (vmid: number) =>
    plannedMachines(run.plan).some((it) => it.vmid === vmid) && !isStepDone(run, stepId('configured', vmid));
  return membersNow(run).filter(({ vmid, state }) => state !== 'aside' && !isOnItsWay(vmid));
}

/** A member as Talos is asked for it; undefined where its uuid or its address was never seen. */
export function talosMachine({ name, address, uuid }: ClusterMember): TalosMachine | undefined {
  return address === undefined || uuid === undefined ? undefined : { name, address, uuid };
}

/** A machine that is made, as Talos is asked for it. Only once its uuid and its address are known. */
export function talosMachineOf(run: ClusterRun, { vmid, name, address }: PlannedMachine): TalosMachine {
  const member = membersNow(run).find((it) => it.vmid === vmid);
  const machine = member === undefined ? undefined : talosMachine(member);
  if (machine === undefined) throw unknown(`ask ${name}`, 'nobody has told its address');
  const isByDhcp = member !== undefined && address === undefined;
  return { ...machine, name, ...(isByDhcp ? { guest: { node: member.node, vmid } } : {}) };
}

/** The same with all that its configuration is made of. */
export function talosPlanOf(run: ClusterRun, planned: PlannedMachine): TalosMachinePlan {
  const { kind, address, networkCards, patches = [] } = planned;
  const macAddress = networkCards[0]?.macAddress;
  const network =
    address === undefined
      ? undefined
      : {
          prefixLength: address.prefixLength,
          ...(address.gateway === undefined ? {} : { gateway: address.gateway }),
        };
  return {
    ...talosMachineOf(run, planned),
    ...{ kind, patches },
    ...(network === undefined ? {} : { network }),
    ...(macAddress === undefined ? {} : { macAddress }),
  };
}

/** Machines of the cluster that are meant to work, by what they are in Kubernetes. */
export interface TalosCast {
  readonly controlPlanes: readonly TalosMachine[];
  readonly workers: readonly TalosMachine[];
}

/** Those of these members whose address and uuid are known. */
export function castOf(members: readonly ClusterMember[], { controlPlaneRole }: PlannedTalos): TalosCast {
  const known = (isSo: (member: ClusterMember) => boolean) =>
    members.filter(isSo).flatMap((member) => talosMachine(member) ?? []);
  return {
    controlPlanes: known(({ role }) => role === controlPlaneRole),
    workers: known(({ role }) => role !== controlPlaneRole),
  };
}

function unknown(attempted: string, failed: string) {
  return refusal(problem('Internal', { attempted, failed }));
}
