import { getExternalWorkflowHandle, log, workflowInfo } from '@temporalio/workflow';
import type {
  MemberChangedMessage,
  OperationEndedMessage,
  TalosChangedMessage,
} from '../../domain/cluster/messages';
import type { ClusterReport } from '../../domain/cluster/report';
import type { ClusterChange } from '../../domain/cluster/request';
import type { LeaseHolder } from '../../domain/lease';
import { membersAfter } from './members';
import { memberChangedSignal, operationEndedSignal, talosChangedSignal } from './messages';
import type { ClusterRun } from './run';
import { talosAfter } from './talos/record';

/**
 * Tells the entity what is known of one machine now. Where nobody keeps the cluster any more the operation goes on: its
 * report names the members too.
 */
export async function tellOfMember({ operation, change, plan }: ClusterRun, vmid: number): Promise<void> {
  const { holder, state } = operation;
  const member = membersAfter(plan, state, holder, change.record).find((it) => it.vmid === vmid);
  const message: MemberChangedMessage = {
    ...{ run: holder.firstExecutionRunId, instance: change.entity.instance, vmid },
    ...(member === undefined ? {} : { member }),
    ...(plan.timeToLiveMs === undefined ? {} : { timeToLiveMs: plan.timeToLiveMs }),
  };
  await quietly(change, (entity) => entity.signal(memberChangedSignal, message));
}

/** Tells the entity what is known of the Talos cluster now, as {@link tellOfMember} does of a machine. */
export async function tellOfTalos({ operation, change, plan }: ClusterRun): Promise<void> {
  const { holder, state } = operation;
  const talos = talosAfter(plan, state, change.record?.talos);
  if (talos === undefined) return;
  const { instance } = change.entity;
  const message: TalosChangedMessage = { run: holder.firstExecutionRunId, instance, talos };
  await quietly(change, (entity) => entity.signal(talosChangedSignal, message));
}

/**
 * Tells the entity how the operation ended. Returns what the report should warn of where there is none any more; a plan
 * that somebody made by hand is of no entity.
 */
export async function tellOfEnd(
  { firstExecutionRunId: run }: LeaseHolder,
  change: ClusterChange,
  { outcome, summary, members, endsAt, asideUntil, talos, toReplace }: ClusterReport,
): Promise<readonly string[]> {
  if (workflowInfo().parent?.workflowId !== change.entity.workflowId) return [];
  const message: OperationEndedMessage = {
    ...{ run, instance: change.entity.instance, outcome, summary, members },
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(asideUntil === undefined ? {} : { asideUntil }),
    ...(talos === undefined ? {} : { talos }),
    ...(toReplace === undefined ? {} : { toReplace }),
  };
  const isTold = await quietly(change, (entity) => entity.signal(operationEndedSignal, message));
  if (isTold) return [];
  return [
    `The workflow ${change.entity.workflowId}, which keeps the cluster, is not there any more: the members are those of this report.`,
  ];
}

async function quietly(
  { entity }: ClusterChange,
  send: (handle: ReturnType<typeof getExternalWorkflowHandle>) => Promise<void>,
): Promise<boolean> {
  try {
    await send(getExternalWorkflowHandle(entity.workflowId));
    return true;
  } catch (error) {
    log.warn('nobody keeps the cluster', { workflowId: entity.workflowId, reason: String(error) });
    return false;
  }
}
