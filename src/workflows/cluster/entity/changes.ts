import type {
  LastOperation,
  MemberChangedMessage,
  OperationEndedMessage,
  OperationUnderWay,
} from '../../../domain/cluster/messages';
import type { ClusterMember, ClusterRecord } from '../../../domain/cluster/member';
import { membersInOrder } from '../inOrder';
import { askAgainMs } from './dues';
import type { EntityState } from './state';

const defaultGraceMs = 86_400_000;

/** Keeps what the operation says of one machine; what a former operation, or one of a former cluster, says is ignored. */
export function memberChanged(
  state: EntityState,
  { run, instance, vmid, member }: MemberChangedMessage,
): void {
  const { record, operation } = state;
  if (record?.instance !== instance || operation === undefined) return;
  if (operation.run !== undefined && operation.run !== run) return;
  const members = record.members.filter((it) => it.vmid !== vmid);
  state.record = {
    ...record,
    members: membersInOrder(member === undefined ? members : [...members, member]),
  };
}

/** The operation under way has ended with a report: what it says replaces what is known. */
export function operationEnded(state: EntityState, message: OperationEndedMessage, endedAt: string): void {
  const { record, operation } = state;
  if (!isUnderWay(state, message.run) || record?.instance !== message.instance || operation === undefined) {
    return;
  }
  const { members, outcome, summary } = message;
  close(
    state,
    endedAt,
    { outcome, summary },
    members,
    endAfter(record, operation, message),
    message.asideUntil,
  );
}

/** Of what was brought back only its plan says when it ends: the time before may be over. */
function endAfter(
  { endsAt }: ClusterRecord,
  { action, isExtended }: OperationUnderWay,
  message: OperationEndedMessage,
): string | undefined {
  if (isExtended === true) return endsAt;
  const isBack = action === 'undo' && message.members.some(({ state }) => state !== 'aside');
  return isBack ? message.endsAt : (message.endsAt ?? endsAt);
}

/** The operation under way is not there any more and has said nothing: what it told of each machine is all that is known. */
export function operationLost(state: EntityState, run: string, because: string, endedAt: string): void {
  const { record } = state;
  if (!isUnderWay(state, run) || record === undefined) return;
  const summary = `It ended without a report: ${because}. The machines are those it had told of; what runs in Proxmox goes on.`;
  close(state, endedAt, { summary }, record.members, record.endsAt, undefined);
  state.notice = summary;
}

/** Whether the operation under way is the one of this run. */
export function isUnderWay({ operation }: EntityState, run: string): boolean {
  return operation !== undefined && (operation.run === undefined || operation.run === run);
}

function close(
  state: EntityState,
  endedAt: string,
  ending: Pick<LastOperation, 'summary'> & Partial<Pick<LastOperation, 'outcome'>>,
  members: readonly ClusterMember[],
  endsAt: string | undefined,
  asideUntil: string | undefined,
): void {
  const { record, operation } = state;
  if (record === undefined || operation === undefined) return;
  const { profile, instance, talos } = record;
  const aside = members.filter((member) => member.state === 'aside').length;
  const until = asideUntil ?? record.asideUntil ?? later(endedAt, defaultGraceMs);
  state.record = {
    ...{ profile, instance, members },
    ...(endsAt === undefined || members.length === 0 ? {} : { endsAt }),
    ...(aside === 0 ? {} : { asideUntil: until }),
    ...(talos === undefined ? {} : { talos }),
  };
  delete state.operation;
  delete state.notice;
  if (ending.outcome === 'planned') return;
  state.last = { action: operation.action, ...ending, endedAt };
  if (ending.outcome === 'done') delete state.notBefore;
  else if (operation.isByItself === true && operation.isExtended !== true)
    state.notBefore = later(endedAt, askAgainMs);
}

function later(iso: string, ms: number): string {
  return new Date(Date.parse(iso) + ms).toISOString();
}
